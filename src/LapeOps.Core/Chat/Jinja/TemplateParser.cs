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
        "elif", "else", "endif", "endfor", "endset", "endmacro", "endfilter", "endwith", "endcall", "endgeneration",
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
        "call" => CallBlock(name.Line),
        "generation" => Generation(name.Line),
        "break" => Leave(name.Line, Flow.Break),
        "continue" => Leave(name.Line, Flow.Continue),
        _ => throw _errors.Unsupported(name.Line, $"the statement {TemplateErrors.Quote(name.Text)}"),
    };

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
