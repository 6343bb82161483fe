using System.Globalization;
using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>The functions that a template may call: transformers' own (raise_exception, strftime_now) and Jinja's range, namespace, dict.</summary>
internal static class Functions
{
    // Jinja's sandbox has the same limit.
    private const long LongestRange = 100_000;

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Callable> ByName { get; } = new Dictionary<string, Callable>(StringComparer.Ordinal)
    {
        ["raise_exception"] = new BuiltIn((r, a) => throw r.Refused(PythonText.Of(r, a.Takes("message").Value(0, "message")))),
        ["strftime_now"] = new BuiltIn((r, a) => Format(r, a.Takes("format").Text(0, "format"))),
        ["range"] = new BuiltIn(Range),
        ["namespace"] = new BuiltIn((r, a) => new NamespaceValue(Named(r, a))),
        ["dict"] = new BuiltIn((r, a) => new MapValue(Named(r, a))),
    };

    private static OrderedDictionary<string, object?> Named(Rendering rendering, Arguments arguments)
    {
        if (arguments.Positional.Count > 1)
            throw rendering.Failed("a namespace or dict takes one mapping and names");
        var first = arguments.Positional.Count == 0 ? [] : arguments.Positional[0] is MapValue map ? map.Items : throw rendering.Unsupported("a namespace or dict of anything but a mapping");
        rendering.ReserveItems((long)first.Count + arguments.Named.Count);
        var items = new OrderedDictionary<string, object?>(first, StringComparer.Ordinal);
        foreach (var (name, value) in arguments.Named)
            items[name] = value;
        return items;
    }

    private static ListValue Range(Rendering rendering, Arguments arguments)
    {
        arguments.Takes("start", "stop", "step");
        var (start, stop, step) = arguments.Positional.Count == 1
            ? (0, arguments.Whole(0, "stop", 0), 1)
            : (arguments.Whole(0, "start", 0), arguments.Whole(1, "stop", 0), arguments.Whole(2, "step", 1));
        if (step == 0)
            throw rendering.Failed("the step of a range is 0");
        var count = step > 0 ? ((Int128)stop - start + step - 1) / step : ((Int128)start - stop - step - 1) / -(Int128)step;
        if (count > LongestRange)
            throw rendering.Failed($"a range of more than {LongestRange:N0} numbers");
        rendering.ReserveItems((long)Int128.Max(0, count));
        var numbers = new object?[(int)Int128.Max(0, count)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = start + (i * step);
        return new ListValue(numbers);
    }

    // strftime's letters, in the C locale.
    private static string Format(Rendering rendering, string format)
    {
        rendering.Reserve(format.Length * 16L);
        var now = rendering.Now;
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var padded = format[++i] != '-';
            if (!padded && i + 1 < format.Length)
                i++;
            text.Append(format[i] switch
            {
                'Y' => Show("yyyy"),
                'y' => Show("yy"),
                'm' => Show(padded ? "MM" : "%M"),
                'd' => Show(padded ? "dd" : "%d"),
                'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'B' => Show("MMMM"),
                'b' or 'h' => Show("MMM"),
                'A' => Show("dddd"),
                'a' => Show("ddd"),
                'H' => Show(padded ? "HH" : "%H"),
                'I' => Show(padded ? "hh" : "%h"),
                'M' => Show(padded ? "mm" : "%m"),
                'S' => Show(padded ? "ss" : "%s"),
                'p' => now.Hour < 12 ? "AM" : "PM",
                'j' => now.DayOfYear.ToString(padded ? "000" : "0", CultureInfo.InvariantCulture),
                'F' => Show("yyyy-MM-dd"),
                'T' => Show("HH:mm:ss"),
                'D' => Show("MM'/'dd'/'yy"),
                '%' => "%",
                var other => throw rendering.Unsupported($"%{other} of strftime_now"),
            });
        }
        return text.ToString();

        string Show(string dotNet) => now.ToString(dotNet, CultureInfo.InvariantCulture);
    }
}
