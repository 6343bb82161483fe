using System.Management.Automation;
using LapeOps.Interventions;
using LapeOps.Masks;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Scoring;

namespace LapeOps.PowerShell.Commands;

/// <summary>Switches neurons off: gives a view of the model in which their activation is 0 at every position.</summary>
/// <remarks>
/// Weights are never edited: the view shares them with the model and with every other view. NeuronsPerLayer of the view tells what it
/// touches. With -Random, only control views are written: as many neurons of each layer, drawn from those that the whole selection leaves free.
/// </remarks>
/// <example>
/// <code>$masked = Get-LapeNeurons -Statistics ./demo.safetensors | Set-LapeMask -Model ./examples/demo -Language zh</code>
/// <para>A view of the demo model without its Chinese neurons.</para>
/// </example>
/// <example>
/// <code>Import-Csv neurons.csv | Set-LapeMask -Model $model -Name mine</code>
/// <para>Takes any objects with Layer and Neuron, such as those that Export-Csv wrote.</para>
/// </example>
[Cmdlet(VerbsCommon.Set, "LapeMask", SupportsShouldProcess = true)]
[OutputType(typeof(LapeModel))]
public sealed class SetLapeMaskCommand : ModelCmdlet
{
    private readonly List<NeuronInput> _neurons = [];
    private NeuronOrigin? _origin;

    /// <summary>Neurons: of Get-LapeNeurons or Import-LapeMask, or any objects with the properties Layer and Neuron, and Languages where -Language is used.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The model, or the path of its folder. Neurons that were found with a model need none.</summary>
    [Parameter]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>Only the neurons of these languages.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Language { get; set; } = [];

    /// <summary>Writes this many control views and no other: random neurons, of the same number in each layer.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Random { get; set; }

    /// <summary>Seed of the first control view; the others take the seeds after it.</summary>
    [Parameter]
    public ulong Seed { get; set; }

    /// <summary>How results call the mask; by default the languages.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(InputObject, terminating: false, () =>
    {
        if (InputObject is null)
            return;
        var neuron = NeuronInput.Of(InputObject);
        _neurons.Add(neuron);
        _origin ??= neuron.Origin;
    });

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Model, terminating: true, () =>
    {
        var model = Model is not null ? OpenModel(Model) : _origin?.Model
            ?? throw new LapeException("ModelMissing", _neurons.Count == 0
                ? "No neuron came and no model was given, so there is nothing to mask. Check the pipeline before Set-LapeMask, or give -Model."
                : "These neurons do not know their model. Give -Model.");
        NeuronInput.RequireModel(_neurons, model.Fingerprint, model.Name, model.Layers, model.Width);
        IReadOnlyList<string> known = _origin?.Selection.Languages ?? [.. _neurons.SelectMany(n => n.Languages).Distinct()];
        // Without a neuron, that is what is wrong, not the language.
        foreach (var language in Language.Where(l => _neurons.Count > 0 && !known.Contains(l)))
            throw new LapeException("LanguageUnknown", known.Count == 0
                ? $"'{language}' cannot be chosen: these neurons name no languages. Give objects with Layer, Neuron and Languages, or leave -Language out."
                : $"'{language}' is not a language of these neurons. They have: {string.Join(", ", known)}.");
        var name = Name ?? (Language.Length > 0 ? string.Join('+', Language) : "mask");
        var chosen = NeuronInput.MaskOf(_neurons.Where(n => Language.Length == 0 || n.Languages.Intersect(Language).Any()), name, model);
        var masks = Random == 0 ? [(name, chosen)] : Controls(name, chosen, model);
        if (ShouldProcess(model.Name, $"Mask {chosen.DistinctCount} neurons"))
            foreach (var (mask, neurons) in masks)
                WriteObject(new LapeModel(new ModelView(model.View.Model, Intervention.Zero(model.Layers, model.Width, neurons.All()), mask)));
    });

    private IEnumerable<(string, NeuronMask)> Controls(string name, NeuronMask chosen, LapeModel model)
    {
        if (chosen.DistinctCount == 0)
            throw new LapeException("MaskEmpty", $"The mask '{name}' has no neuron, so controls of its size have none either. Choose languages or rates that select some.");
        var excluded = _origin?.Excluded
            ?? throw new LapeException("SelectionUnknown", "Control neurons have to avoid the whole selection, which these objects do not know. Pipe from Get-LapeNeurons or Import-LapeMask.");
        return Enumerable.Range(0, Random).Select(i => ($"random {i + 1} ({name})", RandomNeurons.Draw(chosen, excluded, model.Width, Seed + (ulong)i)));
    }
}
