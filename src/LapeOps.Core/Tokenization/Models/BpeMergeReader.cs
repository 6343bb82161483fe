using System.Runtime.CompilerServices;

namespace LapeOps.Tokenization.Models;

/// <summary>Takes merges in the order of their ranks, from 0 on, and checks them against the vocabulary.</summary>
/// <param name="section">Where they stand.</param>
/// <param name="vocabulary">The ids of the tokens.</param>
/// <param name="standIns">The ids of tokens that stand for characters that are no tokens.</param>
internal sealed class BpeMergeReader(TokenizerSection section, Dictionary<string, int> vocabulary, HashSet<int> standIns)
{
    private const int MostMerges = 4_000_000;

    private readonly List<(int, int, BpeMerge)> _merges = [];
    private readonly TokenIds _ids = new(vocabulary);
    private readonly BpeJoints _joints = new(vocabulary.Count, standIns);
    private char[] _merged = new char[64];

    /// <summary>The merge of two tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // of most files there are tens of thousands, once in a process
    public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (_merges.Count == MostMerges)
            throw section.Unsupported($"a list of more than {MostMerges:N0} merges");
        var length = left.Length + right.Length;
        if (length > _merged.Length)
            _merged = new char[2 * length];
        left.CopyTo(_merged);
        right.CopyTo(_merged.AsSpan(left.Length));
        var (leftId, rightId) = (Id(left), Id(right));
        _merges.Add((leftId, rightId, new(_merges.Count, Id(_merged.AsSpan(0, length)))));
        _joints.Add(left, leftId, right, rightId);
    }

    /// <summary>A merge written as "a b"; the version line that old files begin with is none.</summary>
    public void AddWritten(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("#version", StringComparison.Ordinal))
            return;
        var space = text.IndexOf(' ');
        if (space < 0 || text[(space + 1)..].Contains(' '))
            throw section.Invalid($"merges[{_merges.Count}] is no pair of tokens (a text with one space between them, or a list of two)");
        Add(text[..space], text[(space + 1)..]);
    }

    /// <summary>All of them.</summary>
    public BpeMerges ToMerges() => new(new(_merges), _joints);

    private int Id(ReadOnlySpan<char> token) => _ids.Find(token) is >= 0 and var id
        ? id
        : throw section.Invalid($"merges[{_merges.Count}] needs {TokenizerSection.Quote(token.ToString())}, which is not in vocab");
}
