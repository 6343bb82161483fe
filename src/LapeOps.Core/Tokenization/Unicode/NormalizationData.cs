using System.Globalization;

namespace LapeOps.Tokenization.Unicode;

/// <summary>The tables of normalization, read when first asked for.</summary>
internal sealed class NormalizationData
{
    private static readonly Lazy<NormalizationData> Read = new(() => new());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<ulong, int> _compositions = [];

    private NormalizationData()
    {
        byte current = 0;
        foreach (var word in NormalizationTables.Classes.Split(' '))
            if (word.EndsWith(':'))
                current = byte.Parse(word[..^1], CultureInfo.InvariantCulture);
            else
                foreach (var codePoint in CodePointSet.Parse(word).Members)
                    _classes[codePoint] = current;
        var canonical = CodePointMap.Parse(NormalizationTables.Canonical);
        var all = CodePointMap.Parse(NormalizationTables.Compatibility);
        foreach (var (codePoint, mapping) in canonical)
            all.Add(codePoint, mapping);
        var excluded = CodePointSet.Parse(NormalizationTables.Excluded);
        foreach (var (codePoint, mapping) in canonical)
            if (mapping.Length == 2 && !excluded.Contains(codePoint))
                _compositions[Pair(mapping[0], mapping[1])] = codePoint;
        Canonical = canonical.ToDictionary(m => m.Key, m => Expand(m.Value, canonical).ToArray());
        Compatible = all.ToDictionary(m => m.Key, m => Expand(m.Value, all).ToArray());
    }

    /// <summary>The tables.</summary>
    public static NormalizationData Instance => Read.Value;

    /// <summary>Full canonical decompositions, without Hangul syllables.</summary>
    public Dictionary<int, int[]> Canonical { get; }

    /// <summary>Full compatibility decompositions, without Hangul syllables.</summary>
    public Dictionary<int, int[]> Compatible { get; }

    /// <summary>Characters with a combining class other than 0.</summary>
    public IEnumerable<int> NonStarters => _classes.Keys;

    /// <summary>Characters that compose with one before them, without those of Hangul.</summary>
    public IEnumerable<int> Seconds => _compositions.Keys.Select(pair => (int)(pair & uint.MaxValue));

    /// <summary>Characters that two others compose to.</summary>
    public IEnumerable<int> Composites => _compositions.Values;

    /// <summary>The canonical combining class.</summary>
    public byte Class(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>What two characters compose to, or -1.</summary>
    public int Compose(int first, int second) =>
        Hangul.Compose(first, second) is >= 0 and var syllable ? syllable : _compositions.GetValueOrDefault(Pair(first, second), -1);

    private static ulong Pair(int first, int second) => (ulong)(uint)first << 32 | (uint)second;

    private static IEnumerable<int> Expand(int[] mapping, Dictionary<int, int[]> map) =>
        mapping.SelectMany(c => map.TryGetValue(c, out var further) ? Expand(further, map) : [c]);
}
