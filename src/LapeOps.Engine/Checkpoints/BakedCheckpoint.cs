using LapeOps.Formats;
using LapeOps.Interventions;
using LapeOps.Packages;

namespace LapeOps.Checkpoints;

/// <summary>How far the writing of a baked checkpoint is.</summary>
/// <param name="File">The file at hand.</param>
/// <param name="BytesDone">Bytes written of all files.</param>
/// <param name="BytesInAll">Bytes of all files.</param>
public sealed record BakeProgress(string File, long BytesDone, long BytesInAll);

/// <summary>
/// Copies of checkpoints with neurons switched off in the weights (METHOD.md, "Interventions"): a neuron's activation enters the layer's
/// output by its column of the down projection alone, so a column of zeros is an activation of zero at every position. All else is the same,
/// byte for byte.
/// </summary>
public sealed class BakedCheckpoint
{
    // A piece of a file, and what a cancelled run waits for.
    private const int PieceBytes = 1 << 20;

    private readonly Checkpoint _source;
    private readonly Intervention _intervention;
    private readonly IReadOnlyList<(string Name, string File)> _files;

    /// <summary>Makes ready to bake, and writes nothing yet.</summary>
    /// <param name="source">The checkpoint; it stays as it is, and open.</param>
    /// <param name="intervention">Neurons that become zero.</param>
    /// <exception cref="LapeException">BakeRefused where it does something else; MaskEmpty; ModelMismatch where it is of another shape; FileNotReadable.</exception>
    public BakedCheckpoint(Checkpoint source, Intervention intervention)
    {
        if (intervention.Layers != source.Shape.Layers || intervention.Width != source.Shape.Width)
            throw new LapeException("ModelMismatch", $"The mask is for a model of {intervention.Layers} x {intervention.Width} neurons, and '{source.Name}' has {source.Shape.Layers} x {source.Shape.Width}.");
        if (intervention.NeuronCount == 0)
            throw new LapeException("MaskEmpty", "The mask has no neuron, so there is nothing to bake. Choose languages or rates that select some.");
        if (!intervention.OnlyZeroes)
            throw new LapeException("BakeRefused",
                $"The mask gives neurons values other than 0, and weights of '{source.Name}' cannot hold that: its feed-forward layers are gated, so what a neuron adds is its activation times another product of each token, and there is no bias for a constant. Bake a mask of the mode Zero, or use this one on the open model.");
        _source = source;
        _intervention = intervention;
        _files = Reading(source.Folder, () => CheckpointFiles.Below(source.Folder));
        var tables = source.Tensors.Tensors.Select(t => t.File.Path).ToHashSet(StringComparer.Ordinal);
        OtherWeights = [.. _files.Select(f => f.Name).Where(name => !tables.Contains(Path.Combine(source.Folder, name)) && HoldsWeights(name))];
    }

    /// <summary>Files of the folder that hold weights of other formats or another copy: they are copied, and nothing is baked into them.</summary>
    public IReadOnlyList<string> OtherWeights { get; }

    /// <summary>Writes the copy whole or not at all.</summary>
    /// <param name="target">Its folder.</param>
    /// <param name="replace">Whether another model that is there is replaced.</param>
    /// <param name="progress">Gets how far it is, a megabyte at a time.</param>
    /// <param name="stop">Ends it; nothing is left then.</param>
    /// <exception cref="LapeException">OutputExists; OutputNotWritable, where the target and the source hold each other, too; DiskFull; FileNotReadable.</exception>
    public void Write(string target, bool replace = false, IProgress<BakeProgress>? progress = null, CancellationToken stop = default)
    {
        target = Reading(target, () => CheckpointFiles.Real(target));
        RequireTarget(target, replace);
        var bytes = _files.Sum(f => new FileInfo(f.File).Length);
        if (DiskSpace.Free(target) is { } free && bytes > free)
            throw Full(target, bytes, null);
        try
        {
            AtomicFolder.Make(target, folder => Fill(folder, bytes, progress, stop), stays: () => replace ? false : throw Exists(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskException(e).IsFull ? Full(target, bytes, e)
                : new LapeException("OutputNotWritable", $"{target} cannot be written: {e.Message} Choose another folder, or close what uses it.", e);
        }
    }

    private void Fill(string folder, long bytesInAll, IProgress<BakeProgress>? progress, CancellationToken stop)
    {
        var shards = _source.Tensors.Tensors.Select(t => t.File).Distinct().ToDictionary(f => f.Path, StringComparer.Ordinal);
        var zeroed = Columns();
        var copy = new PieceCopy(PieceBytes, stop);
        foreach (var (name, file) in _files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var from = Reading(file, () => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.SequentialScan));
            using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            var before = copy.Bytes;
            copy.Tell = () => progress?.Report(new(name, copy.Bytes, bytesInAll));
            if (shards.TryGetValue(Path.Combine(_source.Folder, name), out var shard))
            {
                copy.Plain(from, to, shard.DataOffset);
                foreach (var entry in shard.Entries)
                    if (zeroed.TryGetValue((shard, entry), out var columns))
                        copy.WithZeroColumns(from, to, entry, columns);
                    else
                        copy.Plain(from, to, entry.Length);
            }
            else
                copy.Plain(from, to, from.Length);
            to.Flush(flushToDisk: true);
        }
    }

    // The columns of each down projection, [hidden, width].
    private Dictionary<(SafetensorsFile, SafetensorsEntry), int[]> Columns() =>
        Enumerable.Range(0, _intervention.Layers).Where(layer => _intervention.NeuronsPerLayer[layer] > 0)
            .ToDictionary(layer => _source.Find(Checkpoint.At(_source.Family.Names.Down, layer))!.Value, layer => _intervention.Layer(layer).Neurons);

    private void RequireTarget(string target, bool replace)
    {
        var source = CheckpointFiles.Real(_source.Folder);
        if (CheckpointFiles.IsWithin(target, source) || CheckpointFiles.IsWithin(source, target) || _files.Any(f => CheckpointFiles.IsWithin(f.File, target)))
            throw new LapeException("OutputNotWritable", $"{target} is the model itself, or one holds the other. The model stays as it is: choose a folder outside {source}.");
        if (File.Exists(target))
            throw new LapeException("OutputNotWritable", $"{target} is a file. Give the path of a folder to write.");
        if (!Directory.Exists(target))
            return;
        if (!replace)
            throw Exists(target);
        if (Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, "config.json")))
            throw new LapeException("OutputNotWritable", $"{target} is no model, since it has no config.json, so it is not replaced. Choose another folder, or remove it yourself.");
    }

    private static bool HoldsWeights(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".safetensors" or ".bin" or ".pt" or ".pth" or ".gguf" or ".onnx" or ".h5" or ".msgpack" or ".ckpt";

    private static LapeException Exists(string target) =>
        new("OutputExists", $"{target} is there already. Use -Force to replace it, or choose another folder.");

    private static LapeException Full(string target, long bytes, Exception? inner) => new("DiskFull",
        $"{target} needs {bytes:N0} bytes, and {DiskSpace.Free(target) ?? 0:N0} are free there. Free some, or choose a folder on another disk; nothing was written.", inner);

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }
}
