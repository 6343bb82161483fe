namespace LapeOps.Chat.Jinja;

/// <summary>Arguments of a call, taken by place or name.</summary>
internal sealed class Arguments(Rendering rendering, string callee, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    private static readonly IReadOnlyDictionary<string, object?> NoNames = new Dictionary<string, object?>();

    /// <summary>None.</summary>
    public static Arguments None(Rendering rendering, string callee) => new(rendering, callee, [], NoNames);

    /// <summary>Those given by place.</summary>
    public IReadOnlyList<object?> Positional => positional;

    /// <summary>Those given by name.</summary>
    public IReadOnlyDictionary<string, object?> Named => named;

    /// <summary>Holds them against what the callee takes.</summary>
    public Arguments Takes(params ReadOnlySpan<string> names)
    {
        if (positional.Count > names.Length)
            throw rendering.Failed($"{callee} takes {names.Length} arguments, not {positional.Count}");
        foreach (var name in named.Keys)
            if (names.IndexOf(name) is var place && (place < 0 || place < positional.Count))
                throw place < 0 ? rendering.Unsupported($"the argument {TemplateErrors.Quote(name)} of {callee}") : rendering.Failed($"{callee} gets {name} twice");
        return this;
    }

    /// <summary>Whether an argument was given.</summary>
    public bool Has(int place, string name) => place < positional.Count || named.ContainsKey(name);

    /// <summary>An argument.</summary>
    public object? Value(int place, string name) => place < positional.Count ? positional[place]
        : named.TryGetValue(name, out var value) ? value
        : throw rendering.Failed($"{callee} needs {name}");

    /// <summary>An argument, or what it is where none is given.</summary>
    public object? Value(int place, string name, object? absent) => Has(place, name) ? Value(place, name) : absent;

    /// <summary>A text.</summary>
    public string Text(int place, string name) => Value(place, name) is string text ? text : throw Wrong(place, name, "a text");

    /// <summary>A text, or what it is where none is given.</summary>
    public string Text(int place, string name, string absent) => Has(place, name) ? Text(place, name) : absent;

    /// <summary>A whole number, or what it is where none is given.</summary>
    public long Whole(int place, string name, long absent) =>
        !Has(place, name) ? absent : Kinds.Whole(Value(place, name)) ?? throw Wrong(place, name, "a whole number");

    /// <summary>A truth, or what it is where none is given.</summary>
    public bool Flag(int place, string name, bool absent = false) => Has(place, name) ? Kinds.IsTrue(Value(place, name)) : absent;

    /// <summary>The arguments after some.</summary>
    public Arguments After(int count) => new(rendering, callee, [.. positional.Skip(count)], named);

    private LapeException Wrong(int place, string name, string expected) =>
        rendering.Failed($"{name} of {callee} has to be {expected}, not {Kinds.Name(Value(place, name))}");
}
