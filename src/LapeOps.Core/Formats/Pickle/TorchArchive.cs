using System.Text;

namespace LapeOps.Formats.Pickle;

/// <summary>
/// A file in torch's zip format (torch.save since 1.6): a stored zip of data.pkl, which describes an object, and one record data/KEY for
/// each storage. Nothing in it is executed; reading costs memory in proportion to data.pkl, which is limited, whatever it announces.
/// </summary>
public sealed class TorchArchive : IDisposable
{
    /// <summary>data.pkl may have this many bytes; that of a mask of 80 layers and 7 languages has 40,000.</summary>
    public const int MaxPickleLength = 16 << 20;

    private readonly string _root;

    private TorchArchive(StoredZip zip)
    {
        Zip = zip;
        var pickles = zip.Entries.Where(e => e.Name.EndsWith("/data.pkl", StringComparison.Ordinal) && e.Name.Count(c => c == '/') == 1).ToArray();
        if (pickles.Length != 1)
            throw zip.Invalid($"it has {pickles.Length} records ROOT/data.pkl where torch writes one");
        _root = pickles[0].Name[..^"data.pkl".Length];
        if (zip.Find(_root + "byteorder") is { } order && (order.Length != 6 || Encoding.ASCII.GetString(zip.Read(order)) != "little"))
            throw zip.Invalid("its byte order is not little");
        if (pickles[0].Length > MaxPickleLength)
            throw zip.Invalid($"its data.pkl has {pickles[0].Length} bytes, more than {MaxPickleLength}");
        Root = new PickleReader(zip.Read(pickles[0]), this).Read();
    }

    /// <summary>The file's full path.</summary>
    public string Path => Zip.Path;

    /// <summary>
    /// The object. Each value is null, a bool, a long, a double, a string, an IReadOnlyList&lt;object?&gt; (Python's list), a
    /// <see cref="TorchTuple"/>, an IReadOnlyDictionary&lt;string, object?&gt; in the file's order, or a <see cref="TorchTensor"/>.
    /// Values may be shared but never contain themselves; they may be nested deeply, so walk them to a known depth only.
    /// </summary>
    public object? Root { get; }

    /// <summary>Bytes of the file, a bound on what all its tensors can truly hold.</summary>
    public long FileLength => Zip.FileLength;

    internal StoredZip Zip { get; }

    /// <summary>Opens an archive and reads its object; tensors stay in the file.</summary>
    /// <exception cref="LapeException">FileNotFound, FileNotReadable, TorchArchiveInvalid, or PickleRefused, each naming the file.</exception>
    public static TorchArchive Open(string path)
    {
        var zip = StoredZip.Open(path);
        try
        {
            return new TorchArchive(zip);
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file; tensors can no longer be read.</summary>
    public void Dispose() => Zip.Dispose();

    /// <summary>The record of a storage; it has to have exactly the bytes that the pickle announces.</summary>
    internal StoredEntry StorageEntry(TorchStorage storage)
    {
        var entry = Zip.Find($"{_root}data/{storage.Key}") ?? throw Zip.Invalid($"the record data/{storage.Key} of a tensor is missing");
        if ((Int128)storage.Elements * storage.Type.Size() != entry.Length)
            throw Zip.Invalid($"data.pkl announces {storage.Elements} elements of {storage.Type} in data/{storage.Key}, which has {entry.Length} bytes");
        return entry;
    }
}
