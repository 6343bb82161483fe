using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Checkpoints;

/// <summary>The tensors of a checkpoint by name, over one safetensors file or the shards of an index, all mapped.</summary>
public sealed class TensorTable : IDisposable
{
    private const long MostIndexBytes = 16 << 20;
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)> _tensors = new(StringComparer.Ordinal);

    private TensorTable(string folder)
    {
        Folder = folder;
    }

    /// <summary>The checkpoint's folder.</summary>
    public string Folder { get; }

    /// <summary>All tensors in ordinal order of their names.</summary>
    public IEnumerable<(SafetensorsFile File, SafetensorsEntry Entry)> Tensors =>
        _tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value);

    /// <summary>Maps model.safetensors, or the shards that model.safetensors.index.json names.</summary>
    /// <exception cref="LapeException">WeightsMissing, SafetensorsInvalid, or CheckpointInvalid where index and shards contradict each other.</exception>
    public static TensorTable Open(string folder)
    {
        var table = new TensorTable(folder);
        try
        {
            var single = Path.Combine(folder, "model.safetensors");
            var index = Path.Combine(folder, "model.safetensors.index.json");
            if (File.Exists(single))
                table.Add(single, null);
            else if (File.Exists(index))
                table.AddShards(index);
            else
                throw new LapeException("WeightsMissing", $"{folder} has neither model.safetensors nor model.safetensors.index.json. Other formats of weights are not read: convert them to safetensors.");
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>A tensor, or null where there is none of that name.</summary>
    public (SafetensorsFile File, SafetensorsEntry Entry)? Find(string name) => _tensors.TryGetValue(name, out var found) ? found : null;

    /// <summary>Unmaps all files.</summary>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private void AddShards(string index)
    {
        var byShard = ReadIndex(index).GroupBy(t => t.Value, t => t.Key, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var shard in byShard)
        {
            if (shard.Key != Path.GetFileName(shard.Key) || shard.Key is "" or "." or "..")
                throw Invalid(index, $"it names the shard '{shard.Key}', which is not a file of its folder");
            Add(Path.Combine(Folder, shard.Key), [.. shard]);
        }
    }

    private void Add(string path, HashSet<string>? expected)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var entry in file.Entries)
        {
            if (expected is not null && !expected.Remove(entry.Name))
                throw Invalid(path, $"it holds '{entry.Name}', which the index does not place there");
            if (!_tensors.TryAdd(entry.Name, (file, entry)))
                throw Invalid(path, $"it holds '{entry.Name}', which another shard holds, too");
        }
        if (expected is { Count: > 0 })
            throw Invalid(path, $"it lacks '{expected.First()}', which the index places there");
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        var bytes = BoundedFile.Read(path, MostIndexBytes) ?? throw Invalid(path, $"it has more than {MostIndexBytes >> 20} MiB");
        try
        {
            using var document = ForeignJson.Parse(bytes);
            var map = document.RootElement.GetProperty("weight_map");
            if (map.GetPropertyCount() > SafetensorsFile.MostTensors)
                throw Invalid(path, $"it places more than {SafetensorsFile.MostTensors} tensors");
            return map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw Invalid(path, $"it is not an index of shards: {e.Message}", e);
        }
    }

    private static LapeException Invalid(string path, string what, Exception? inner = null) =>
        new("CheckpointInvalid", $"{path} is not valid: {what}. Download the checkpoint again.", inner);
}
