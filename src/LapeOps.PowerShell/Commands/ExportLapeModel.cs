using System.Management.Automation;
using LapeOps.Checkpoints;
using LapeOps.Interventions;
using LapeOps.PowerShell.Objects;
using LapeOps.PowerShell.Parameters;

namespace LapeOps.PowerShell.Commands;

/// <summary>Writes a model with a mask baked in: a checkpoint in which the masked neurons are off, for any program that reads it.</summary>
/// <remarks>
/// The copy has the files of the model: config, tokenizer, weights in the same shards with the same names, types and shapes, and whatever
/// else its folder holds; links, as a download cache has them, become files. Only the columns of the down projections that belong to masked
/// neurons differ: they are zero. The model itself is not touched. Files are copied a megabyte at a time, so a model larger than memory can
/// be baked, and a path as -Model loads no weights. Masks that do something else than switch neurons off are refused, since a gated
/// feed-forward layer has no weight that could hold a constant.
/// </remarks>
/// <example>
/// <code>Get-LapeNeurons ./demo.safetensors -Model ./examples/demo | Set-LapeMask -Language zh | Export-LapeModel ./demo-without-zh</code>
/// <para>Writes the demo model without its Chinese neurons.</para>
/// </example>
/// <example>
/// <code>Import-LapeMask ./demo.json | Where-Object Layer -lt 2 | Export-LapeModel -OutPath ./baked -Model ./examples/demo -Force -PassThru</code>
/// <para>Switches the early neurons of a mask off, all languages together, in place of what ./baked held, and passes the folder on.</para>
/// </example>
[Cmdlet(VerbsData.Export, "LapeModel", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class ExportLapeModelCommand : ModelCmdlet
{
    private readonly List<NeuronInput> _neurons = [];
    private readonly List<LapeModel> _masked = [];

    /// <summary>The folder to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? OutPath { get; set; }

    /// <summary>One masked model of Set-LapeMask, or neurons: of Get-LapeNeurons or Import-LapeMask, or any objects with the properties Layer and Neuron.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>A masked model in place of one from the pipeline; with neurons the model, or the path of its folder. Neurons that were found with a model need none.</summary>
    [Parameter]
    [ModelTransformation]
    public ModelReference? Model { get; set; }

    /// <summary>Replaces a model that is in the folder.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the folder's object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(InputObject, terminating: false, () =>
    {
        if (InputObject?.BaseObject is LapeModel masked)
            _masked.Add(masked);
        else if (InputObject is not null)
            _neurons.Add(NeuronInput.Of(InputObject));
    });

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(OutPath, terminating: true, () =>
    {
        var target = ResolveLiteral(OutPath!);
        var view = Masked();
        using var source = Checkpoint.Open(view?.Path ?? Folder());
        var baked = new BakedCheckpoint(source, view is null ? Zero(source) : Unchanged(view, source));
        if (!ShouldProcess(target, $"Write '{source.Name}' with {(view is null ? "neurons" : $"the mask '{view.Mask}'")} switched off"))
            return;
        Work(emitter =>
        {
            if (baked.OtherWeights.Count > 0)
                emitter.Warning($"Copied as they are, without the mask, are weights that this model does not load: {string.Join(", ", baked.OtherWeights)}. Other programs may read them.");
            baked.Write(target, Force, new Shown(emitter, source.Name), emitter.Stop);
            return true;
        });
        if (PassThru)
            WriteObject(new DirectoryInfo(target));
    });

    private LapeModel? Masked()
    {
        if (_masked.Count + (_neurons.Count > 0 ? 1 : 0) > 1)
            throw new LapeException("InputUnexpected", $"{_masked.Count} masked models{(_neurons.Count > 0 ? " and neurons" : "")} came, and one folder holds one model. Pipe one.");
        if (_neurons.Count > 0)
        {
            if (Model?.Model is { } open)
                RequireUnmasked(open);
            return null;
        }
        var view = _masked.Count > 0 ? _masked[0] : Model?.Model;
        if (view?.View.Intervention is null)
            throw new LapeException("MaskEmpty", "No mask and no neuron came, so there is nothing to bake. Pipe a model of Set-LapeMask, or neurons and -Model.");
        return !view.Closed ? view
            : throw new LapeException("ModelClosed", $"The model '{view.Name}' was closed. Open it again with Open-LapeModel, and make its masks anew.");
    }

    private string Folder() => Model?.Model?.Path
        ?? (Model?.Path is { } path ? Resolve(path, literal: false)[0] : _neurons.Select(n => n.Origin?.Model?.Path).FirstOrDefault(p => p is not null))
        ?? throw new LapeException("ModelMissing", "These neurons do not know their model. Give -Model.");

    private Intervention Zero(Checkpoint source)
    {
        NeuronInput.RequireModel(_neurons, source.Fingerprint, source.Name, source.Shape.Layers, source.Shape.Width);
        return Intervention.Zero(source.Shape.Layers, source.Shape.Width, _neurons.Select(n => (n.Layer, n.Neuron)));
    }

    private static Intervention Unchanged(LapeModel view, Checkpoint source) => view.Fingerprint == source.Fingerprint
        ? view.View.Intervention!
        : throw new LapeException("ModelMismatch", $"The files of {source.Folder} are others than those that were opened. Open the model again, and make its masks anew.");

    private sealed class Shown(Emitter emitter, string model) : IProgress<BakeProgress>
    {
        private int _percent = -1;

        public void Report(BakeProgress value)
        {
            var percent = (int)(100 * value.BytesDone / value.BytesInAll);
            if (percent != _percent)
                emitter.Progress($"Baking {model}", $"{value.File}: {value.BytesDone:N0} of {value.BytesInAll:N0} bytes", _percent = percent, null);
        }
    }
}
