using LapeOps.Interventions;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps;

/// <summary>
/// A model as it answers under an intervention, or plainly: what generation and perplexity take. It shares the model's weights and never
/// edits them.
/// </summary>
public sealed class ModelView
{
    private readonly Lazy<UploadedIntervention>? _uploaded;

    /// <summary>The model without an intervention.</summary>
    public ModelView(LanguageModel model)
        : this(model, null, null)
    {
    }

    /// <summary>The model under an intervention.</summary>
    /// <param name="model">The model.</param>
    /// <param name="intervention">What is done to its activations; null for nothing.</param>
    /// <param name="name">How results call it.</param>
    /// <exception cref="LapeException">ModelMismatch where the intervention is for another shape; MaskEmpty where it touches no neuron.</exception>
    public ModelView(LanguageModel model, Intervention? intervention, string? name)
    {
        Model = model;
        Intervention = intervention;
        Name = name ?? "none";
        if (intervention is null)
            return;
        if (intervention.Layers != model.Shape.Layers || intervention.Width != model.Shape.Width)
            throw new LapeException("ModelMismatch",
                $"The mask '{Name}' is for a model of {intervention.Layers} x {intervention.Width} neurons, and '{model.Name}' has {model.Shape.Layers} x {model.Shape.Width}.");
        if (intervention.Empty)
            throw new LapeException("MaskEmpty", $"The mask '{Name}' has no neuron, so it would change nothing. Choose languages or rates that select some.");
        _uploaded = new(() => model.Own(new UploadedIntervention(intervention, model.Device)));
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>What is done to its activations; null for nothing.</summary>
    public Intervention? Intervention { get; }

    /// <summary>How results call it; "none" without an intervention.</summary>
    public string Name { get; }

    /// <summary>Next-token logits at every position, [rows, tokens, vocabulary] float32 on the model's device.</summary>
    /// <param name="ids">[rows, tokens] Int64, whole rows without padding.</param>
    /// <param name="stop">Looked at before each layer.</param>
    /// <exception cref="LapeException">ModelClosed.</exception>
    public Tensor Logits(Tensor ids, CancellationToken stop = default)
    {
        using var lease = Model.Lease();
        using var scope = NewDisposeScope();
        using var tap = NewTap((int)ids.shape[0]);
        return Model.Transformer.Logits(Hidden(ids, tap, stop)).MoveToOuterDisposeScope();
    }

    /// <summary>What edits every row of a batch by this view's intervention, and counts what it changes; null without one.</summary>
    internal EditingTap? NewTap(int rows) => Uploaded is { } edit ? new EditingTap([(0, rows, edit)], rows, Model.Device) : null;

    /// <summary>The residual stream at the end of whole rows, [rows, tokens, hidden] float32, edited by <see cref="NewTap"/>'s tap.</summary>
    internal Tensor Hidden(Tensor ids, EditingTap? tap, CancellationToken stop) =>
        Model.Transformer.Hidden(ids, Attending.WholeRows(Model.Shape, (int)ids.shape[1], Model.Device), tap ?? FeedForwardTap.None, stop);

    /// <summary>The intervention on the device; uploaded at first use, freed with the model.</summary>
    internal UploadedIntervention? Uploaded => _uploaded?.Value;
}
