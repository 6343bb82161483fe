namespace LapeOps.Chat.Jinja;

/// <summary>A macro with the scope that it was defined in; called, it gives what its body writes.</summary>
internal sealed class Macro(string name, IReadOnlyList<(string Name, Expression? Default)> parameters, Statement body, Scope around) : Callable
{
    /// <summary>The name under which a macro sees the body of a call block.</summary>
    public const string Caller = "caller";

    private readonly string[] _names = [.. parameters.Select(p => p.Name)];

    /// <inheritdoc/>
    public override object? Call(Rendering rendering, Arguments arguments)
    {
        var scope = around.Inner();
        if (arguments.Named.TryGetValue(Caller, out var caller))
            scope.Set(Caller, caller);
        arguments.Takes([.. _names, .. caller is null ? [] : new[] { Caller }]);
        for (var i = 0; i < _names.Length; i++)
            scope.Set(_names[i], arguments.Has(i, _names[i]) ? arguments.Value(i, _names[i])
                : parameters[i].Default is { } value ? value.Evaluate(scope)
                : new Undefined($"{name}'s {_names[i]}"));
        var line = rendering.Line;
        var written = rendering.Capture(() => body.Execute(scope));
        rendering.Line = line;
        return written;
    }
}
