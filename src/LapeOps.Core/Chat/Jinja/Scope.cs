namespace LapeOps.Chat.Jinja;

/// <summary>Names of a block: those that are set here, then those of the block around it.</summary>
internal sealed class Scope(Rendering rendering, Scope? outer)
{
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);

    /// <summary>The run.</summary>
    public Rendering Rendering => rendering;

    /// <summary>A block within this one.</summary>
    public Scope Inner() => new(rendering, this);

    /// <summary>The value of a name.</summary>
    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._names.TryGetValue(name, out var value))
                return value;
        return Functions.ByName.TryGetValue(name, out var function) ? function : new Undefined(TemplateErrors.Quote(name));
    }

    /// <summary>Sets a name in this block.</summary>
    public void Set(string name, object? value) => _names[name] = value;

    private Scope? Outer => outer;
}
