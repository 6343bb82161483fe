using System.Globalization;

namespace LapeOps.Tokenization.Unicode;

/// <summary>
/// A set of code points as an inversion list: ascending, in turn the first member and the first that is none again.
/// A bitmap of the basic multilingual plane, made on first use, makes membership quick.
/// </summary>
internal sealed class CodePointSet
{
    private const int Limit = 0x110000;
    private const int PlaneEnd = 0x10000;

    private readonly int[] _bounds;
    private ulong[]? _plane;

    private CodePointSet(int[] bounds) => _bounds = bounds;

    /// <summary>The set without members.</summary>
    public static CodePointSet Empty { get; } = new([]);

    /// <summary>The code points from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public static CodePointSet Range(int first, int last) => new([first, last + 1]);

    /// <summary>The set written as hexadecimal code points and ranges in ascending order, with spaces between them: "41-5A AA".</summary>
    public static CodePointSet Parse(ReadOnlySpan<char> text)
    {
        var bounds = new List<int>();
        foreach (var part in text.Split(' '))
        {
            var range = text[part];
            var dash = range.IndexOf('-');
            bounds.Add(Hex(dash < 0 ? range : range[..dash]));
            bounds.Add(Hex(range[(dash + 1)..]) + 1);
        }
        return new([.. bounds]);

        static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>The set of these code points.</summary>
    public static CodePointSet Of(IEnumerable<int> members)
    {
        var bounds = new List<int>();
        foreach (var member in members.Order())
            if (bounds.Count > 0 && bounds[^1] >= member)
                bounds[^1] = member + 1;
            else
                bounds.AddRange([member, member + 1]);
        return new([.. bounds]);
    }

    /// <summary>The members of any of the sets.</summary>
    public static CodePointSet Union(params IEnumerable<CodePointSet> sets)
    {
        var union = Empty;
        foreach (var set in sets)
            union = union.With(set);
        return union;
    }

    /// <summary>The members in ascending order.</summary>
    public IEnumerable<int> Members
    {
        get
        {
            for (var i = 0; i < _bounds.Length; i += 2)
                for (var member = _bounds[i]; member < _bounds[i + 1]; member++)
                    yield return member;
        }
    }

    /// <summary>Every code point that is no member.</summary>
    public CodePointSet Complement()
    {
        int[] bounds = [0, .. _bounds, Limit];
        var start = bounds.Length > 2 && bounds[1] == 0 ? 2 : 0;
        var end = bounds.Length - start > 1 && bounds[^2] == Limit ? bounds.Length - 2 : bounds.Length;
        return new(bounds[start..end]);
    }

    /// <summary>Whether the code point is a member.</summary>
    public bool Contains(int codePoint)
    {
        if (codePoint >= PlaneEnd)
            return IsMember(codePoint);
        var plane = _plane ??= MakePlane();
        return (plane[codePoint >> 6] >> (codePoint & 63) & 1) != 0;
    }

    private bool IsMember(int codePoint)
    {
        var place = Array.BinarySearch(_bounds, codePoint);
        // A bound at an even place begins members; a code point between bounds has the complement of the place of the next one.
        return place >= 0 ? place % 2 == 0 : ~place % 2 == 1;
    }

    private CodePointSet With(CodePointSet other)
    {
        int[] a = _bounds, b = other._bounds;
        var union = new List<int>(a.Length + b.Length);
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            var bound = Math.Min(i < a.Length ? a[i] : Limit, j < b.Length ? b[j] : Limit);
            if (i < a.Length && a[i] == bound)
                i++;
            if (j < b.Length && b[j] == bound)
                j++;
            // After an odd number of bounds one is inside a set.
            var inside = i % 2 == 1 || j % 2 == 1;
            if (inside != (union.Count % 2 == 1))
                union.Add(bound);
        }
        return new([.. union]);
    }

    private ulong[] MakePlane()
    {
        var plane = new ulong[PlaneEnd / 64];
        for (var i = 0; i < _bounds.Length; i += 2)
            for (var codePoint = _bounds[i]; codePoint < Math.Min(_bounds[i + 1], PlaneEnd); codePoint++)
                plane[codePoint >> 6] |= 1UL << (codePoint & 63);
        return plane;
    }
}
