using System.Collections;

namespace LapeOps.PowerShell.Objects;

/// <summary>Names, a;b;c as text, so that they survive Export-Csv and Import-Csv.</summary>
public sealed class NameList : IReadOnlyList<string>
{
    private const char Separator = ';';
    private readonly IReadOnlyList<string> _names;

    /// <summary>A list of names.</summary>
    public NameList(IEnumerable<string> names)
    {
        _names = [.. names];
    }

    /// <inheritdoc/>
    public int Count => _names.Count;

    /// <inheritdoc/>
    public string this[int index] => _names[index];

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static NameList Parse(string text) =>
        new(text.Split(Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The names, separated by semicolons.</summary>
    public override string ToString() => string.Join(Separator, _names);
}
