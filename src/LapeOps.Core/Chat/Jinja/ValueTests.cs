namespace LapeOps.Chat.Jinja;

/// <summary>The tests behind <c>is</c> that templates use, as Jinja 3.1 has them.</summary>
internal static class ValueTests
{
    private static readonly Dictionary<string, Func<Rendering, object?, Arguments, bool>> ByName = new(StringComparer.Ordinal)
    {
        ["defined"] = (r, value, a) => value is not Undefined,
        ["undefined"] = (r, value, a) => value is Undefined,
        ["none"] = (r, value, a) => value is null,
        ["string"] = (r, value, a) => value is string,
        ["mapping"] = (r, value, a) => value is MapValue,
        ["iterable"] = (r, value, a) => value is Undefined or string or ListValue or MapValue,
        ["sequence"] = (r, value, a) => value is string or MapValue or ListValue { Kind: ListKind.List or ListKind.Tuple } or Undefined,
        ["number"] = (r, value, a) => value is long or double or bool,
        ["integer"] = (r, value, a) => value is long,
        ["float"] = (r, value, a) => value is double,
        ["boolean"] = (r, value, a) => value is bool,
        ["true"] = (r, value, a) => value is true,
        ["false"] = (r, value, a) => value is false,
        ["callable"] = (r, value, a) => value is Callable,
        ["odd"] = (r, value, a) => Operators.AreEqual(r, Operators.Apply(r, "%", value, 2L), 1L),
        ["even"] = (r, value, a) => Operators.AreEqual(r, Operators.Apply(r, "%", value, 2L), 0L),
        ["divisibleby"] = (r, value, a) => Operators.AreEqual(r, Operators.Apply(r, "%", value, a.Value(0, "num")), 0L),
        ["upper"] = (r, value, a) => Read(r, value) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["lower"] = (r, value, a) => Read(r, value) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        ["sameas"] = (r, value, a) => value is null or bool ? Equals(value, a.Value(0, "other")) : ReferenceEquals(value, a.Value(0, "other")),
        ["in"] = (r, value, a) => Operators.Holds(r, "in", value, a.Value(0, "seq")),
        ["equalto"] = Comparison("=="),
        ["eq"] = Comparison("=="),
        ["=="] = Comparison("=="),
        ["ne"] = Comparison("!="),
        ["!="] = Comparison("!="),
        ["lt"] = Comparison("<"),
        ["lessthan"] = Comparison("<"),
        ["<"] = Comparison("<"),
        ["le"] = Comparison("<="),
        ["<="] = Comparison("<="),
        ["gt"] = Comparison(">"),
        ["greaterthan"] = Comparison(">"),
        [">"] = Comparison(">"),
        ["ge"] = Comparison(">="),
        [">="] = Comparison(">="),
    };

    /// <summary>Whether a test holds.</summary>
    /// <exception cref="LapeException">ChatTemplateUnsupported where it is not known.</exception>
    public static bool Holds(Rendering rendering, string name, object? value, Arguments arguments) => ByName.TryGetValue(name, out var test)
        ? test(rendering, value, arguments)
        : throw rendering.Unsupported($"the test {name}");

    private static string Read(Rendering rendering, object? value)
    {
        var text = PythonText.Of(rendering, value);
        rendering.Read(text);
        return text;
    }

    private static Func<Rendering, object?, Arguments, bool> Comparison(string name) => (rendering, value, arguments) =>
        Operators.Holds(rendering, name, value, arguments.Value(0, "other"));
}
