using System.Collections;
using System.Globalization;

namespace LapeOps.PowerShell.Objects;

/// <summary>Activation probability by language, en=0.97;zh=0.02 as text, so that it survives Export-Csv and Import-Csv.</summary>
public sealed class ProbabilityTable : IReadOnlyCollection<KeyValuePair<string, float>>
{
    private readonly IReadOnlyList<KeyValuePair<string, float>> _values;

    internal ProbabilityTable(IEnumerable<KeyValuePair<string, float>> values)
    {
        _values = [.. values];
    }

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>The probability of a language; null for one that was not measured.</summary>
    public float? this[string language] =>
        _values.Where(v => v.Key == language).Select(v => (float?)v.Value).FirstOrDefault();

    /// <summary>The highest of them, the highest first, and how many more there are; of few languages all, in their order.</summary>
    public string Highest()
    {
        const int few = 8, highest = 6;
        var shown = Count <= few ? _values : [.. _values.OrderByDescending(v => v.Value).Take(highest)];
        return string.Join("  ", shown.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key} {v.Value:F3}"))) + (Count > few ? $"  +{Count - highest}" : "");
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, float>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>language=probability, separated by semicolons, in invariant culture.</summary>
    public override string ToString() =>
        string.Join(';', _values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key}={v.Value}")));
}
