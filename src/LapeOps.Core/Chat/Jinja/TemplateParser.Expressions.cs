namespace LapeOps.Chat.Jinja;

/// <summary>The operators, a method a level of binding, the weakest first.</summary>
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
            : TakeOperator("+") ? new BinaryExpression("+", new Literal(0L), Unary(withFilters: false))
            : Primary();
        value = Postfix(value);
        _depth--;
        return withFilters ? FiltersAndTests(value) : value;
    }
}
