namespace LapeOps.Tokenization;

/// <summary>
/// Texts with their ids, for finding those that another text begins with. Nodes are numbered level by level, so that the children of one
/// stand together, in the order of their characters, and end where those of the next begin.
/// </summary>
internal sealed class TokenTrie
{
    private readonly char[] _labels;
    private readonly int[] _children;
    private readonly int[] _ids;
    private readonly int[] _roots = new int[char.MaxValue + 1];

    /// <summary>A trie of these texts, which are not empty, each with an id from 0 on; of equal texts the later id is kept.</summary>
    public TokenTrie(string[] texts, int[] ids)
    {
        string[] sorted = [.. texts];
        int[] sortedIds = [.. ids];
        Array.Sort(sorted, sortedIds, StringComparer.Ordinal);
        var labels = new List<char> { '\0' };
        var nodeIds = new List<int> { -1 };
        var children = new List<int>();
        // For each node the texts that go through it, and how much of them leads there.
        var ranges = new Queue<(int First, int End, int Depth)>([(0, sorted.Length, 0)]);
        while (ranges.TryDequeue(out var range))
        {
            children.Add(labels.Count);
            for (int first = range.First, end; first < range.End; first = end)
            {
                var label = sorted[first][range.Depth];
                for (end = first + 1; end < range.End && sorted[end][range.Depth] == label;)
                    end++;
                var longer = first;
                while (longer < end && sorted[longer].Length == range.Depth + 1)
                    longer++;
                labels.Add(label);
                nodeIds.Add(longer > first ? sortedIds[longer - 1] : -1);
                ranges.Enqueue((longer, end, range.Depth + 1));
            }
        }
        children.Add(labels.Count);
        (_labels, _ids, _children) = ([.. labels], [.. nodeIds], [.. children]);
        for (var node = _children[0]; node < _children[1]; node++)
            _roots[_labels[node]] = node;
    }

    /// <summary>The node of the empty text.</summary>
    public const int Root = 0;

    /// <summary>The characters that texts begin with.</summary>
    public ReadOnlySpan<char> Starts => _labels.AsSpan(_children[0], _children[1] - _children[0]);

    /// <summary>The node that a character leads to, or <see cref="Root"/> where no text goes on so.</summary>
    public int Next(int node, char character)
    {
        if (node == Root)
            return _roots[character];
        int first = _children[node], count = _children[node + 1] - first;
        if (count == 1)
            return _labels[first] == character ? first : Root;
        var place = _labels.AsSpan(first, count).BinarySearch(character);
        return place >= 0 ? first + place : Root;
    }

    /// <summary>The id of the text that leads to a node, or -1.</summary>
    public int Id(int node) => _ids[node];
}
