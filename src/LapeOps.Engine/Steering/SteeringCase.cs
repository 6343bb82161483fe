using System.Globalization;
using LapeOps.Interventions;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Steering;

/// <summary>One way of steering to one language: a row of the table.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The language steered to; empty for <see cref="SteeringMethod.None"/>, whose answers are judged for every target.</param>
/// <param name="Strength">alpha; null where the method has none.</param>
/// <param name="Layer">The layer whose residual stream is shifted; null for other methods.</param>
/// <param name="View">The model as it answers.</param>
internal sealed record SteeringCase(SteeringMethod Method, string Target, double? Strength, int? Layer, ModelView View)
{
    /// <summary>The prompt of a question (METHOD.md, "Generation").</summary>
    public string Prompt(string question, string english) => $"Q: {(Method == SteeringMethod.Prompt ? $"Respond in {english}. " : "")}{question}\nA:";
}

/// <summary>Makes the cases of a run.</summary>
/// <param name="model">The model.</param>
/// <param name="means">Mean activations and residual directions.</param>
/// <param name="mask">Neurons of the languages.</param>
/// <param name="selection">What control neurons avoid.</param>
/// <param name="options">The run.</param>
internal sealed class SteeringCases(LanguageModel model, ActivationMeans means, NeuronMask mask, NeuronMask selection, SteeringOptions options)
{
    // Of the residual stream: layers as shares of all, and alphas in mean norms of the stream there.
    private static readonly double[] Depths = [0.25, 0.5, 0.75];
    private static readonly double[] Alphas = [0.1, 0.25, 0.5, 1];

    private int Layers => model.Shape.Layers;

    private int Width => model.Shape.Width;

    /// <summary>The cases of a method and a target, one for each strength that the method has.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">The target.</param>
    /// <param name="residual">Layer and alpha that were chosen for the residual stream.</param>
    public IEnumerable<SteeringCase> Of(SteeringMethod method, string target, (int Layer, double Alpha)? residual) => method switch
    {
        SteeringMethod.Paper => [Neurons(method, target, null, Paper(target))],
        SteeringMethod.Control => [Neurons(method, target, null, NeuronEdit.Random(Paper(target), selection, Layers, Width, options.Seed))],
        SteeringMethod.DiffMean => options.Strengths.Select(alpha => Neurons(method, target, alpha, [NeuronEdit.Of(mask, [target], InterventionMode.DiffMean, alpha)])),
        SteeringMethod.Residual => options.Strengths.Select(strength => Residual(target, residual!.Value.Layer, residual.Value.Alpha * strength)),
        _ => [new(method, method == SteeringMethod.None ? "" : target, null, null, new ModelView(model))],
    };

    /// <summary>The candidates among which layer and alpha of the residual stream are chosen.</summary>
    public IEnumerable<SteeringCase> Candidates(string target) =>
        Depths.Select(depth => Math.Min(Layers - 1, (int)(depth * Layers))).Distinct().SelectMany(_ => Alphas, (layer, alpha) => Residual(target, layer, alpha));

    private IReadOnlyList<NeuronEdit> Paper(string target) => NeuronEdit.Steering(mask, [options.Source], [target]);

    private SteeringCase Neurons(SteeringMethod method, string target, double? alpha, IReadOnlyList<NeuronEdit> edits)
    {
        if (mask.Count(target) == 0)
            throw new LapeException("MaskEmpty", $"'{target}' has no neuron in this mask, so nothing can be driven towards it. Choose another target, or rates that select some.");
        var name = string.Create(CultureInfo.InvariantCulture, $"{method} {options.Source}>{target} {alpha}");
        return new(method, target, alpha, null, new ModelView(model, Intervention.Of(Layers, Width, edits, means), name));
    }

    private SteeringCase Residual(string target, int layer, double alpha)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"Residual {layer} {options.Source}>{target} {alpha}");
        return new(SteeringMethod.Residual, target, alpha, layer, new ModelView(model, Intervention.ResidualShift(Layers, Width, means, options.Source, target, layer, alpha), name));
    }
}
