namespace LapeOps.Chat.Jinja;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    /// <summary>The next one follows.</summary>
    Next,
    /// <summary>The loop goes on with its next item.</summary>
    Continue,
    /// <summary>The loop ends.</summary>
    Break,
}

/// <summary>A statement of a template.</summary>
/// <param name="line">Its line.</param>
internal abstract class Statement(int line)
{
    /// <summary>Runs it.</summary>
    public Flow Execute(Scope scope)
    {
        scope.Rendering.Enter();
        scope.Rendering.Line = line;
        var flow = Run(scope);
        scope.Rendering.Leave();
        return flow;
    }

    private protected abstract Flow Run(Scope scope);
}

/// <summary>Text outside of tags.</summary>
internal sealed class TextStatement(int line, string text) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        scope.Rendering.Write(text);
        return Flow.Next;
    }
}

/// <summary><c>{{ expression }}</c></summary>
internal sealed class OutputStatement(int line, Expression expression) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        scope.Rendering.Write(PythonText.Of(scope.Rendering, expression.Evaluate(scope)));
        return Flow.Next;
    }
}

/// <summary>Statements one after another, in the scope they stand in.</summary>
internal sealed class Sequence(int line, IReadOnlyList<Statement> statements) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        foreach (var statement in statements)
            if (statement.Execute(scope) is not Flow.Next and var flow)
                return flow;
        return Flow.Next;
    }
}

/// <summary>if, elif, else.</summary>
internal sealed class IfStatement(int line, IReadOnlyList<(Expression Condition, Statement Body)> branches, Statement? otherwise) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        foreach (var (condition, body) in branches)
            if (Kinds.IsTrue(condition.Evaluate(scope)))
                return body.Execute(scope);
        return otherwise?.Execute(scope) ?? Flow.Next;
    }
}

/// <summary>for, with a condition and an else. What an item's body sets is gone with the item.</summary>
internal sealed class ForStatement(int line, Target target, Expression items, Expression? condition, Statement body, Statement? otherwise) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        var all = Kinds.ItemsOf(scope.Rendering, items.Evaluate(scope));
        if (condition is not null)
        {
            scope.Rendering.ReserveItems(all.Count);
            all = [.. all.Where(item => Kinds.IsTrue(condition.Evaluate(With(item))))];
        }
        if (all.Count == 0)
            return otherwise?.Execute(scope.Inner()) ?? Flow.Next;
        var loop = new LoopValue(all);
        for (; loop.Index < all.Count; loop.Index++)
        {
            var inner = With(all[loop.Index]);
            inner.Set("loop", loop);
            if (body.Execute(inner) == Flow.Break)
                break;
        }
        return Flow.Next;

        Scope With(object? item)
        {
            scope.Rendering.Charge(1);
            var inner = scope.Inner();
            target.Assign(inner, item);
            return inner;
        }
    }
}

/// <summary>break and continue.</summary>
internal sealed class LeaveStatement(int line, Flow flow) : Statement(line)
{
    private protected override Flow Run(Scope scope) => flow;
}

/// <summary><c>set a = value</c></summary>
internal sealed class SetStatement(int line, Target target, Expression value) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        target.Assign(scope, value.Evaluate(scope));
        return Flow.Next;
    }
}

/// <summary>What a block writes, as a value: for <c>set a</c> and <c>filter</c> with a body.</summary>
internal sealed class WrittenExpression(Statement body) : Expression
{
    private protected override object? Compute(Scope scope) => scope.Rendering.Capture(() => body.Execute(scope.Inner()));
}

/// <summary>A block with a scope of its own: with its names, or a generation block, which marks what the model writes and writes it.</summary>
internal sealed class BlockStatement(int line, IReadOnlyList<(Target Target, Expression Value)> names, Statement body) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        var inner = scope.Inner();
        foreach (var (target, value) in names)
            target.Assign(inner, value.Evaluate(scope));
        return body.Execute(inner);
    }
}

/// <summary>A macro's definition.</summary>
internal sealed class MacroStatement(int line, MacroDefinition macro) : Statement(line)
{
    private protected override Flow Run(Scope scope)
    {
        scope.Set(macro.Name, macro.Evaluate(scope));
        return Flow.Next;
    }
}

/// <summary>What is assigned to: a name, an attribute of a namespace, or several of them.</summary>
internal sealed class Target(string name, string? attribute, IReadOnlyList<Target>? parts = null)
{
    /// <summary>Assigns a value, taken apart where there are several.</summary>
    public void Assign(Scope scope, object? value)
    {
        if (parts is not null)
        {
            var items = Kinds.ItemsOf(scope.Rendering, value);
            if (items.Count != parts.Count)
                throw scope.Rendering.Failed($"{items.Count} values are assigned to {parts.Count} names");
            for (var i = 0; i < parts.Count; i++)
                parts[i].Assign(scope, items[i]);
        }
        else if (attribute is null)
        {
            scope.Set(name, value);
        }
        else if (scope.Get(name) is NamespaceValue space)
        {
            scope.Rendering.ReserveItems(1);
            space.Items[attribute] = value;
        }
        else
        {
            throw scope.Rendering.Failed($"{name} is no namespace, so its {attribute} cannot be set");
        }
    }
}
