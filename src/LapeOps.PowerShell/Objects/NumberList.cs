using System.Collections;
using System.Globalization;

namespace LapeOps.PowerShell.Objects;

/// <summary>Numbers, 1;2;3 as text in invariant culture, so that they survive Export-Csv and Import-Csv.</summary>
public sealed class NumberList<T> : IReadOnlyList<T> where T : struct, IFormattable
{
    private readonly IReadOnlyList<T> _numbers;

    internal NumberList(IEnumerable<T> numbers)
    {
        _numbers = [.. numbers];
    }

    /// <inheritdoc/>
    public int Count => _numbers.Count;

    /// <inheritdoc/>
    public T this[int index] => _numbers[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _numbers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The numbers, separated by semicolons.</summary>
    public override string ToString() => string.Join(';', _numbers.Select(n => n.ToString(null, CultureInfo.InvariantCulture)));
}
