using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace LapeOps.Formats;

/// <summary>
/// A safetensors file, memory-mapped: opening reads the header alone, and a tensor's bytes are read from disk when they are touched.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>Tensors that a checkpoint may have. The largest have 100,000.</summary>
    public const int MostTensors = 1 << 18;

    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private readonly MemoryMappedViewAccessor _view;

    private SafetensorsFile(string path, MemoryMappedViewAccessor view, long dataOffset,
        IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        Path = path;
        _view = view;
        DataOffset = dataOffset;
        Entries = entries;
        Metadata = metadata;
        _byName = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Where the data begins: bytes of the header and its length.</summary>
    public long DataOffset { get; }

    /// <summary>All tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The strings under __metadata__; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="LapeException">FileNotFound, FileNotReadable or SafetensorsInvalid, each naming the file.</exception>
    public static SafetensorsFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path))
            throw new LapeException("FileNotFound", $"{path} does not exist. Check the path.");
        MemoryMappedViewAccessor? view = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            // Of the stream, not of FileInfo: that of a link, as the Hugging Face cache has them, is the length of its target's name.
            var length = stream.Length;
            if (length < 8)
                throw SafetensorsHeader.Invalid(path, $"it has {length} bytes, fewer than the length of a header");
            view = Map(stream);
            var start = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle();
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, 8));
            if (headerLength > SafetensorsHeader.MaxLength || (long)headerLength > length - 8)
                throw SafetensorsHeader.Invalid(path, $"it announces a header of {headerLength} bytes in a file of {length}");
            var dataOffset = 8 + (long)headerLength;
            var (entries, metadata) = SafetensorsHeader.Parse(new ReadOnlySpan<byte>(start + 8, (int)headerLength), length - dataOffset, path);
            return new SafetensorsFile(path, view, dataOffset, entries, metadata);
        }
        catch (Exception e)
        {
            view?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
            throw;
        }
    }

    /// <summary>The entry of a tensor, or null where the file has none of that name.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The entry of a tensor.</summary>
    /// <exception cref="LapeException">TensorMissing: the file has none of that name.</exception>
    public SafetensorsEntry Entry(string name) => Find(name)
        ?? throw new LapeException("TensorMissing", $"{Path} has no tensor '{name}'. It is another kind of file, or incomplete.");

    /// <summary>
    /// The values of a tensor, mapped: they stay valid until <see cref="Dispose"/>. The file is kept alive by the memory.
    /// </summary>
    /// <exception cref="LapeException">TensorMissing, or TensorTypeUnexpected where the type or, if given, the shape is another.</exception>
    public ReadOnlyMemory<T> Read<T>(string name, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        var entry = Entry(name);
        var expected = SafetensorsDTypes.Of<T>();
        if (entry.DType != expected || (shape.Length > 0 && !shape.SequenceEqual(entry.Shape.ToArray())))
            throw new LapeException("TensorTypeUnexpected",
                $"{Path}: '{name}' is {entry.DType} {entry.ShapeText} where {expected} [{string.Join(", ", shape.ToArray())}] is needed. The file belongs to another model or version.");
        return new MappedMemory<T>(this, entry).Memory;
    }

    /// <summary>The address of a tensor's first byte, valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public IntPtr Address(SafetensorsEntry entry)
    {
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        return _view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)(DataOffset + entry.Begin);
    }

    /// <summary>Unmaps the file. Nothing read from it may be touched afterwards.</summary>
    public void Dispose() => _view.Dispose();

    private static MemoryMappedViewAccessor Map(FileStream stream)
    {
        using var mapped = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    private sealed class MappedMemory<T>(SafetensorsFile file, SafetensorsEntry entry) : MemoryManager<T> where T : unmanaged
    {
        public override Span<T> GetSpan() => new((void*)file.Address(entry), checked((int)(entry.Length / sizeof(T))));

        public override MemoryHandle Pin(int elementIndex = 0) => new((T*)file.Address(entry) + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
