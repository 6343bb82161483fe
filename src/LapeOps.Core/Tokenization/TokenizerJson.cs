using System.Runtime.CompilerServices;
using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Tokenization;

/// <summary>A value where it stands in a file.</summary>
/// <param name="Path">The names that lead there, with dots between.</param>
/// <param name="File">The UTF-8 of the file.</param>
/// <param name="First">Where the value begins.</param>
/// <param name="End">Where it ends.</param>
internal sealed record TokenizerValue(string Path, byte[] File, int First, int End)
{
    /// <summary>The value's UTF-8.</summary>
    public ReadOnlySpan<byte> Json => File.AsSpan(First, End - First);
}

/// <summary>
/// A tokenizer's file: the long tables of its model, which <see cref="JsonTable"/> reads where they stand, and the rest, which JsonDocument has parsed.
/// </summary>
internal sealed class TokenizerJson : IDisposable
{
    private readonly JsonDocument _rest;

    /// <summary>Parses the UTF-8 of a file.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="LapeException">TokenizerInvalid for the same reason.</exception>
    public TokenizerJson(byte[] json, string file)
    {
        ForeignJson.Require(json);
        var errors = new TokenizerSection(default, file, "");
        var tables = new List<TokenizerValue>();
        if (Entries(new("", json, 0, json.Length), errors, "model") is [{ } model])
        {
            var found = Entries(model, errors, "vocab", "merges");
            if (found[0] is { Json: [(byte)'{', ..] } vocabulary)
                tables.Add(vocabulary);
            if (found[1] is { Json: [(byte)'[', ..] } merges)
                tables.Add(merges);
        }
        byte[] rest = [.. json];
        foreach (var table in tables)
            Blank(rest.AsSpan(table.First + 1, table.End - table.First - 2));
        _rest = JsonDocument.Parse(rest);
        Root = new(_rest.RootElement, file, "", tables);
    }

    /// <summary>The whole file.</summary>
    public TokenizerSection Root { get; }

    /// <summary>Frees the rest.</summary>
    public void Dispose() => _rest.Dispose();

    // Of an object, the value of each name, the last where it comes twice, as in JsonDocument; null where there is none, and of what is no object.
    private static TokenizerValue?[] Entries(TokenizerValue value, TokenizerSection errors, params string[] names)
    {
        var found = new TokenizerValue?[names.Length];
        char[] buffer = [];
        var table = new JsonTable(value.Json, "it", errors);
        for (var more = table.Take('{') && !table.Take('}'); more; more = table.Continues('}'))
        {
            var name = table.RequireName(ref buffer);
            var (first, end) = table.SkipValue();
            for (var i = 0; i < names.Length; i++)
                if (name.SequenceEqual(names[i]))
                    found[i] = new(value.Path.Length == 0 ? names[i] : $"{value.Path}.{names[i]}", value.File, value.First + first, value.First + end);
        }
        return found;
    }

    // The ends of lines stay, so that errors name the places in the file.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blank(Span<byte> entries)
    {
        foreach (ref var next in entries)
            if (next != '\n')
                next = (byte)' ';
    }
}
