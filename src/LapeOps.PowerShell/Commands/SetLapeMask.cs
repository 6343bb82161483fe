using System.Globalization;
using System.Management.Automation;
using LapeOps.Interventions;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;
using LapeOps.Statistics;

namespace LapeOps.PowerShell.Commands;

/// <summary>Switches neurons off or drives them: gives a view of the model in which their activations are changed at every position.</summary>
/// <remarks>
/// Weights are never edited: the view shares them with the model and with every other view. NeuronsPerLayer of the view tells what it
/// touches. By default activations become 0. -Mode Constant sets them to -Value; Replace sets them to alpha times the mean activation (mu) on
/// the text of the neuron's own language, or of -Target; Add adds alpha mu; DiffMean adds alpha times the difference of mu from the mean of
/// mu over the other languages. A neuron chosen for several languages takes the mean of theirs. -Off and -Drive together are the paper's
/// steering: the neurons of some languages are zero and those of others driven; a neuron of both is driven. -ResidualLayer is what to compare
/// that with: it touches no neuron and adds to the residual stream the unit vector from the mean of one language to that of another, in units of the mean
/// norm there. With -Random, only control views are written: as many neurons of each layer, drawn from those that the whole selection leaves free.
/// </remarks>
/// <example>
/// <code>$masked = Get-LapeNeurons -Statistics ./demo.safetensors | Set-LapeMask -Model ./examples/demo -Language zh</code>
/// <para>A view of the demo model without its Chinese neurons.</para>
/// </example>
/// <example>
/// <code>$neurons | Set-LapeMask -Off en -Drive zh | Invoke-LapeGenerate -Prompt "Q: What is a mutex?`nA:" -MaxTokens 48</code>
/// <para>Steers answers from English to Chinese.</para>
/// </example>
/// <example>
/// <code>$neurons | Where-Object { $_.Languages.Count -eq 1 -and $_.Layer -lt 4 } | Sort-Object Score -Top 100 | Set-LapeMask -Mode DiffMean -Alpha 2</code>
/// <para>Any choice of neurons: here the hundred most specific ones of a single language in the first four layers, each driven by its own.</para>
/// </example>
/// <example>
/// <code>Set-LapeMask -Model $model -Statistics $statistics -ResidualLayer 9 -Off en -Drive zh -Alpha 0.5</code>
/// <para>The residual-stream baseline.</para>
/// </example>
/// <example>
/// <code>Import-Csv neurons.csv | Set-LapeMask -Model $model -Name mine</code>
/// <para>Takes any objects with Layer and Neuron, such as those that Export-Csv wrote.</para>
/// </example>
[Cmdlet(VerbsCommon.Set, "LapeMask", SupportsShouldProcess = true, DefaultParameterSetName = "Neurons")]
[OutputType(typeof(LapeModel))]
public sealed class SetLapeMaskCommand : ModelCmdlet
{
    private readonly List<NeuronInput> _neurons = [];
    private NeuronOrigin? _origin;

    /// <summary>Neurons: of Get-LapeNeurons or Import-LapeMask, or any objects with the properties Layer and Neuron, and Languages where languages are chosen or their means taken.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Neurons")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Steering")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Residual")]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The model, or the path of its folder. Neurons that were found with a model need none.</summary>
    [Parameter]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>Where mean activations come from: statistics with sums, or the path of their file. Neurons that were found in statistics need none.</summary>
    [Parameter]
    public object? Statistics { get; set; }

    /// <summary>Only the neurons of these languages.</summary>
    [Parameter(ParameterSetName = "Neurons")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Language { get; set; } = [];

    /// <summary>The language whose mean activations all neurons take, in place of their own.</summary>
    [Parameter(ParameterSetName = "Neurons")]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string? Target { get; set; }

    /// <summary>Switches the neurons of these languages off. With -ResidualLayer: the one language that the direction comes from.</summary>
    [Parameter(ParameterSetName = "Steering")]
    [Parameter(Mandatory = true, ParameterSetName = "Residual")]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Off { get; set; } = [];

    /// <summary>Drives the neurons of these languages. With -ResidualLayer: the one language that the direction goes to.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Steering")]
    [Parameter(Mandatory = true, ParameterSetName = "Residual")]
    [ArgumentCompleter(typeof(LanguageCompleter))]
    public string[] Drive { get; set; } = [];

    /// <summary>Adds to the residual stream at the input of this layer's block, and touches no neuron.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Residual")]
    public int ResidualLayer { get; set; }

    /// <summary>What is done to the neurons, with -Drive to those that are driven: Zero (default), Constant, Replace (default with -Drive), Add or DiffMean.</summary>
    [Parameter(ParameterSetName = "Neurons")]
    [Parameter(ParameterSetName = "Steering")]
    public InterventionMode Mode { get; set; }

    /// <summary>The activation that -Mode Constant sets.</summary>
    [Parameter(ParameterSetName = "Neurons")]
    [Parameter(ParameterSetName = "Steering")]
    public double Value { get; set; }

    /// <summary>Strength of Replace, Add and DiffMean, 1 by default; of the residual stream's direction, in mean norms of the stream.</summary>
    [Parameter]
    public double Alpha { get; set; } = 1;

    /// <summary>Writes this many control views and no other: random neurons, of the same number in each layer, changed in the same way.</summary>
    [Parameter(ParameterSetName = "Neurons")]
    [Parameter(ParameterSetName = "Steering")]
    [ValidateRange(1, 1000)]
    public int Random { get; set; }

    /// <summary>Seed of the first control view; the others take the seeds after it.</summary>
    [Parameter(ParameterSetName = "Neurons")]
    [Parameter(ParameterSetName = "Steering")]
    public ulong Seed { get; set; }

    /// <summary>How results call the mask; by default the languages and what is done to them.</summary>
    [Parameter]
    public string? Name { get; set; }

    private bool Steers => ParameterSetName == "Steering";

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
        RequireSense();
        var model = RequireModel();
        if (ParameterSetName == "Residual")
        {
            var shift = Intervention.ResidualShift(model.Layers, model.Width, Means(model), Off[0], Drive[0], ResidualLayer, Alpha);
            Write(model, $"Shift the residual stream at layer {ResidualLayer}", [(Name ?? Text($"residual {ResidualLayer} {Off[0]}>{Drive[0]} {Alpha}"), shift)]);
            return;
        }
        RequireLanguages();
        NeuronEdit[] edits = Steers
            ? [EditInput.Of(Off.Length == 0 ? [] : _neurons, Off, null, InterventionMode.Zero, 1), EditInput.Of(_neurons, Drive, null, Mode, Amount)]
            : [EditInput.Of(_neurons, Language, Target, Mode, Amount)];
        var means = edits.Any(e => e.NeedsMeans) ? Means(model) : null;
        var name = Name ?? DefaultName;
        var intervention = Intervention.Of(model.Layers, model.Width, edits, means);
        var masks = Random == 0 ? [(name, intervention)] : Controls(name, intervention, edits, means);
        Write(model, $"{(Steers ? "Steer" : "Mask")} {intervention.NeuronCount} neurons", masks);
    });

    // Says what makes no sense before a model is loaded for it.
    private void RequireSense()
    {
        var given = MyInvocation.BoundParameters;
        if (Steers && !given.ContainsKey(nameof(Mode)))
            Mode = InterventionMode.Replace;
        Require(double.IsFinite(Alpha) && double.IsFinite(Value), $"-Alpha {Alpha} and -Value {Value} have to be finite numbers");
        Require(ParameterSetName != "Residual" || (Off.Length == 1 && Drive.Length == 1), "-ResidualLayer goes from one language, -Off, to one other, -Drive");
        Require(!given.ContainsKey(nameof(Value)) || Mode == InterventionMode.Constant, "-Value is what -Mode Constant sets; the other modes take -Alpha");
        Require(!given.ContainsKey(nameof(Alpha)) || Mode is not (InterventionMode.Zero or InterventionMode.Constant) || ParameterSetName == "Residual", $"-Alpha does nothing with -Mode {Mode}");
        Require(!given.ContainsKey(nameof(Target)) || Mode is not (InterventionMode.Zero or InterventionMode.Constant), $"-Target does nothing with -Mode {Mode}: no mean is taken");

        static void Require(bool holds, string otherwise)
        {
            if (!holds)
                throw new LapeException("ParameterOutOfRange", otherwise + ".");
        }
    }

    private LapeModel RequireModel()
    {
        var model = Model is not null ? OpenModel(Model) : _origin?.Model
            ?? throw new LapeException("ModelMissing", _neurons.Count == 0
                ? "No neuron came and no model was given, so there is nothing to mask. Check the pipeline before Set-LapeMask, or give -Model."
                : "These neurons do not know their model. Give -Model.");
        NeuronInput.RequireModel(_neurons, model.Fingerprint, model.Name, model.Layers, model.Width);
        return model;
    }

    private void RequireLanguages()
    {
        IReadOnlyList<string> known = _origin?.Selection.Languages ?? [.. _neurons.SelectMany(n => n.Languages).Distinct()];
        // Without a neuron, that is what is wrong, not the language.
        foreach (var language in Language.Concat(Off).Concat(Drive).Where(l => _neurons.Count > 0 && !known.Contains(l)))
            throw new LapeException("LanguageUnknown", known.Count == 0
                ? $"'{language}' cannot be chosen: these neurons name no languages. Give objects with Layer, Neuron and Languages, or leave -Language out."
                : $"'{language}' is not a language of these neurons. They have: {string.Join(", ", known)}.");
    }

    private ActivationMeans Means(LapeModel model)
    {
        var statistics = Statistics is not null ? ResolveStatistics(Statistics) : _origin?.Statistics
            ?? throw new LapeException("StatisticsMissing", "Mean activations come from statistics, which these neurons do not know. Give -Statistics.");
        statistics.RequireModel(model.Fingerprint, model.Name, model.Layers, model.Width);
        return new ActivationMeans(statistics);
    }

    private double Amount => Mode == InterventionMode.Constant ? Value : Alpha;

    private string DefaultName
    {
        get
        {
            var how = Mode switch
            {
                InterventionMode.Zero => Steers ? " Zero" : "",
                InterventionMode.Constant => Text($" = {Value}"),
                _ => $" {Mode}{(Alpha == 1 ? "" : Text($" {Alpha}"))}{(Target is null ? "" : $" {Target}")}",
            };
            if (!Steers)
                return (Language.Length > 0 ? string.Join('+', Language) : "mask") + how;
            return $"{string.Join('+', Off)}>{string.Join('+', Drive)}{(Mode == InterventionMode.Replace && Alpha == 1 ? "" : how)}";
        }
    }

    private IEnumerable<(string, Intervention)> Controls(string name, Intervention chosen, NeuronEdit[] edits, ActivationMeans? means)
    {
        if (chosen.Empty)
            throw new LapeException("MaskEmpty", $"The mask '{name}' has no neuron, so controls of its size have none either. Choose languages or rates that select some.");
        var excluded = _origin?.Excluded
            ?? throw new LapeException("SelectionUnknown", "Control neurons have to avoid the whole selection, which these objects do not know. Pipe from Get-LapeNeurons or Import-LapeMask.");
        return Enumerable.Range(0, Random).Select(i => ($"random {i + 1} ({name})", Intervention.Of(chosen.Layers, chosen.Width,
            NeuronEdit.Random(edits, excluded.ForModel(chosen.Layers, chosen.Width), chosen.Layers, chosen.Width, Seed + (ulong)i), means)));
    }

    private void Write(LapeModel model, string action, IEnumerable<(string Name, Intervention Edit)> masks)
    {
        if (ShouldProcess(model.Name, action))
            foreach (var (mask, edit) in masks)
                WriteObject(new LapeModel(new ModelView(model.View.Model, edit, mask)));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
