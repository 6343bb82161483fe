using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using LapeOps.Formats;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Evaluation;

/// <summary>
/// Results on disk as JSON, with a key of everything that they were measured with: a run that was stopped goes on from its file, and what
/// was measured with something else is never taken for it.
/// </summary>
public static class ResultFile
{
    private const long MostBytes = 1L << 28;
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private sealed record Envelope<T>(string Kind, string Key, T Result);

    /// <summary>A key: SHA-256 of everything that a result depends on.</summary>
    /// <param name="parts">Values that JSON can write, masks and statistics.</param>
    public static string Key(params IReadOnlyList<object?> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts.Select(Described).ToArray(), Json)));

    /// <summary>Writes a result whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What it was measured with.</param>
    /// <param name="result">The result.</param>
    /// <exception cref="LapeException">OutputNotWritable.</exception>
    public static void Write<T>(string path, string key, T result) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new Envelope<T>(typeof(T).Name, key, result), Json));

    /// <summary>Reads a result; null where there is no file.</summary>
    /// <exception cref="LapeException">ResultInvalid where the file holds something else; ResultMismatch where it was measured with something else.</exception>
    public static T? Read<T>(string path, string key) where T : class
    {
        if (!File.Exists(path))
            return null;
        var envelope = Parse<T>(path);
        return envelope.Key == key ? envelope.Result
            : throw new LapeException("ResultMismatch", $"{path} was measured with another model, other texts, neurons or options. Give another path, or -Force to measure anew.");
    }

    /// <summary>Reads a result, whatever it was measured with.</summary>
    /// <exception cref="LapeException">FileNotFound; ResultInvalid.</exception>
    public static T Read<T>(string path) where T : class =>
        File.Exists(path) ? Parse<T>(path).Result : throw new LapeException("FileNotFound", $"{path} is not there. Check the path.");

    // Counts and sums are a function of what was counted.
    private static object? Described(object? part) => part switch
    {
        NeuronMask mask => mask.Languages.Select(l => Enumerable.Range(0, mask.Layers).Select(layer => mask.Neurons(l, layer).ToArray()).ToArray()).ToArray(),
        ActivationStatistics statistics => new { statistics.Identity, Languages = statistics.Activations.Select(a => new { a.Language, a.Rows, a.Tokens }).ToArray() },
        _ => part,
    };

    private static Envelope<T> Parse<T>(string path) where T : class
    {
        try
        {
            var bytes = BoundedFile.Read(path, MostBytes) ?? throw Invalid($"it has more than {MostBytes:N0} bytes");
            var envelope = JsonSerializer.Deserialize<Envelope<T>>(bytes, Json);
            return envelope is { Result: not null } && envelope.Kind == typeof(T).Name ? envelope : throw Invalid($"it says it is a {envelope?.Kind ?? "null"}");
        }
        catch (JsonException e)
        {
            throw Invalid(e.Message, e);
        }

        LapeException Invalid(string what, Exception? inner = null) =>
            new("ResultInvalid", $"{path} does not hold a {typeof(T).Name}: {what}. Check the path, or measure it again with -Force.", inner);
    }
}
