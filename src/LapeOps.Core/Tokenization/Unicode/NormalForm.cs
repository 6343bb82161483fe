using System.Runtime.InteropServices;

namespace LapeOps.Tokenization.Unicode;

/// <summary>A normalization form of UAX #15 over the characters of Unicode 9.0; later ones count as starters that change nothing.</summary>
internal sealed class NormalForm
{
    private const int LongRun = 32;

    private readonly NormalizationData _data = NormalizationData.Instance;
    private readonly Dictionary<int, int[]> _decompositions;
    private readonly bool _compose;

    private NormalForm(bool compatible, bool compose)
    {
        _decompositions = compatible ? _data.Compatible : _data.Canonical;
        _compose = compose;
        var changing = _decompositions.Keys.Concat(_data.NonStarters).ToHashSet();
        if (compose)
        {
            // A composite comes back from its parts, unless compatibility changes those.
            changing.ExceptWith(_data.Composites.Where(c => _decompositions[c].AsSpan().SequenceEqual(_data.Canonical[c])));
            changing.UnionWith(_data.Seconds);
        }
        Unstable = CodePointSet.Union(CodePointSet.Of(changing), compose ? Hangul.Seconds : Hangul.Syllables);
        Least = Math.Min(changing.Min(), char.MaxValue);
    }

    /// <summary>Canonical composition.</summary>
    public static NormalForm C => FormC.Value;

    /// <summary>Canonical decomposition.</summary>
    public static NormalForm D => FormD.Value;

    /// <summary>Compatibility composition.</summary>
    public static NormalForm KC => FormKC.Value;

    /// <summary>Compatibility decomposition.</summary>
    public static NormalForm KD => FormKD.Value;

    /// <summary>
    /// The characters that may change, or change what stands before them. All others are starters that stay, whatever follows but these.
    /// </summary>
    public CodePointSet Unstable { get; }

    /// <summary>The first of them, at most U+FFFF.</summary>
    public int Least { get; }

    private static Lazy<NormalForm> FormC { get; } = new(() => new(compatible: false, compose: true));
    private static Lazy<NormalForm> FormD { get; } = new(() => new(compatible: false, compose: false));
    private static Lazy<NormalForm> FormKC { get; } = new(() => new(compatible: true, compose: true));
    private static Lazy<NormalForm> FormKD { get; } = new(() => new(compatible: true, compose: false));

    /// <summary>Adds what a character decomposes to.</summary>
    public void Decompose(int codePoint, List<int> output)
    {
        if (_decompositions.TryGetValue(codePoint, out var mapping))
            output.AddRange(mapping);
        else if (!Hangul.Decompose(codePoint, output))
            output.Add(codePoint);
    }

    /// <summary>Brings decomposed text into this form.</summary>
    public void Arrange(List<int> text)
    {
        Order(text);
        if (_compose)
            Compose(text);
    }

    /// <summary>Sorts each run of marks by combining class, those of one class as they stand (canonical ordering).</summary>
    private void Order(List<int> text)
    {
        for (int first = 0, end; first < text.Count; first = end)
        {
            end = first + 1;
            if (_data.Class(text[first]) == 0)
                continue;
            while (end < text.Count && _data.Class(text[end]) != 0)
                end++;
            if (end - first > LongRun)
            {
                var sorted = text[first..end].OrderBy(c => _data.Class(c)).ToArray();
                sorted.CopyTo(CollectionsMarshal.AsSpan(text)[first..]);
            }
            else
            {
                Insert(text, first, end);
            }
        }
    }

    private void Insert(List<int> text, int first, int end)
    {
        for (var i = first + 1; i < end; i++)
            for (var k = i; k > first && _data.Class(text[k - 1]) > _data.Class(text[k]); k--)
                (text[k - 1], text[k]) = (text[k], text[k - 1]);
    }

    /// <summary>Composes each character with the last starter unless one of no lower class stands between (canonical composition).</summary>
    private void Compose(List<int> output)
    {
        var text = CollectionsMarshal.AsSpan(output);
        var starter = -1;
        var count = 0;
        var last = 0;
        foreach (var codePoint in text)
        {
            var current = _data.Class(codePoint);
            var adjacent = count == starter + 1;
            if (starter >= 0 && (adjacent || last < current) && _data.Compose(text[starter], codePoint) is >= 0 and var composite)
            {
                text[starter] = composite;
                continue;
            }
            if (current == 0)
                starter = count;
            last = current;
            text[count++] = codePoint;
        }
        CollectionsMarshal.SetCount(output, count);
    }
}
