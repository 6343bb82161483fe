using System.Globalization;

namespace LapeOps.Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="Measure">What was measured.</param>
/// <param name="Value">The figure that is judged, or told where there is no bar.</param>
/// <param name="Unit">Its unit; empty for a ratio.</param>
/// <param name="Bar">What it is held against; null where nothing is.</param>
/// <param name="AtMost">Whether the bar is the most that it may be, and not the least.</param>
/// <param name="Beside">What the figure was made of.</param>
internal sealed record Figure(string Measure, double Value, string Unit, double? Bar, bool AtMost, string Beside)
{
    public bool Holds => Bar is not { } bar || (AtMost ? Value < bar : Value >= bar);

    public override string ToString()
    {
        var bar = Bar is { } b ? $"{(AtMost ? "<" : ">=")} {Number(b)}{Unit}" : "none";
        return $"| {Measure,-34} | {Number(Value) + Unit,14} | {bar,-14} | {(Bar is null ? "" : Holds ? "holds" : "FALLS SHORT"),-11} | {Beside}";
    }

    public static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
