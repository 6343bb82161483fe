using System.Text.Json.Serialization;

namespace LapeOps.Statistics;

/// <summary>
/// What statistics were measured on and how. Statistics of different identities are of different things: they neither merge nor resume.
/// </summary>
/// <param name="ModelFingerprint">Fingerprint of the checkpoint (DESIGN.md, Identity).</param>
/// <param name="ModelName">Name of the checkpoint's folder, to show.</param>
/// <param name="TokenizerHash">SHA-256 of tokenizer.json.</param>
/// <param name="Layers">L, layers of the model.</param>
/// <param name="Width">d, neurons of a feed-forward layer.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Context">Tokens a row, row start included.</param>
/// <param name="RowStart">Ids in front of each row; they are not counted.</param>
/// <param name="HoldOut">Rows of each language that were asked to be kept from counting.</param>
/// <param name="MaxTokens">The cap on tokens of each language.</param>
/// <param name="RowsPerGroup">Rows that are computed together; a group counts whole or not at all.</param>
/// <param name="Documents">Whether a document is a file or a line.</param>
/// <param name="DType">Type that linear layers computed in.</param>
/// <param name="DeviceKind">cpu or cuda.</param>
/// <param name="Sums">Whether the float64 sums are there.</param>
/// <param name="Version">Version of LapeOps that measured.</param>
/// <param name="TextField">Field of .jsonl and column of .parquet that hold the text.</param>
/// <param name="Deduplicate">Whether documents that a language had before were left out.</param>
/// <param name="Transform">What texts were changed into before they were counted (<see cref="Corpora.TextTransform"/>); null where they stayed as they were.</param>
/// <param name="Seed">Of the order of words where they were shuffled; else 0.</param>
public sealed record StatisticsIdentity(
    string ModelFingerprint, string ModelName, string TokenizerHash, int Layers, int Width, int Hidden,
    int Context, IReadOnlyList<int> RowStart, int HoldOut, long MaxTokens, int RowsPerGroup, string Documents,
    string DType, string DeviceKind, bool Sums, string Version, string TextField = "text", bool Deduplicate = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? Transform = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ulong Seed = 0)
{
    /// <summary>
    /// The identity of counts that another program made and whose files say no more than their shape: it fits any model of that shape.
    /// </summary>
    public static StatisticsIdentity OfCounts(string modelName, int layers, int width) =>
        new("", modelName, "", layers, width, Hidden: 0, Context: 0, [], HoldOut: 0, MaxTokens: 0, RowsPerGroup: 0, "", "", "", Sums: false, "");

    /// <summary>Whether these are counts of another program, of a model and texts that are not known.</summary>
    [JsonIgnore]
    public bool Imported => ModelFingerprint.Length == 0;

    /// <summary>
    /// The names of the properties that differ, to say why two statistics do not belong together; empty where none does. The model's name
    /// counts only where there is no fingerprint.
    /// </summary>
    public IReadOnlyList<string> DifferencesFrom(StatisticsIdentity other) =>
        [.. typeof(StatisticsIdentity).GetProperties()
            .Where(p => p.CanWrite && (p.Name != nameof(ModelName) || (Imported && other.Imported)))
            .Where(p => Text(p.GetValue(this)) != Text(p.GetValue(other)))
            .Select(p => $"{p.Name} {Text(p.GetValue(this))} and {Text(p.GetValue(other))}")];

    private static string Text(object? value) => value is IReadOnlyList<int> ids ? $"[{string.Join(", ", ids)}]" : value?.ToString() ?? "none";
}
