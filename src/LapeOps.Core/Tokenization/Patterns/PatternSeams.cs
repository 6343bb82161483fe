using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <summary>
/// Where the matches of a pattern certainly end, by the two characters that stand side by side. From the parsed pattern come all pairs that a
/// match, or what it looks ahead at, can have beside each other (the follow sets of Glushkov 1961; what a lookahead allows and what is never
/// given back is not counted upon, so that they are too many rather than too few). Between two characters that are no such pair no match goes
/// on, none depends on what stands on the other side, and, as nothing looks behind, what follows is matched as if it stood alone.
/// </summary>
internal sealed class PatternSeams
{
    private readonly List<(CodePointSet Left, CodePointSet Right)> _pairs = [];
    private readonly CodePointSet _alone;
    private readonly CodePointSet _single;

    /// <summary>The seams of a pattern.</summary>
    public PatternSeams(PatternNode node)
    {
        Visit(node);
        _alone = Alone(node);
        _single = Single(node);
    }

    /// <summary>Whether a match may have the two beside each other, or look at them so.</summary>
    public bool Joins(int left, int right) => _pairs.Exists(p => p.Left.Contains(left) && p.Right.Contains(right));

    /// <summary>Whether a match begins at this character, whatever follows it, where none goes across to it.</summary>
    public bool BeginsAt(int character) => _alone.Contains(character);

    /// <summary>Whether a match may be this character alone.</summary>
    public bool MayBe(int character) => _single.Contains(character);

    /// <summary>Gathers the pairs of a part; returns the characters that it may begin and end with.</summary>
    private (CodePointSet First, CodePointSet Last) Visit(PatternNode node)
    {
        switch (node)
        {
            case SetNode { Set: var set }:
                return (set, set);
            case SequenceNode { Parts: var parts }:
                return VisitSequence(parts);
            case AlternationNode { Alternatives: var alternatives }:
                var all = alternatives.Select(Visit).ToArray();
                return (CodePointSet.Union(all.Select(a => a.First)), CodePointSet.Union(all.Select(a => a.Last)));
            case RepeatNode { Body: var body, Most: var most }:
                var repeated = Visit(body);
                if (most > 1)
                    _pairs.Add((repeated.Last, repeated.First));
                return repeated;
            case AtomicNode { Body: var body }:
                return Visit(body);
            case LookaheadNode { Body: var body }:
                // It reads what follows; nothing goes on where it ends.
                return (Visit(body).First, CodePointSet.Empty);
            default:
                throw new InvalidOperationException($"No seams for {node.GetType().Name}.");
        }
    }

    private (CodePointSet First, CodePointSet Last) VisitSequence(IReadOnlyList<PatternNode> parts)
    {
        var (first, last) = (CodePointSet.Empty, CodePointSet.Empty);
        var begins = true;
        foreach (var part in parts)
        {
            var visited = Visit(part);
            _pairs.Add((last, visited.First));
            if (begins)
                first = CodePointSet.Union(first, visited.First);
            last = part.CanBeEmpty ? CodePointSet.Union(last, visited.Last) : visited.Last;
            begins &= part.CanBeEmpty;
        }
        return (first, last);
    }

    /// <summary>Characters at which a match begins whatever follows them: one of its parts takes them, and the others can give back all they took.</summary>
    private static CodePointSet Alone(PatternNode node) => node switch
    {
        SetNode { Set: var set } => set,
        RepeatNode { Least: <= 1, Most: >= 1, Body: SetNode { Set: var set } } => set,
        AlternationNode { Alternatives: var alternatives } => CodePointSet.Union(alternatives.Select(Alone)),
        SequenceNode { Parts: var parts } => parts.Where(p => p is not RepeatNode { Least: 0, Possessive: false }).ToArray() switch
        {
            [] => CodePointSet.Union(parts.Select(Alone)),
            [var needed] => Alone(needed),
            _ => CodePointSet.Empty,
        },
        _ => CodePointSet.Empty,
    };

    /// <summary>Characters of which each may be all that is matched.</summary>
    private static CodePointSet Single(PatternNode node) => node switch
    {
        SetNode { Set: var set } => set,
        RepeatNode { Least: <= 1, Body: var body } => Single(body),
        AtomicNode { Body: var body } => Single(body),
        AlternationNode { Alternatives: var alternatives } => CodePointSet.Union(alternatives.Select(Single)),
        SequenceNode { Parts: var parts } => CodePointSet.Union(
            parts.Where((_, i) => parts.Index().All(other => other.Index == i || other.Item.CanBeEmpty)).Select(Single)),
        _ => CodePointSet.Empty,
    };
}
