namespace LapeOps.Fuzz;

/// <summary>
/// Files to mutate: the valid ones, and those whose refusal was of a kind not seen before, so that mutations go on from where they got.
/// </summary>
internal sealed class InputPool
{
    private const int Small = 16 << 10, MostKept = 64 << 10, Most = 1000;

    private readonly List<byte[]> _all = [];
    private readonly HashSet<string> _outcomes = [];

    public InputPool(IEnumerable<byte[]> seeds)
    {
        Seeds = [.. seeds];
        _all.AddRange(Seeds);
    }

    /// <summary>The valid ones.</summary>
    public IReadOnlyList<byte[]> Seeds { get; }

    public byte[] Pick(Random random)
    {
        // Small files are mutated more often: more of them are read in a second.
        for (var attempt = 0; attempt < 4; attempt++)
            if (_all[random.Next(_all.Count)] is { Length: <= Small } small)
                return small;
        return _all[random.Next(_all.Count)];
    }

    public void Learn(byte[] input, IEnumerable<string> outcomes)
    {
        if (_outcomes.Count < Most && input.Length <= MostKept && _outcomes.Add(string.Join('|', outcomes.Select(Kind))))
            _all.Add(input);
    }

    // An error without what is the file's own in it: numbers and what is quoted.
    private static string Kind(string outcome)
    {
        var quoted = false;
        return string.Concat(outcome.Where(c =>
        {
            if (c is '\'' or '"')
                quoted = !quoted;
            return !quoted && !char.IsAsciiDigit(c);
        }).Take(200));
    }
}
