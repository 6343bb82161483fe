using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace LapeOps.Tokenization;

/// <summary>An object of a tokenizer.json.</summary>
/// <param name="element">Its JSON.</param>
/// <param name="file">The file that errors name.</param>
/// <param name="path">The path in it that errors name.</param>
/// <param name="tables">Of the file, those whose entries are no part of the JSON.</param>
internal sealed class TokenizerSection(JsonElement element, string file, string path, List<TokenizerValue>? tables = null)
{
    private const int LongestQuote = 60;

    /// <summary>The JSON itself, for tables too large to wrap entry by entry.</summary>
    public JsonElement Element { get; } = element;

    /// <summary>The component's type; an error where it states none.</summary>
    public string Type => Text("type");

    /// <summary>A part that may be absent or null.</summary>
    public TokenizerSection? Section(string name)
    {
        var value = Value(name);
        if (value is null)
            return null;
        return value.Value.ValueKind == JsonValueKind.Object ? new(value.Value, file, Path(name), tables) : throw Wrong(name, "an object");
    }

    /// <summary>A value as a part.</summary>
    public TokenizerSection Part(JsonElement value, string name) => new(value, file, Path(name), tables);

    /// <summary>A list of objects; empty where absent or null.</summary>
    public IReadOnlyList<TokenizerSection> Sections(string name) =>
        [.. Items(name).Select((item, i) => item.ValueKind == JsonValueKind.Object
            ? new TokenizerSection(item, file, $"{Path(name)}[{i}]", tables)
            : throw Wrong($"{name}[{i}]", "an object"))];

    /// <summary>The items of a list; none where absent or null.</summary>
    public IEnumerable<JsonElement> Items(string name) => Value(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        _ => throw Wrong(name, "a list"),
    };

    /// <summary>A text; an error where absent.</summary>
    public string Text(string name) => OptionalText(name) ?? throw Wrong(name, "a text");

    /// <summary>A text, or null where absent or null.</summary>
    public string? OptionalText(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => String(text, name),
        _ => throw Wrong(name, "a text"),
    };

    /// <summary>A text of one character.</summary>
    public Rune Character(string name)
    {
        var text = Text(name);
        return Rune.TryGetRuneAt(text.Length == 0 ? "ab" : text, 0, out var rune) && rune.Utf16SequenceLength == text.Length
            ? rune
            : throw Wrong(name, "one character");
    }

    /// <summary>How many of something: an integer from 0 on.</summary>
    public int Count(string name) => Value(name) is { } value && IsId(value, out var count) ? count : throw Wrong(name, "an integer from 0 on");

    /// <summary>A yes or no; <paramref name="absent"/> where it is absent or null.</summary>
    public bool Flag(string name, bool absent) => Value(name)?.ValueKind switch
    {
        null => absent,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>A token id.</summary>
    public int Id(string name) => Value(name) is { } value ? Id(value, name) : throw Wrong(name, "a token id");

    /// <summary>A value as a token id: an integer from 0 on.</summary>
    public int Id(JsonElement value, string name) => IsId(value, out var id) ? id : throw Wrong(name, "a token id (an integer from 0 on)");

    /// <summary>Whether a value is a token id.</summary>
    private static bool IsId(JsonElement value, out int id)
    {
        id = -1;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out id) && id >= 0;
    }

    /// <summary>A value as a text.</summary>
    public string String(JsonElement value, string name)
    {
        try
        {
            return value.GetString() ?? throw Wrong(name, "a text");
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "a text of whole characters (it has half of a surrogate pair, or is no text)");
        }
    }

    /// <summary>A list or object to be read where it stands; nothing where absent or null.</summary>
    public JsonTable Table(string name) => new(
        tables?.Find(t => t.Path == Path(name)) is { } table ? table.Json : Value(name) is { } value ? JsonMarshal.GetRawUtf8Value(value) : default, name, this);

    /// <summary>All of it, to be read where it stands.</summary>
    public JsonTable Table() => new(JsonMarshal.GetRawUtf8Value(Element), "it", this);

    /// <summary>A part that is present but not null.</summary>
    public JsonElement? Value(string name) =>
        Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>What is broken or contradicts itself.</summary>
    public LapeException Invalid(string what) =>
        new("TokenizerInvalid", $"{file}: {Prefix}{what}. Take the file as its publisher gives it.");

    /// <summary>What a valid file may have, but this reader has not.</summary>
    public LapeException Unsupported(string what) =>
        new("TokenizerUnsupported", $"{file}: {Prefix}{what} is not supported; the model's tokenizer cannot be used.");

    /// <summary>The component's type as unsupported.</summary>
    public LapeException UnsupportedType() => Unsupported($"the type {Quote(Type)}");

    /// <summary>A text from the file, short enough for a message.</summary>
    public static string Quote(string text) => text.Length <= LongestQuote ? $"\"{text}\"" : $"\"{text[..LongestQuote]}...\"";

    private string Prefix => path.Length == 0 ? "" : path + ": ";

    private LapeException Wrong(string name, string expected) => Invalid($"{name} has to be {expected}");

    private string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
