namespace LapeOps.Formats.Pickle;

/// <summary>A name that a pickle may mention. It stays a name: nothing is ever looked up, loaded or called.</summary>
/// <param name="Name">Module and name as the pickle has them.</param>
/// <param name="Storage">The element type where it names a storage class, else null.</param>
internal sealed record PickleGlobal(string Name, TorchType? Storage)
{
    /// <summary>Makes a tensor of a storage, an offset, sizes and strides.</summary>
    public static PickleGlobal RebuildTensor { get; } = new("torch._utils._rebuild_tensor_v2", null);

    /// <summary>Python's ordered dictionary.</summary>
    public static PickleGlobal OrderedDict { get; } = new("collections.OrderedDict", null);

    private static readonly Dictionary<string, PickleGlobal> _allowed = Enum.GetValues<TorchType>()
        .Select(t => new PickleGlobal($"torch.{t}Storage", t))
        .Append(RebuildTensor)
        .Append(OrderedDict)
        .ToDictionary(g => g.Name, StringComparer.Ordinal);

    /// <summary>The allowed name, or null.</summary>
    public static PickleGlobal? Find(string module, string name) => _allowed.GetValueOrDefault($"{module}.{name}");
}

/// <summary>The record of an archive that a tensor's elements lie in, as a persistent id announces it.</summary>
internal sealed record TorchStorage(TorchType Type, string Key, long Elements);
