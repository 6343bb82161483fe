using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>Arithmetic, comparison and membership, as Python has them.</summary>
internal static class Operators
{
    /// <summary>A binary operator on two values.</summary>
    public static object? Apply(Rendering rendering, string name, object? left, object? right)
    {
        try
        {
            return (name, left, right) switch
            {
                ("+", string a, string b) => Concatenated(rendering, [a, b]),
                ("+", ListValue { Kind: ListKind.List or ListKind.Tuple } a, ListValue b) when a.Kind == b.Kind => Joined(rendering, a, b),
                ("*", string or ListValue { Kind: ListKind.List or ListKind.Tuple }, _) when Kinds.Whole(right) is { } times => Repeated(rendering, left, times),
                ("*", _, string or ListValue { Kind: ListKind.List or ListKind.Tuple }) when Kinds.Whole(left) is { } times => Repeated(rendering, right, times),
                ("%", string, _) => throw rendering.Unsupported("% on a text"),
                _ when Kinds.Whole(left) is { } a && Kinds.Whole(right) is { } b => WholeNumbers(rendering, name, a, b),
                _ when Kinds.Number(left) is { } a && Kinds.Number(right) is { } b => Numbers(rendering, name, a, b),
                _ => throw rendering.Failed($"{Kinds.Name(left)} {name} {Kinds.Name(right)} makes no sense"),
            };
        }
        catch (OverflowException)
        {
            throw rendering.Unsupported("a whole number beyond 64 bits");
        }
    }

    /// <summary>Texts one after another.</summary>
    public static string Concatenated(Rendering rendering, IReadOnlyList<string> texts, string separator = "")
    {
        rendering.Reserve(texts.Sum(t => (long)t.Length) + ((long)separator.Length * Math.Max(0, texts.Count - 1)));
        return string.Join(separator, texts);
    }

    /// <summary>A number with its sign changed.</summary>
    public static object Negated(Rendering rendering, object? value)
    {
        if (value is double number)
            return -number;
        return Kinds.Whole(value) is { } whole and > long.MinValue ? -whole : throw rendering.Failed($"-{Kinds.Name(value)} makes no sense");
    }

    /// <summary>Whether two values are equal: by content, numbers and booleans by value.</summary>
    public static bool AreEqual(Rendering rendering, object? left, object? right)
    {
        rendering.Enter();
        var equal = (left, right) switch
        {
            (string a, string b) => AreSame(rendering, a, b),
            (ListValue { Kind: ListKind.List or ListKind.Tuple } a, ListValue b) => a == b
                || (a.Kind == b.Kind && a.Items.Count == b.Items.Count && !a.Items.Where((item, i) => !AreEqual(rendering, item, b.Items[i])).Any()),
            (MapValue a, MapValue b) => a == b
                || (a.Items.Count == b.Items.Count && a.Items.All(item => b.Items.TryGetValue(item.Key, out var other) && AreEqual(rendering, item.Value, other))),
            (Undefined, Undefined) or (null, null) => true,
            _ when Kinds.Whole(left) is { } a && Kinds.Whole(right) is { } b => a == b,
            _ when Kinds.Number(left) is { } a && Kinds.Number(right) is { } b => a.Equals(b) || a == b,
            _ => ReferenceEquals(left, right),
        };
        rendering.Leave();
        return equal;
    }

    /// <summary>Order of two numbers or two texts.</summary>
    public static int Compare(Rendering rendering, object? left, object? right)
    {
        rendering.Charge(1);
        if (left is string text)
            rendering.Read(text);
        return (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            _ when Kinds.Whole(left) is { } a && Kinds.Whole(right) is { } b => a.CompareTo(b),
            _ when Kinds.Number(left) is { } a && Kinds.Number(right) is { } b => a.CompareTo(b),
            _ => throw rendering.Failed($"{Kinds.Name(left)} and {Kinds.Name(right)} have no order"),
        };
    }

    /// <summary>A comparison or membership by its operator.</summary>
    public static bool Holds(Rendering rendering, string name, object? left, object? right) => name switch
    {
        "==" => AreEqual(rendering, left, right),
        "!=" => !AreEqual(rendering, left, right),
        "<" => Compare(rendering, left, right) < 0,
        "<=" => Compare(rendering, left, right) <= 0,
        ">" => Compare(rendering, left, right) > 0,
        ">=" => Compare(rendering, left, right) >= 0,
        "in" => Contains(rendering, right, left),
        _ => !Contains(rendering, right, left),
    };

    /// <summary>Whether a text has a part, a list an item or a mapping a key.</summary>
    private static bool Contains(Rendering rendering, object? container, object? item)
    {
        switch (container)
        {
            case string text:
                if (item is not string part)
                    throw rendering.Failed($"{Kinds.Name(item)} cannot be in a text");
                rendering.Search(text, part);
                return text.Contains(part, StringComparison.Ordinal);
            case MapValue map:
                return item is string key && map.Items.ContainsKey(key);
            default:
                return Kinds.ItemsOf(rendering, container).Any(other => AreEqual(rendering, other, item));
        }
    }

    private static bool AreSame(Rendering rendering, string left, string right)
    {
        rendering.Read(left);
        return left == right;
    }

    private static ListValue Joined(Rendering rendering, ListValue left, ListValue right)
    {
        rendering.ReserveItems((long)left.Items.Count + right.Items.Count);
        return new ListValue([.. left.Items, .. right.Items], left.Kind);
    }

    private static object Repeated(Rendering rendering, object value, long times)
    {
        times = Math.Max(0, times);
        if (value is string text)
        {
            rendering.Reserve(checked(text.Length * times));
            return text.Length == 0 ? "" : new StringBuilder().Insert(0, text, (int)times).ToString();
        }
        var list = (ListValue)value;
        rendering.ReserveItems(checked(list.Items.Count * times));
        return new ListValue(list.Items.Count == 0 ? [] : [.. Enumerable.Repeat(list.Items, (int)times).SelectMany(items => items)], list.Kind);
    }

    private static object WholeNumbers(Rendering rendering, string name, long left, long right) => name switch
    {
        "+" => checked(left + right),
        "-" => checked(left - right),
        "*" => checked(left * right),
        "/" => right != 0 ? (double)left / right : throw ByZero(rendering),
        "//" => right != 0 ? FloorDivision(left, right) : throw ByZero(rendering),
        "%" => right != 0 ? checked(left - (FloorDivision(left, right) * right)) : throw ByZero(rendering),
        _ => right >= 0 ? Power(rendering, left, right) : Numbers(rendering, name, left, right),
    };

    private static object Numbers(Rendering rendering, string name, double left, double right) => name switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => right != 0 ? left / right : throw ByZero(rendering),
        "//" => right != 0 ? Math.Floor(left / right) : throw ByZero(rendering),
        "%" => right != 0 ? left - (Math.Floor(left / right) * right) : throw ByZero(rendering),
        _ => Math.Pow(left, right) is var power && double.IsFinite(power) ? power : throw rendering.Failed($"{PythonText.Of(left)} ** {PythonText.Of(right)} is no number"),
    };

    private static long FloorDivision(long left, long right)
    {
        var quotient = checked(left / right);
        return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
    }

    private static long Power(Rendering rendering, long value, long exponent)
    {
        if (value is 0 or 1 or -1)
            return exponent == 0 ? 1 : value == -1 && exponent % 2 == 0 ? 1 : value;
        var power = 1L;
        for (; exponent > 0; exponent--)
        {
            rendering.Charge(1);
            power = checked(power * value);
        }
        return power;
    }

    private static LapeException ByZero(Rendering rendering) => rendering.Failed("something is divided by zero");
}
