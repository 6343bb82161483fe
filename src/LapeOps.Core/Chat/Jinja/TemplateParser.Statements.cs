namespace LapeOps.Chat.Jinja;

/// <summary>The statements, a method each.</summary>
internal sealed partial class TemplateParser
{
    private IfStatement If(int line)
    {
        var branches = new List<(Expression, Statement)>();
        do
        {
            var condition = Tuple(conditional: true);
            EndOfBlock();
            branches.Add((condition, Body("elif", "else", "endif")));
        }
        while (Closes("elif"));
        return new IfStatement(line, branches, Otherwise("endif"));
    }

    private ForStatement For(int line)
    {
        var target = Targets();
        ExpectName("in");
        var items = Tuple(conditional: false);
        var condition = TakeName("if") ? Expression() : null;
        if (Current.IsName("recursive"))
            throw _errors.Unsupported(Current.Line, "a recursive for");
        EndOfBlock();
        _loops++;
        var body = Body("else", "endfor");
        _loops--;
        return new ForStatement(line, target, items, condition, body, Otherwise("endfor"));
    }

    // The else of a statement, if any, and its end.
    private Sequence? Otherwise(string end)
    {
        Sequence? body = null;
        if (Closes("else"))
        {
            EndOfBlock();
            body = Body(end);
        }
        Close(end);
        return body;
    }

    private SetStatement Set(int line)
    {
        var target = Targets();
        if (TakeOperator("="))
        {
            var value = Tuple();
            EndOfBlock();
            return new SetStatement(line, target, value);
        }
        return new SetStatement(line, target, Written(_ => { }, "endset"));
    }

    private OutputStatement Filter(int line) => new(line, Written(NameOfFilter, "endfilter"));

    // What a body writes, through the filters that stand in its opening tag.
    private Expression Written(Action<List<(string, ArgumentList)>> first, string end)
    {
        var filters = new List<(string Name, ArgumentList Arguments)>();
        first(filters);
        while (TakeOperator("|"))
            NameOfFilter(filters);
        EndOfBlock();
        Expression written = new WrittenExpression(Body(end));
        Close(end);
        return filters.Aggregate(written, (value, filter) => new FilterExpression(value, filter.Name, filter.Arguments));
    }

    private void NameOfFilter(List<(string, ArgumentList)> filters)
    {
        var name = Expect(TokenKind.Name).Text;
        filters.Add((name, Current.IsOperator("(") ? CallArguments() : ArgumentList.Empty));
    }

    private MacroStatement MacroOf(int line)
    {
        var name = Expect(TokenKind.Name).Text;
        return new MacroStatement(line, new MacroDefinition(name, Parameters(), MacroBody("endmacro")));
    }

    private OutputStatement CallBlock(int line)
    {
        var parameters = Current.IsOperator("(") ? Parameters() : [];
        if (Unary(withFilters: false) is not CallExpression call)
            throw Invalid("a call block has to call something");
        var caller = new MacroDefinition("caller", parameters, MacroBody("endcall"));
        return new OutputStatement(line, call.With(caller));
    }

    private List<(string Name, Expression? Default)> Parameters()
    {
        ExpectOperator("(");
        return Separated(")", (string, Expression?) () =>
        {
            var name = Expect(TokenKind.Name).Text;
            return (name, TakeOperator("=") ? Expression() : null);
        });
    }

    private Sequence MacroBody(string end)
    {
        EndOfBlock();
        var loops = _loops;
        _loops = 0;
        var body = Body(end);
        _loops = loops;
        Close(end);
        return body;
    }

    private BlockStatement With(int line)
    {
        var names = new List<(Target, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (names.Count > 0)
                ExpectOperator(",");
            var target = SingleTarget();
            ExpectOperator("=");
            names.Add((target, Expression()));
        }
        EndOfBlock();
        var body = Body("endwith");
        Close("endwith");
        return new BlockStatement(line, names, body);
    }

    private BlockStatement Generation(int line)
    {
        EndOfBlock();
        var body = Body("endgeneration");
        Close("endgeneration");
        return new BlockStatement(line, [], body);
    }

    private LeaveStatement Leave(int line, Flow flow)
    {
        EndOfBlock();
        return _loops > 0 ? new LeaveStatement(line, flow) : throw _errors.Invalid(line, $"{flow} stands outside of a for");
    }

    private Target Targets()
    {
        var first = SingleTarget();
        if (!Current.IsOperator(","))
            return first;
        var parts = new List<Target> { first };
        while (TakeOperator(","))
            if (Current.Kind == TokenKind.Name && !Current.IsName("in") || Current.IsOperator("("))
                parts.Add(SingleTarget());
        return new Target("", null, parts);
    }

    private Target SingleTarget()
    {
        if (TakeOperator("("))
        {
            Deepen();
            var inner = Targets();
            ExpectOperator(")");
            _depth--;
            return inner;
        }
        var name = Expect(TokenKind.Name).Text;
        return new Target(name, TakeOperator(".") ? Expect(TokenKind.Name).Text : null);
    }
}
