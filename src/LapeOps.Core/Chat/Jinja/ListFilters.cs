using System.Globalization;

namespace LapeOps.Chat.Jinja;

/// <summary>The filters of lists and mappings that templates use, as Jinja 3.1 has them.</summary>
internal static class ListFilters
{
    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Func<Rendering, object?, Arguments, object?>> ByName { get; } =
        new Dictionary<string, Func<Rendering, object?, Arguments, object?>>(StringComparer.Ordinal)
        {
            ["length"] = Length,
            ["count"] = Length,
            ["list"] = (r, value, a) => new ListValue([.. Counted(r, value)]),
            ["first"] = (r, value, a) => First(r, value),
            ["last"] = (r, value, a) => Kinds.ItemsOf(r, value) is { Count: > 0 } items ? items[^1] : new Undefined("the last item of an empty list"),
            ["join"] = Join,
            ["reverse"] = (r, value, a) => Reverse(r, value),
            ["map"] = Map,
            ["select"] = (r, value, a) => Selected(r, value, a, wanted: true),
            ["reject"] = (r, value, a) => Selected(r, value, a, wanted: false),
            ["selectattr"] = (r, value, a) => SelectedByAttribute(r, value, a, wanted: true),
            ["rejectattr"] = (r, value, a) => SelectedByAttribute(r, value, a, wanted: false),
            ["items"] = Items,
            ["dictsort"] = DictSort,
            ["sort"] = (r, value, a) => new ListValue([.. Ordered(r, value, a.Takes("reverse", "case_sensitive", "attribute"))]),
            ["unique"] = (r, value, a) => Unique(r, value, a.Takes("case_sensitive", "attribute")),
            ["sum"] = Sum,
            ["min"] = (r, value, a) => Extreme(r, value, -1),
            ["max"] = (r, value, a) => Extreme(r, value, 1),
        };

    private static object? Length(Rendering rendering, object? value, Arguments arguments) => value switch
    {
        string text => (long)CodePoints.Count(rendering, text),
        ListValue { Kind: not ListKind.Generator } list => (long)list.Items.Count,
        MapValue map => (long)map.Items.Count,
        Undefined => 0L,
        _ => throw rendering.Failed($"{Kinds.Name(value)} has no length"),
    };

    private static IReadOnlyList<object?> Counted(Rendering rendering, object? value)
    {
        var items = Kinds.ItemsOf(rendering, value);
        rendering.ReserveItems(items.Count);
        return items;
    }

    // map, select and their like take anything false for an empty list.
    private static IReadOnlyList<object?> CountedIfTrue(Rendering rendering, object? value) => Kinds.IsTrue(value) ? Counted(rendering, value) : [];

    private static object? First(Rendering rendering, object? value)
    {
        if (value is ListValue { Kind: ListKind.Generator } lazy)
            rendering.ReserveItems(lazy.Items.Count);
        var items = value is ListValue list ? list.Take(1) : Kinds.ItemsOf(rendering, value);
        return items.Count > 0 ? items[0] : new Undefined("the first item of an empty list");
    }

    private static object? Join(Rendering rendering, object? value, Arguments arguments)
    {
        arguments.Takes("d", "attribute");
        var items = Counted(rendering, value);
        var texts = arguments.Value(1, "attribute", null) is { } attribute ? items.Select(i => Path(rendering, i, attribute)) : items;
        return Operators.Concatenated(rendering, [.. texts.Select(i => PythonText.Of(rendering, i))], PythonText.Of(rendering, arguments.Value(0, "d", "")));
    }

    private static object Reverse(Rendering rendering, object? value)
    {
        var reversed = Counted(rendering, value).Reverse().ToArray();
        return value is string ? string.Concat(reversed) : new ListValue(reversed, ListKind.Generator);
    }

    private static object? Map(Rendering rendering, object? value, Arguments arguments)
    {
        var items = CountedIfTrue(rendering, value);
        if (arguments.Positional.Count == 0)
        {
            arguments.Takes("attribute", "default");
            var attribute = arguments.Value(0, "attribute");
            return Lazy(items.Select(i => Path(rendering, i, attribute) is var found && found is Undefined && arguments.Has(1, "default") ? arguments.Value(1, "default") : found));
        }
        var name = arguments.Text(0, "name");
        return Lazy(items.Select(i => Filters.Apply(rendering, name, i, arguments.After(1))));
    }

    private static ListValue Selected(Rendering rendering, object? value, Arguments arguments, bool wanted) =>
        Lazy(CountedIfTrue(rendering, value).Where(i => Passes(rendering, i, arguments, 0) == wanted));

    private static ListValue SelectedByAttribute(Rendering rendering, object? value, Arguments arguments, bool wanted)
    {
        var attribute = arguments.Value(0, "attribute");
        return Lazy(CountedIfTrue(rendering, value).Where(i => Passes(rendering, Path(rendering, i, attribute), arguments, 1) == wanted));
    }

    // By the test that the argument at this place names, else by truth.
    private static bool Passes(Rendering rendering, object? value, Arguments arguments, int place) => arguments.Positional.Count > place
        ? ValueTests.Holds(rendering, arguments.Text(place, "test"), value, arguments.After(place + 1))
        : Kinds.IsTrue(value);

    private static ListValue Lazy(IEnumerable<object?> items) => new([.. items], ListKind.Generator);

    // "a.b.0": items or attributes one within the other.
    private static object? Path(Rendering rendering, object? value, object? attribute)
    {
        if (attribute is not string path)
            return Members.Item(rendering, value, attribute);
        rendering.Read(path);
        foreach (var part in path.Split('.'))
            value = Members.Item(rendering, value, long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : part);
        return value;
    }

    private static ListValue Items(Rendering rendering, object? value, Arguments arguments) => value switch
    {
        Undefined => Lazy([]),
        MapValue map => Pairs(rendering, map.Items, ListKind.Generator),
        _ => throw rendering.Failed($"{Kinds.Name(value)} is no mapping"),
    };

    private static ListValue DictSort(Rendering rendering, object? value, Arguments arguments)
    {
        arguments.Takes("case_sensitive", "by", "reverse");
        if (value is not MapValue map)
            throw rendering.Failed($"{Kinds.Name(value)} is no mapping");
        var exact = arguments.Flag(0, "case_sensitive");
        var byValue = arguments.Text(1, "by", "key") == "value";
        var sorted = Sorted(rendering, map.Items, item => Folded(rendering, byValue ? item.Value : item.Key, exact), arguments.Flag(2, "reverse"));
        return Pairs(rendering, sorted, ListKind.List);
    }

    private static ListValue Pairs(Rendering rendering, IEnumerable<KeyValuePair<string, object?>> items, ListKind kind)
    {
        var pairs = items.Select(object? (i) => new ListValue([i.Key, i.Value], ListKind.Tuple)).ToArray();
        rendering.ReserveItems(2L * pairs.Length);
        return new ListValue(pairs, kind);
    }

    private static IEnumerable<object?> Ordered(Rendering rendering, object? value, Arguments arguments)
    {
        var (exact, attribute) = (arguments.Flag(1, "case_sensitive"), arguments.Value(2, "attribute", null));
        return Sorted(rendering, Counted(rendering, value), i => Folded(rendering, attribute is null ? i : Path(rendering, i, attribute), exact), arguments.Flag(0, "reverse"));
    }

    private static ListValue Unique(Rendering rendering, object? value, Arguments arguments)
    {
        var (exact, attribute) = (arguments.Flag(0, "case_sensitive"), arguments.Value(1, "attribute", null));
        var seen = new List<object?>();
        return Lazy(Counted(rendering, value).Where(item =>
        {
            var key = Folded(rendering, attribute is null ? item : Path(rendering, item, attribute), exact);
            if (seen.Any(other => Operators.AreEqual(rendering, other, key)))
                return false;
            seen.Add(key);
            return true;
        }));
    }

    private static object? Sum(Rendering rendering, object? value, Arguments arguments)
    {
        arguments.Takes("attribute", "start");
        var attribute = arguments.Value(0, "attribute", null);
        return Counted(rendering, value).Aggregate(arguments.Value(1, "start", 0L),
            (sum, item) => Operators.Apply(rendering, "+", sum, attribute is null ? item : Path(rendering, item, attribute)));
    }

    private static object? Extreme(Rendering rendering, object? value, int sign)
    {
        var items = Counted(rendering, value);
        return items.Count == 0
            ? new Undefined("an item of an empty list")
            : items.Aggregate((best, item) => Operators.Compare(rendering, Folded(rendering, item, false), Folded(rendering, best, false)) * sign > 0 ? item : best);
    }

    private static object? Folded(Rendering rendering, object? value, bool exact) => value is string text && !exact ? TextMethods.Lower(rendering, text) : value;

    private static T[] Sorted<T>(Rendering rendering, IEnumerable<T> items, Func<T, object?> key, bool reverse)
    {
        var order = Comparer<object?>.Create((a, b) => Operators.Compare(rendering, a, b));
        try
        {
            return [.. reverse ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is LapeException)
        {
            // What a comparer throws, sorting wraps.
            throw e.InnerException;
        }
    }
}
