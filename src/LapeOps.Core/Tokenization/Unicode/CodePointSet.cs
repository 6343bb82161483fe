using System.Globalization;

namespace LapeOps.Tokenization.Unicode;

/// <summary>A set of code points: ascending ranges, with a bitmap of the basic multilingual plane for quick membership.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private const int PlaneEnd = 0x10000;

    private readonly (int First, int Last)[] _ranges;
    private readonly Lazy<ulong[]> _plane;

    private CodePointSet((int First, int Last)[] ranges)
    {
        _ranges = ranges;
        _plane = new(() => Bitmap(ranges));
    }

    /// <summary>The set without members.</summary>
    public static CodePointSet Empty { get; } = new([]);

    /// <summary>The set of the given inclusive ranges, which may overlap and come in any order.</summary>
    public static CodePointSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in ranges.OrderBy(r => r.First))
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        return new([.. merged]);
    }

    /// <summary>The set written as hexadecimal code points and ranges with spaces between them: "41-5A AA".</summary>
    public static CodePointSet Parse(string ranges)
    {
        return Of(ranges.Split(' ').Select(Range));

        static (int, int) Range(string text)
        {
            var dash = text.IndexOf('-');
            return dash < 0 ? (Hex(text), Hex(text)) : (Hex(text.AsSpan(0, dash)), Hex(text.AsSpan(dash + 1)));
        }

        static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>The members of any of the sets.</summary>
    public static CodePointSet Union(params IEnumerable<CodePointSet> sets) => Of(sets.SelectMany(s => s._ranges));

    /// <summary>Every code point that is no member.</summary>
    public CodePointSet Complement()
    {
        var rest = new List<(int, int)>();
        var next = 0;
        foreach (var (first, last) in _ranges)
        {
            if (first > next)
                rest.Add((next, first - 1));
            next = last + 1;
        }
        if (next <= Last)
            rest.Add((next, Last));
        return new([.. rest]);
    }

    /// <summary>Whether the code point is a member.</summary>
    public bool Contains(int codePoint) => codePoint < PlaneEnd
        ? (_plane.Value[codePoint >> 6] >> (codePoint & 63) & 1) != 0
        : ContainsAbovePlane(codePoint);

    private bool ContainsAbovePlane(int codePoint)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint > _ranges[middle].Last)
                low = middle + 1;
            else if (codePoint < _ranges[middle].First)
                high = middle - 1;
            else
                return true;
        }
        return false;
    }

    private static ulong[] Bitmap((int First, int Last)[] ranges)
    {
        var plane = new ulong[PlaneEnd / 64];
        foreach (var (first, last) in ranges)
            for (var codePoint = first; codePoint <= Math.Min(last, PlaneEnd - 1); codePoint++)
                plane[codePoint >> 6] |= 1UL << (codePoint & 63);
        return plane;
    }
}
