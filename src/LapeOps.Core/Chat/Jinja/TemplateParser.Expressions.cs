using System.Globalization;

namespace LapeOps.Chat.Jinja;

/// <summary>The expressions, a method a level of binding, the weakest first.</summary>
internal sealed partial class TemplateParser
{
    private static readonly HashSet<string> Comparisons = new(["==", "!=", "<", "<=", ">", ">="], StringComparer.Ordinal);

    // Expressions with commas between them are a tuple.
    private Expression Tuple(bool conditional = true)
    {
        var first = Item();
        if (!Current.IsOperator(","))
            return first;
        var items = new List<Expression> { first };
        while (TakeOperator(","))
            if (Current.Kind is not (TokenKind.BlockEnd or TokenKind.OutputEnd) && !Current.IsOperator(")"))
                items.Add(Item());
        return new ListExpression(items, ListKind.Tuple);

        Expression Item() => conditional ? Expression() : Or();
    }

    private Expression Expression()
    {
        Deepen();
        var value = Or();
        while (TakeName("if"))
        {
            var condition = Or();
            value = new ConditionalExpression(condition, value, TakeName("else") ? Expression() : null);
        }
        _depth--;
        return value;
    }

    private Expression Or()
    {
        var left = And();
        while (TakeName("or"))
            left = new LogicalExpression(isAnd: false, left, And());
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (TakeName("and"))
            left = new LogicalExpression(isAnd: true, left, Not());
        return left;
    }

    private Expression Not()
    {
        if (!TakeName("not"))
            return Comparison();
        Deepen();
        var operand = Not();
        _depth--;
        return new NotExpression(operand);
    }

    private Expression Comparison()
    {
        var first = Sum();
        var rest = new List<(string, Expression)>();
        for (; ; )
        {
            if (Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Text))
                rest.Add((Next().Text, Sum()));
            else if (TakeName("in"))
                rest.Add(("in", Sum()));
            else if (Current.IsName("not") && _tokens[_at + 1].IsName("in"))
            {
                _at += 2;
                rest.Add(("not in", Sum()));
            }
            else
                return rest.Count == 0 ? first : new ComparisonExpression(first, rest);
        }
    }

    private Expression Sum() => Binary(Concatenation, "+", "-");

    private Expression Concatenation()
    {
        var first = Product();
        if (!Current.IsOperator("~"))
            return first;
        var parts = new List<Expression> { first };
        while (TakeOperator("~"))
            parts.Add(Product());
        return new ConcatenationExpression(parts);
    }

    private Expression Product() => Binary(Power, "*", "/", "//", "%");

    private Expression Power() => Binary(() => Unary(withFilters: true), "**");

    private Expression Binary(Func<Expression> operand, params ReadOnlySpan<string> operators)
    {
        var left = operand();
        while (Current.Kind == TokenKind.Operator && operators.Contains(Current.Text))
            left = new BinaryExpression(Next().Text, left, operand());
        return left;
    }

    private Expression Unary(bool withFilters)
    {
        Deepen();
        var value = TakeOperator("-") ? new NegationExpression(Unary(withFilters: false))
            : TakeOperator("+") ? Unary(withFilters: false)
            : Primary();
        value = Postfix(value);
        _depth--;
        return withFilters ? FiltersAndTests(value) : value;
    }

    private Expression Primary()
    {
        var token = Next();
        return token.Kind switch
        {
            TokenKind.Name => token.Text switch
            {
                "true" or "True" => new Literal(true),
                "false" or "False" => new Literal(false),
                "none" or "None" => new Literal(null),
                _ => new NameExpression(token.Text),
            },
            TokenKind.String => new Literal(Adjacent(token.Text)),
            TokenKind.Integer => new Literal(long.TryParse(Digits(token), NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : throw _errors.Unsupported(token.Line, "a whole number beyond 64 bits")),
            TokenKind.Float => new Literal(double.Parse(Digits(token), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture)),
            TokenKind.Operator => Bracketed(token),
            _ => throw _errors.Invalid(token.Line, $"{token} stands where a value is expected"),
        };

        static string Digits(Token number) => number.Text.Replace("_", "", StringComparison.Ordinal);
    }

    // Literals that follow each other are one.
    private string Adjacent(string text)
    {
        if (Current.Kind != TokenKind.String)
            return text;
        var parts = new List<string> { text };
        while (Current.Kind == TokenKind.String)
            parts.Add(Next().Text);
        return string.Concat(parts);
    }

    private Expression Bracketed(Token token)
    {
        switch (token.Text)
        {
            case "(" when TakeOperator(")"):
                return new ListExpression([], ListKind.Tuple);
            case "(":
                var inner = Tuple();
                ExpectOperator(")");
                return inner;
            case "[":
                return new ListExpression(Separated("]", Expression), ListKind.List);
            case "{":
                return new MapExpression(Separated("}", () =>
                {
                    var key = Expression();
                    ExpectOperator(":");
                    return (key, Expression());
                }));
            default:
                throw _errors.Invalid(token.Line, $"{token} stands where a value is expected");
        }
    }

    private List<T> Separated<T>(string end, Func<T> item)
    {
        var items = new List<T>();
        while (!TakeOperator(end))
        {
            if (items.Count > 0)
            {
                ExpectOperator(",");
                if (TakeOperator(end))
                    break;
            }
            items.Add(item());
        }
        return items;
    }

    private Expression Postfix(Expression value)
    {
        for (; ; )
        {
            if (TakeOperator("."))
            {
                var name = Next();
                value = name.Kind switch
                {
                    TokenKind.Name => new AttributeExpression(value, name.Text),
                    TokenKind.Integer when long.TryParse(name.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) => new ItemExpression(value, new Literal(place)),
                    _ => throw _errors.Invalid(name.Line, $"{name} is no name of an attribute"),
                };
            }
            else if (TakeOperator("["))
                value = Subscript(value);
            else if (Current.IsOperator("("))
                value = Call(value);
            else
                return value;
        }
    }

    private CallExpression Call(Expression function)
    {
        var name = _tokens[_at - 1].Text;
        return new(function, name, CallArguments());
    }

    private Expression Subscript(Expression value)
    {
        var start = Bound();
        if (!Current.IsOperator(":"))
        {
            ExpectOperator("]");
            return new ItemExpression(value, start ?? throw Unexpected());
        }
        Next();
        var stop = Bound();
        var step = TakeOperator(":") ? Bound() : null;
        ExpectOperator("]");
        return new SliceExpression(value, start, stop, step);

        Expression? Bound() => Current.IsOperator(":") || Current.IsOperator("]") ? null : Expression();
    }

    private Expression FiltersAndTests(Expression value)
    {
        for (; ; )
        {
            if (TakeOperator("|"))
            {
                var name = Expect(TokenKind.Name).Text;
                value = new FilterExpression(value, name, Current.IsOperator("(") ? CallArguments() : ArgumentList.Empty);
            }
            else if (TakeName("is"))
                value = Test(value);
            else if (Current.IsOperator("("))
                value = Call(value);
            else
                return value;
        }
    }

    private Expression Test(Expression value)
    {
        var negated = TakeName("not");
        var name = Expect(TokenKind.Name).Text;
        var arguments = ArgumentList.Empty;
        if (Current.IsOperator("("))
            arguments = CallArguments();
        else if (Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || Current.IsOperator("[") || Current.IsOperator("{")
            || (Current.Kind == TokenKind.Name && Current.Text is not ("else" or "or" or "and" or "if" or "is" or "in" or "not")))
            arguments = new ArgumentList([Postfix(Primary())], []);
        var test = new TestExpression(value, name, arguments);
        return negated ? new NotExpression(test) : test;
    }

    private ArgumentList CallArguments()
    {
        ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Separated(")", () =>
        {
            if (Current.IsOperator("*") || Current.IsOperator("**"))
                throw _errors.Unsupported(Current.Line, $"{Current.Text} before an argument");
            if (Current.Kind == TokenKind.Name && _tokens[_at + 1].IsOperator("="))
            {
                var name = Next().Text;
                Next();
                if (named.Any(n => n.Item1 == name))
                    throw Invalid($"the argument {name} is given twice");
                named.Add((name, Expression()));
            }
            else if (named.Count > 0)
                throw Invalid("an argument without a name follows one with a name");
            else
                positional.Add(Expression());
            return true;
        });
        return new ArgumentList(positional, named);
    }
}
