namespace LapeOps.Chat.Jinja;

/// <summary>What kind of value something is, in Python's sense.</summary>
internal static class Kinds
{
    /// <summary>A value's kind, for messages.</summary>
    public static string Name(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"{undefined.What}, which is not defined,",
        bool => "a boolean",
        long or double => "a number",
        string => "a text",
        ListValue => "a list",
        MapValue => "a mapping",
        NamespaceValue => "a namespace",
        Callable => "a function",
        _ => "the loop",
    };

    /// <summary>Truth: false are none, false, zero, what is empty and what is undefined.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        ListValue list => list.Kind == ListKind.Generator || list.Items.Count > 0,
        MapValue map => map.Items.Count > 0,
        _ => true,
    };

    /// <summary>A number or boolean as a whole number; null for others.</summary>
    public static long? Whole(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };

    /// <summary>A number or boolean as a floating-point number; null for others.</summary>
    public static double? Number(object? value) => value is double number ? number : Whole(value);

    /// <summary>What a for goes through: the items of a list, the keys of a mapping, the characters of a text; null where it cannot.</summary>
    public static IReadOnlyList<object?>? Items(Rendering rendering, object? value)
    {
        switch (value)
        {
            case Undefined:
                return [];
            case ListValue list:
                return list.Take();
            case MapValue map:
                rendering.ReserveItems(map.Items.Count);
                return [.. map.Items.Keys];
            case string text:
                rendering.ReserveItems(text.Length);
                return CodePoints.Of(text);
            default:
                return null;
        }
    }

    /// <summary>Items, where a value has to have some.</summary>
    public static IReadOnlyList<object?> ItemsOf(Rendering rendering, object? value) =>
        Items(rendering, value) ?? throw rendering.Failed($"{Name(value)} has no items to go through");
}
