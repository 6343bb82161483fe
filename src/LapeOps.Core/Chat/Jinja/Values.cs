namespace LapeOps.Chat.Jinja;

// A template's values are null (None), bool, long, double, string, and the types below.

/// <summary>What is not there: it prints as nothing, is false, and cannot be computed with.</summary>
/// <param name="What">What was looked for, for messages.</param>
internal sealed record Undefined(string What);

/// <summary>How a list behaves.</summary>
internal enum ListKind
{
    /// <summary>A list.</summary>
    List,
    /// <summary>A tuple.</summary>
    Tuple,
    /// <summary>Keys, values or items of a mapping: it has a length, and no places.</summary>
    View,
    /// <summary>What a lazy filter gives: it has neither, is always true, and can be gone through once.</summary>
    Generator,
}

/// <summary>A list of values, which nothing changes.</summary>
internal sealed class ListValue(IReadOnlyList<object?> items, ListKind kind = ListKind.List)
{
    private IReadOnlyList<object?> _items = items;

    /// <summary>How it behaves.</summary>
    public ListKind Kind => kind;

    /// <summary>Its items; of a generator those that are left.</summary>
    public IReadOnlyList<object?> Items => _items;

    /// <summary>Its items, which a generator gives once.</summary>
    public IReadOnlyList<object?> Take(int most = int.MaxValue)
    {
        if (kind != ListKind.Generator)
            return _items;
        var taken = _items;
        _items = most >= taken.Count ? [] : [.. taken.Skip(most)];
        return taken;
    }
}

/// <summary>A mapping from texts to values in the order in which they came, which nothing changes.</summary>
internal sealed class MapValue(OrderedDictionary<string, object?> items)
{
    /// <summary>Its items.</summary>
    public OrderedDictionary<string, object?> Items => items;
}

/// <summary>The result of <c>namespace()</c>: the one value that <c>set</c> can change.</summary>
internal sealed class NamespaceValue(OrderedDictionary<string, object?> items)
{
    /// <summary>Its attributes.</summary>
    public OrderedDictionary<string, object?> Items => items;
}

/// <summary>What can be called.</summary>
internal abstract class Callable
{
    /// <summary>Calls it.</summary>
    public abstract object? Call(Rendering rendering, Arguments arguments);
}

/// <summary>A function or method that is built in.</summary>
internal sealed class BuiltIn(Func<Rendering, Arguments, object?> function) : Callable
{
    /// <inheritdoc/>
    public override object? Call(Rendering rendering, Arguments arguments) => function(rendering, arguments);
}

/// <summary><c>loop</c> inside a for.</summary>
internal sealed class LoopValue(IReadOnlyList<object?> items)
{
    /// <summary>Number of the item, from 0.</summary>
    public int Index { get; set; }

    /// <summary>An attribute of the loop; <see cref="Undefined"/> beyond its ends, null where there is no such.</summary>
    public object? Attribute(string name) => name switch
    {
        "index" => (long)Index + 1,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => (long)items.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("loop.previtem"),
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : new Undefined("loop.nextitem"),
        "cycle" => new BuiltIn((rendering, arguments) => arguments.Positional.Count > 0
            ? arguments.Positional[Index % arguments.Positional.Count]
            : throw rendering.Failed("loop.cycle has nothing to cycle through")),
        _ => new Undefined($"loop.{name}"),
    };
}
