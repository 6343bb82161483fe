using System.Globalization;

namespace LapeOps.Chat.Jinja;

/// <summary>
/// The filters that templates use, as Jinja 3.1 has them. <c>safe</c> changes nothing, since nothing is escaped. Those of lists are in
/// <see cref="ListFilters"/>.
/// </summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<Rendering, object?, Arguments, object?>> ByName = new(ListFilters.ByName, StringComparer.Ordinal)
    {
        ["safe"] = (r, value, a) => value is Undefined ? "" : value,
        ["string"] = (r, value, a) => PythonText.Of(r, value),
        ["trim"] = (r, value, a) => TextMethods.Strip(r, PythonText.Of(r, value), a.Takes("chars").Value(0, "chars", null), start: true, end: true),
        ["upper"] = (r, value, a) => TextMethods.Upper(r, PythonText.Of(r, value)),
        ["lower"] = (r, value, a) => TextMethods.Lower(r, PythonText.Of(r, value)),
        ["capitalize"] = (r, value, a) => TextMethods.Capitalize(r, PythonText.Of(r, value)),
        ["title"] = (r, value, a) => TextMethods.Title(r, PythonText.Of(r, value), before => before is not { } c || PythonText.IsSpace(c) || "-({[<".Contains(c)),
        ["replace"] = (r, value, a) => Replace(r, PythonText.Of(r, value), a.Takes("old", "new", "count")),
        ["indent"] = (r, value, a) => Indent(r, value as string ?? throw r.Failed($"{Kinds.Name(value)} cannot be indented"), a.Takes("width", "first", "blank")),
        ["default"] = Default,
        ["d"] = Default,
        ["tojson"] = JsonText.Of,
        ["int"] = (r, value, a) => ToWhole(r, value, a.Takes("default")),
        ["float"] = (r, value, a) => ToNumber(r, value, a.Takes("default")),
        ["abs"] = (r, value, a) => Operators.Compare(r, value, 0L) < 0 ? Operators.Negated(r, value) : value,
        ["round"] = (r, value, a) => Round(r, value, a.Takes("precision", "method")),
    };

    /// <summary>Applies a filter.</summary>
    /// <exception cref="LapeException">ChatTemplateUnsupported where it is not known.</exception>
    public static object? Apply(Rendering rendering, string name, object? value, Arguments arguments) => ByName.TryGetValue(name, out var filter)
        ? filter(rendering, value, arguments)
        : throw rendering.Unsupported($"the filter {name}");

    private static object? Default(Rendering rendering, object? value, Arguments arguments)
    {
        arguments.Takes("default_value", "boolean");
        var absent = value is Undefined || (arguments.Flag(1, "boolean") && !Kinds.IsTrue(value));
        return absent ? arguments.Value(0, "default_value", "") : value;
    }

    private static string Replace(Rendering rendering, string text, Arguments arguments) => TextMethods.Replace(rendering, text,
        PythonText.Of(rendering, arguments.Value(0, "old")), PythonText.Of(rendering, arguments.Value(1, "new")),
        arguments.Value(2, "count", null) is null ? -1 : arguments.Whole(2, "count", -1));

    private static string Indent(Rendering rendering, string text, Arguments arguments)
    {
        var width = arguments.Value(0, "width", 4L);
        var indent = width as string ?? Operators.Apply(rendering, "*", " ", width) as string ?? "";
        var (first, blank) = (arguments.Flag(1, "first"), arguments.Flag(2, "blank"));
        var lines = TextMethods.Lines(rendering, text + "\n").Items.Select((line, i) => (string)line! switch
        {
            var begins when i == 0 => first ? [indent, begins] : [begins],
            "" when !blank => new[] { "\n" },
            var follows => ["\n", indent, follows],
        });
        return Operators.Concatenated(rendering, [.. lines.SelectMany(parts => parts)]);
    }

    private static object? ToWhole(Rendering rendering, object? value, Arguments arguments)
    {
        var absent = arguments.Value(0, "default", 0L);
        return value switch
        {
            Undefined => throw NotDefined(rendering, value),
            double number when double.IsFinite(number) => Math.Abs(number) < long.MaxValue ? (long)number : throw rendering.Unsupported("a whole number beyond 64 bits"),
            string text when long.TryParse(Read(rendering, text).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            string text when TryParse(text, out var number) && Math.Abs(number) < long.MaxValue => (long)number,
            _ => Kinds.Whole(value) ?? absent,
        };
    }

    private static object? ToNumber(Rendering rendering, object? value, Arguments arguments) => value switch
    {
        Undefined => throw NotDefined(rendering, value),
        string text => TryParse(Read(rendering, text), out var number) ? number : arguments.Value(0, "default", 0.0),
        _ => Kinds.Number(value) ?? arguments.Value(0, "default", 0.0),
    };

    private static string Read(Rendering rendering, string text)
    {
        rendering.Read(text);
        return text;
    }

    private static LapeException NotDefined(Rendering rendering, object? value) => rendering.Failed($"{Kinds.Name(value)} is no number");

    private static bool TryParse(string text, out double number) =>
        double.TryParse(text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);

    private static object Round(Rendering rendering, object? value, Arguments arguments)
    {
        var number = Kinds.Number(value) ?? throw rendering.Failed($"{Kinds.Name(value)} cannot be rounded");
        var digits = arguments.Whole(0, "precision", 0);
        if (digits is < 0 or > 15)
            throw rendering.Unsupported($"rounding to {digits} digits");
        var scale = Math.Pow(10, digits);
        return arguments.Text(1, "method", "common") switch
        {
            "common" when Kinds.Whole(value) is { } whole => whole,
            "common" => Math.Round(number, (int)digits, MidpointRounding.ToEven),
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            var other => throw rendering.Failed($"rounding has no method {TemplateErrors.Quote(other)}"),
        };
    }
}
