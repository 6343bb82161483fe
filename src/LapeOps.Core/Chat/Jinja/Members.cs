namespace LapeOps.Chat.Jinja;

/// <summary>Attributes, items and slices of values.</summary>
internal static class Members
{
    /// <summary><c>value.name</c>: a method or attribute, else the item of that name.</summary>
    /// <exception cref="LapeException">ChatTemplateFailed where the value itself is not there.</exception>
    public static object? Attribute(Rendering rendering, object? value, string name) =>
        Own(rendering, value, name) ?? Stored(value, name) ?? Missing(rendering, value, name);

    /// <summary><c>value[key]</c>: an item, else the attribute of that name.</summary>
    /// <exception cref="LapeException">ChatTemplateFailed where the value itself is not there.</exception>
    public static object? Item(Rendering rendering, object? value, object? key)
    {
        if (key is string name)
        {
            rendering.Read(name);
            return value is MapValue map && map.Items.TryGetValue(name, out var item) ? item : Attribute(rendering, value, name);
        }
        if (Kinds.Whole(key) is not { } place || value is Undefined)
            return Missing(rendering, value, PythonText.Of(rendering, key));
        if (value is string text)
        {
            return Place(place, CodePoints.Count(rendering, text)) is { } at ? CodePoints.At(text, [at]) : new Undefined($"character {place}");
        }
        return value is ListValue { Kind: ListKind.List or ListKind.Tuple } list && Place(place, list.Items.Count) is { } index
            ? list.Items[index]
            : new Undefined($"item {place} of {Kinds.Name(value)}");
    }

    /// <summary><c>value[start:stop:step]</c> of a list or text, with Python's rules for what lies outside.</summary>
    public static object Slice(Rendering rendering, object? value, long? start, long? stop, long? step)
    {
        var by = step ?? 1;
        if (by == 0)
            throw rendering.Failed("the step of a slice is 0");
        switch (value)
        {
            case string text:
                return CodePoints.At(text, Reserved(CodePoints.Count(rendering, text)));
            case ListValue { Kind: ListKind.List or ListKind.Tuple } list:
                return new ListValue([.. Reserved(list.Items.Count).Select(i => list.Items[i])], list.Kind);
            default:
                throw rendering.Failed($"{Kinds.Name(value)} cannot be sliced");
        }

        IEnumerable<int> Reserved(int length)
        {
            rendering.ReserveItems(length);
            return Places(length, start, stop, by);
        }
    }

    private static IEnumerable<int> Places(int length, long? start, long? stop, long step)
    {
        // Where nothing is given, from one end to beyond the other.
        var (lowest, highest) = step > 0 ? (0L, (long)length) : (-1L, length - 1L);
        var from = start is { } first ? Within(first) : step > 0 ? lowest : highest;
        var to = stop is { } last ? Within(last) : step > 0 ? highest : lowest;
        for (var at = from; step > 0 ? at < to : at > to; at += step)
        {
            yield return (int)at;
            if (Math.Abs(step) > length)
                yield break;
        }

        long Within(long place) => Math.Clamp(place < 0 ? place + length : place, lowest, highest);
    }

    private static int? Place(long place, int count)
    {
        var at = place < 0 ? place + count : place;
        return at >= 0 && at < count ? (int)at : null;
    }

    // What the value has of itself, whatever is stored in it.
    private static object? Own(Rendering rendering, object? value, string name) => value switch
    {
        string text => TextMethods.Of(rendering, text, name),
        MapValue map => MethodOf(rendering, map, name),
        ListValue list => MethodOf(rendering, list, name),
        LoopValue loop => loop.Attribute(name),
        _ => null,
    };

    // A stored none is wrapped by nothing, so it is looked for by Missing.
    private static object? Stored(object? value, string name) => value switch
    {
        MapValue map => map.Items.GetValueOrDefault(name),
        NamespaceValue space => space.Items.GetValueOrDefault(name),
        _ => null,
    };

    private static object? Missing(Rendering rendering, object? value, string name) => value switch
    {
        MapValue map when map.Items.ContainsKey(name) => null,
        NamespaceValue space when space.Items.ContainsKey(name) => null,
        Undefined undefined => throw rendering.Failed($"{undefined.What} is not defined, so it has no {TemplateErrors.Quote(name)}"),
        _ => new Undefined($"{TemplateErrors.Quote(name)} of {Kinds.Name(value)}"),
    };

    private static BuiltIn? MethodOf(Rendering rendering, MapValue map, string name) => name switch
    {
        "get" => new((_, a) => a.Takes("key", "default").Value(0, "key") is string key && map.Items.TryGetValue(key, out var value) ? value : a.Value(1, "default", null)),
        "keys" => View(map.Items.Keys),
        "values" => View(map.Items.Values),
        "items" => View(map.Items.Select(object? (i) => new ListValue([i.Key, i.Value], ListKind.Tuple))),
        "copy" => new((_, a) => map),
        "pop" or "popitem" or "update" or "clear" or "setdefault" when !map.Items.ContainsKey(name) => throw Changes(rendering, name),
        _ => null,
    };

    private static BuiltIn? MethodOf(Rendering rendering, ListValue list, string name) => name switch
    {
        "count" => new((r, a) => (long)list.Items.Count(item => Operators.AreEqual(r, item, a.Value(0, "value")))),
        "index" => new((r, a) => Enumerable.Range(0, list.Items.Count).Where(i => Operators.AreEqual(r, list.Items[i], a.Value(0, "value"))).Select(i => (long?)i).FirstOrDefault()
            ?? throw r.Failed("a list does not have the item that is looked for")),
        "append" or "extend" or "insert" or "pop" or "remove" or "clear" or "sort" or "reverse" => throw Changes(rendering, name),
        _ => null,
    };

    private static BuiltIn View(IEnumerable<object?> items) => new((rendering, arguments) =>
    {
        arguments.Takes();
        ListValue view = new([.. items], ListKind.View);
        rendering.ReserveItems(2L * view.Items.Count);
        return view;
    });

    private static LapeException Changes(Rendering rendering, string name) => rendering.Unsupported($"{name}, which changes a value (transformers refuses it, too),");
}
