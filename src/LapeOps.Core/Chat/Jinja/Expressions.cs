namespace LapeOps.Chat.Jinja;

/// <summary>An expression of a template.</summary>
internal abstract class Expression
{
    /// <summary>Its value.</summary>
    public object? Evaluate(Scope scope)
    {
        scope.Rendering.Enter();
        var value = Compute(scope);
        scope.Rendering.Leave();
        return value;
    }

    private protected abstract object? Compute(Scope scope);
}

/// <summary>A literal.</summary>
internal sealed class Literal(object? value) : Expression
{
    private protected override object? Compute(Scope scope) => value;
}

/// <summary>A name.</summary>
internal sealed class NameExpression(string name) : Expression
{
    /// <summary>The name.</summary>
    public string Name => name;

    private protected override object? Compute(Scope scope) => scope.Get(name);
}

/// <summary>A list or a tuple.</summary>
internal sealed class ListExpression(IReadOnlyList<Expression> items, ListKind kind) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        scope.Rendering.ReserveItems(items.Count);
        return new ListValue([.. items.Select(i => i.Evaluate(scope))], kind);
    }
}

/// <summary>A mapping.</summary>
internal sealed class MapExpression(IReadOnlyList<(Expression Key, Expression Value)> items) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        scope.Rendering.ReserveItems(items.Count);
        var map = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in items)
            map[key.Evaluate(scope) as string ?? throw scope.Rendering.Unsupported("a key that is no text")] = value.Evaluate(scope);
        return new MapValue(map);
    }
}

/// <summary>A binary operator of arithmetic.</summary>
internal sealed class BinaryExpression(string name, Expression left, Expression right) : Expression
{
    private protected override object? Compute(Scope scope) => Operators.Apply(scope.Rendering, name, left.Evaluate(scope), right.Evaluate(scope));
}

/// <summary>A number's sign.</summary>
internal sealed class NegationExpression(Expression operand) : Expression
{
    private protected override object? Compute(Scope scope) => Operators.Negated(scope.Rendering, operand.Evaluate(scope));
}

/// <summary>Texts put together by <c>~</c>.</summary>
internal sealed class ConcatenationExpression(IReadOnlyList<Expression> parts) : Expression
{
    private protected override object? Compute(Scope scope) =>
        Operators.Concatenated(scope.Rendering, [.. parts.Select(p => PythonText.Of(scope.Rendering, p.Evaluate(scope)))]);
}

/// <summary><c>and</c> and <c>or</c>: the operand that decides, as in Python.</summary>
internal sealed class LogicalExpression(bool isAnd, Expression left, Expression right) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        var value = left.Evaluate(scope);
        return Kinds.IsTrue(value) == isAnd ? right.Evaluate(scope) : value;
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotExpression(Expression operand) : Expression
{
    private protected override object? Compute(Scope scope) => !Kinds.IsTrue(operand.Evaluate(scope));
}

/// <summary>Comparisons in a chain: <c>a &lt; b &lt;= c</c>.</summary>
internal sealed class ComparisonExpression(Expression first, IReadOnlyList<(string Operator, Expression Operand)> rest) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        var left = first.Evaluate(scope);
        foreach (var (name, operand) in rest)
        {
            var right = operand.Evaluate(scope);
            if (!Operators.Holds(scope.Rendering, name, left, right))
                return false;
            left = right;
        }
        return true;
    }
}

/// <summary><c>a if condition else b</c>; without else, undefined.</summary>
internal sealed class ConditionalExpression(Expression condition, Expression then, Expression? otherwise) : Expression
{
    private protected override object? Compute(Scope scope) => Kinds.IsTrue(condition.Evaluate(scope))
        ? then.Evaluate(scope)
        : otherwise is null ? new Undefined("an if without else") : otherwise.Evaluate(scope);
}

/// <summary><c>value.name</c>: an attribute, else an item.</summary>
internal sealed class AttributeExpression(Expression owner, string name) : Expression
{
    private protected override object? Compute(Scope scope) => Members.Attribute(scope.Rendering, owner.Evaluate(scope), name);
}

/// <summary><c>value[key]</c>: an item, else an attribute.</summary>
internal sealed class ItemExpression(Expression owner, Expression key) : Expression
{
    private protected override object? Compute(Scope scope) => Members.Item(scope.Rendering, owner.Evaluate(scope), key.Evaluate(scope));
}

/// <summary><c>value[start:stop:step]</c>.</summary>
internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        var value = owner.Evaluate(scope);
        return Members.Slice(scope.Rendering, value, Bound(start), Bound(stop), Bound(step));

        long? Bound(Expression? bound) => bound?.Evaluate(scope) is not { } at ? null
            : Kinds.Whole(at) ?? throw scope.Rendering.Failed($"{Kinds.Name(at)} is no place in a list or text");
    }
}

/// <summary>Arguments as they are written.</summary>
internal sealed class ArgumentList(IReadOnlyList<Expression> positional, IReadOnlyList<(string Name, Expression Value)> named)
{
    /// <summary>None.</summary>
    public static ArgumentList Empty { get; } = new([], []);

    /// <summary>The same and one more.</summary>
    public ArgumentList With(string name, Expression value) => new(positional, [.. named, (name, value)]);

    /// <summary>Their values.</summary>
    public Arguments Evaluate(Scope scope, string callee)
    {
        if (positional.Count == 0 && named.Count == 0)
            return Arguments.None(scope.Rendering, callee);
        var values = new List<object?>();
        foreach (var argument in positional)
        {
            var value = argument.Evaluate(scope);
            if (argument is SpreadExpression)
                values.AddRange(((ListValue)value!).Items);
            else
                values.Add(value);
        }
        return new(scope.Rendering, callee, values, named.ToDictionary(n => n.Name, n => n.Value.Evaluate(scope)));
    }
}

/// <summary><c>*items</c> among arguments: as many arguments as there are items.</summary>
internal sealed class SpreadExpression(Expression items) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        var values = Kinds.ItemsOf(scope.Rendering, items.Evaluate(scope));
        scope.Rendering.ReserveItems(values.Count);
        return new ListValue(values);
    }
}

/// <summary>A macro, which becomes a value where it is defined.</summary>
internal sealed class MacroDefinition(string name, IReadOnlyList<(string Name, Expression? Default)> parameters, Statement body) : Expression
{
    /// <summary>Its name.</summary>
    public string Name => name;

    private protected override object? Compute(Scope scope) => new Macro(name, parameters, body, scope);
}

/// <summary>A call.</summary>
internal sealed class CallExpression(Expression function, string name, ArgumentList arguments) : Expression
{
    /// <summary>The same call with a block as <c>caller</c>.</summary>
    public CallExpression With(MacroDefinition caller) => new(function, name, arguments.With(Macro.Caller, caller));

    private protected override object? Compute(Scope scope)
    {
        var callee = function.Evaluate(scope);
        return callee is Callable callable
            ? callable.Call(scope.Rendering, arguments.Evaluate(scope, name))
            : throw (callee is Undefined ? scope.Rendering.Unsupported($"the function {name}") : scope.Rendering.Failed($"{Kinds.Name(callee)} cannot be called"));
    }
}

/// <summary><c>value | filter</c>; in a filter block, <paramref name="operand"/> is what the block writes.</summary>
internal sealed class FilterExpression(Expression operand, string name, ArgumentList arguments) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        var value = operand.Evaluate(scope);
        return Filters.Apply(scope.Rendering, name, value, arguments.Evaluate(scope, name));
    }
}

/// <summary><c>value is test</c>.</summary>
internal sealed class TestExpression(Expression operand, string name, ArgumentList arguments) : Expression
{
    private protected override object? Compute(Scope scope)
    {
        var value = operand.Evaluate(scope);
        return ValueTests.Holds(scope.Rendering, name, value, arguments.Evaluate(scope, name));
    }
}
