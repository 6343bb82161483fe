namespace LapeOps.Chat.Jinja;

/// <summary>
/// Makes statements of a template's tokens, by the grammar of Jinja 3.1 with the extension loopcontrols and transformers' generation
/// block. Statements that reach beyond the template (include, import, extends) or that chat templates do not use are refused by name.
/// </summary>
internal sealed partial class TemplateParser
{
    // Each level of a nested expression takes about fifteen frames of the parser.
    private const int MostDepth = 100;

    private static readonly HashSet<string> Inner = new(StringComparer.Ordinal)
    {
        "elif", "else", "endif", "endfor", "endset", "endmacro", "endfilter", "endwith", "endgeneration",
    };

    private readonly List<Token> _tokens;
    private readonly TemplateErrors _errors;
    private int _at;
    private int _depth;
    private int _loops;

    private TemplateParser(List<Token> tokens, TemplateErrors errors)
    {
        _tokens = tokens;
        _errors = errors;
    }

    private Token Current => _tokens[_at];

    /// <summary>The statements of a template.</summary>
    /// <exception cref="LapeException">ChatTemplateInvalid; ChatTemplateUnsupported.</exception>
    public static Statement Parse(string template, TemplateErrors errors)
    {
        var parser = new TemplateParser(TemplateLexer.Read(template, errors), errors);
        var body = parser.Body();
        return parser.Current.Kind == TokenKind.End ? body : throw parser.Invalid($"{parser._tokens[parser._at + 1]} ends nothing");
    }

    // Statements up to the template's end or to a tag that belongs to the statement around them.
    private Sequence Body(params ReadOnlySpan<string> ends)
    {
        var line = Current.Line;
        Deepen();
        var statements = new List<Statement>();
        for (; ; )
        {
            switch (Current.Kind)
            {
                case TokenKind.Text:
                    statements.Add(new TextStatement(Current.Line, Next().Text));
                    break;
                case TokenKind.OutputBegin:
                    statements.Add(new OutputStatement(Next().Line, Tuple()));
                    Expect(TokenKind.OutputEnd);
                    break;
                case TokenKind.BlockBegin when _tokens[_at + 1] is { Kind: TokenKind.Name } name && Inner.Contains(name.Text):
                    if (ends.Length > 0 && !ends.Contains(name.Text))
                        throw Invalid($"{name} stands where {string.Join(" or ", ends.ToArray())} is expected");
                    _depth--;
                    return new Sequence(line, statements);
                case TokenKind.BlockBegin:
                    Next();
                    statements.Add(BlockOf(Expect(TokenKind.Name)));
                    break;
                default:
                    if (ends.Length > 0)
                        throw Invalid($"the template ends where {string.Join(" or ", ends.ToArray())} is expected");
                    _depth--;
                    return new Sequence(line, statements);
            }
        }
    }

    private Statement BlockOf(Token name) => name.Text switch
    {
        "if" => If(name.Line),
        "for" => For(name.Line),
        "set" => Set(name.Line),
        "macro" => MacroOf(name.Line),
        "filter" => Filter(name.Line),
        "with" => With(name.Line),
        "generation" => Generation(name.Line),
        "break" => Leave(name.Line, Flow.Break),
        "continue" => Leave(name.Line, Flow.Continue),
        _ => throw _errors.Unsupported(name.Line, $"the statement {TemplateErrors.Quote(name.Text)}"),
    };

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
        var parameters = new List<(string, Expression?)>();
        ExpectOperator("(");
        while (!TakeOperator(")"))
        {
            if (parameters.Count > 0)
                ExpectOperator(",");
            var parameter = Expect(TokenKind.Name).Text;
            parameters.Add((parameter, TakeOperator("=") ? Expression() : null));
        }
        EndOfBlock();
        var loops = _loops;
        _loops = 0;
        var body = Body("endmacro");
        _loops = loops;
        Close("endmacro");
        return new MacroStatement(line, name, parameters, body);
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

    // Takes "{% name" where it stands here.
    private bool Closes(string name)
    {
        if (Current.Kind != TokenKind.BlockBegin || !_tokens[_at + 1].IsName(name))
            return false;
        _at += 2;
        return true;
    }

    private void Close(string name)
    {
        if (!Closes(name))
            throw Invalid($"{name} is missing");
        if (Current.Kind == TokenKind.Name && name == "endmacro")
            Next();
        EndOfBlock();
    }

    private void EndOfBlock() => Expect(TokenKind.BlockEnd);

    private void Deepen()
    {
        if (++_depth > MostDepth)
            throw _errors.Unsupported(Current.Line, $"nesting more than {MostDepth} deep");
    }

    private Token Next() => _tokens[_at].Kind == TokenKind.End ? throw Invalid("the template ends in the middle") : _tokens[_at++];

    private Token Expect(TokenKind kind) => Current.Kind == kind ? Next() : throw Unexpected();

    private void ExpectOperator(string text)
    {
        if (!TakeOperator(text))
            throw Invalid($"{text} is expected where {Current} stands");
    }

    private void ExpectName(string text)
    {
        if (!TakeName(text))
            throw Invalid($"{text} is expected where {Current} stands");
    }

    private bool TakeOperator(string text) => Take(Current.IsOperator(text));

    private bool TakeName(string text) => Take(Current.IsName(text));

    private bool Take(bool taken)
    {
        _at += taken ? 1 : 0;
        return taken;
    }

    private LapeException Unexpected() => Invalid($"{Current} is not expected here");

    private LapeException Invalid(string what) => _errors.Invalid(Current.Line, what);
}
