using System.Globalization;

namespace LapeOps.Chat.Jinja;

/// <summary>Literals, names, and what follows a value: attributes, items, calls, filters and tests.</summary>
internal sealed partial class TemplateParser
{
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
            if (Current.IsOperator("**"))
                throw _errors.Unsupported(Current.Line, "** before an argument");
            if (Current.Kind == TokenKind.Name && _tokens[_at + 1].IsOperator("="))
            {
                var name = Next().Text;
                Next();
                if (named.Any(n => n.Item1 == name))
                    throw Invalid($"the argument {name} is given twice");
                named.Add((name, Expression()));
            }
            else if (TakeOperator("*"))
                positional.Add(new SpreadExpression(Expression()));
            else if (named.Count > 0)
                throw Invalid("an argument without a name follows one with a name");
            else
                positional.Add(Expression());
            return true;
        });
        return new ArgumentList(positional, named);
    }
}
