using System.Text.Json;

namespace LapeOps.Formats;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="DType">Its element type.</param>
/// <param name="Shape">Its sizes, outermost first; empty for a scalar.</param>
/// <param name="Begin">Offset of its first byte from the first byte after the header.</param>
/// <param name="End">Offset after its last byte.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDType DType, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Bytes of data.</summary>
    public long Length => End - Begin;

    /// <summary>The shape as [a, b, c].</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}

/// <summary>
/// The header of a safetensors file: a little-endian u64 length, that many bytes of JSON, then the data. All checks of the format stand
/// here, so that no code after it doubts its input: the header's size, unique names, known types, sizes that agree with shapes,
/// and data ranges that follow each other without gap or overlap up to the file's last byte.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>A third of what the reference implementation allows, and far more than the largest checkpoints need: text takes twice its bytes.</summary>
    public const long MaxLength = 32 << 20;

    public static (IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata) Parse(
        ReadOnlySpan<byte> json, long dataLength, string path)
    {
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(ref reader, JsonTokenType.StartObject, "an object");
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name))
                    throw Refuse($"it names '{name}' twice");
                if (name == "__metadata__")
                    ReadMetadata(ref reader, metadata);
                else if (entries.Count == SafetensorsFile.MostTensors)
                    throw Refuse($"it names more than {SafetensorsFile.MostTensors} tensors");
                else
                    entries.Add(ReadEntry(ref reader, name));
            }
            if (reader.Read())
                throw Refuse("something follows its header's object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Invalid(path, $"its header is not valid: {e.Message}", e);
        }
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long reached = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != reached)
                throw Invalid(path, $"data of '{entry.Name}' begins at {entry.Begin}, where {reached} is next: ranges must follow each other without gap or overlap");
            reached = entry.End;
        }
        if (reached != dataLength)
            throw Invalid(path, $"its header describes {reached} bytes of data and {dataLength} are there: truncated, or not a safetensors file");
        return (entries, metadata);
    }

    public static LapeException Invalid(string path, string what, Exception? inner = null) =>
        new("SafetensorsInvalid", $"{path} cannot be read as safetensors: {what}. Download or write the file again.", inner);

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"an object for '{name}'");
        SafetensorsDType? type = null;
        List<long>? shape = null, range = null;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var property = reader.GetString();
            switch (property)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, $"a dtype for '{name}'");
                    var text = reader.GetString()!;
                    type = Enum.TryParse<SafetensorsDType>(text, out var known) && Enum.GetName(known) == text
                        ? known
                        : throw Refuse($"'{name}' has the dtype '{text}', which is not one of {string.Join(' ', Enum.GetNames<SafetensorsDType>())}");
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader, name, 16);
                    break;
                case "data_offsets":
                    range = ReadNumbers(ref reader, name, 2);
                    break;
                default:
                    throw Refuse($"'{name}' has the unknown property '{property}'");
            }
        }
        if (type is null || shape is null || range is not { Count: 2 } || range[1] < range[0])
            throw Refuse($"'{name}' lacks a dtype, a shape, or a pair of data_offsets in order");
        var bytes = (UInt128)type.Value.Size();
        foreach (var size in shape)
        {
            bytes *= (UInt128)size;
            if (bytes > long.MaxValue)
                throw Refuse($"the size of '{name}' overflows");
        }
        if ((long)bytes != range[1] - range[0])
            throw Refuse($"'{name}' of {type} [{string.Join(", ", shape)}] has {bytes} bytes and its data_offsets hold {range[1] - range[0]}");
        return new SafetensorsEntry(name, type.Value, shape, range[0], range[1]);
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string name, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"an array for '{name}'");
        var numbers = new List<long>();
        while (Next(ref reader) == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out var number) || number < 0 || numbers.Count == most)
                throw Refuse($"'{name}' has a size or offset that is negative, not whole, or one too many");
            numbers.Add(number);
        }
        return reader.TokenType == JsonTokenType.EndArray ? numbers : throw Refuse($"'{name}' has something other than numbers in its shape or offsets");
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object of strings as __metadata__");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"a string for the metadata '{key}'");
            metadata[key] = reader.GetString()!;
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw Refuse("its header ends too early");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (Next(ref reader) != type)
            throw Refuse($"it has {reader.TokenType} where {what} was expected");
    }

    private static JsonException Refuse(string what) => new(what);
}
