namespace LapeOps.Reports.Html;

/// <summary>
/// Colours of categories. People tell nine of the palette apart, those with a colour vision deficiency included; of more languages the
/// largest eight have a colour and the others are grey, with their names in tooltips and tables.
/// </summary>
internal sealed class Series
{
    private const int Colours = 9;
    private readonly Dictionary<string, int> _colours;

    private Series(IReadOnlyList<string> names, Dictionary<string, int> colours)
    {
        Names = names;
        _colours = colours;
    }

    /// <summary>All names: those with a colour in their order, then the others.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those with a colour of their own.</summary>
    public IReadOnlyList<string> Coloured => [.. Names.Where(_colours.ContainsKey)];

    /// <summary>Names that are grey.</summary>
    public int Others => Names.Count - _colours.Count;

    /// <summary>Gives names their colours.</summary>
    public static Series Of(IReadOnlyList<string> names, Func<string, double> size)
    {
        var coloured = names.Count <= Colours ? names : [.. names.OrderByDescending(size).Take(Colours - 1)];
        var ordered = names.Where(coloured.Contains).ToArray();
        return new([.. ordered, .. names.Except(ordered)], ordered.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i));
    }

    /// <summary>The class that gives a shape its colour.</summary>
    public string Class(string name) => _colours.TryGetValue(name, out var colour) ? $"s{colour}" : "other";
}
