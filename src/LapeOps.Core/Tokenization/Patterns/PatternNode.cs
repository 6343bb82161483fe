using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <summary>A part of a parsed pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>Whether it can match the empty text.</summary>
    public abstract bool CanBeEmpty { get; }

    /// <summary>The code points that a match which is not empty can begin with.</summary>
    public abstract CodePointSet First { get; }
}

/// <summary>One code point of a set.</summary>
internal sealed record SetNode(CodePointSet Set) : PatternNode
{
    public override bool CanBeEmpty => false;
    public override CodePointSet First => Set;
}

/// <summary>Parts one after another; none is the empty pattern.</summary>
internal sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty { get; } = Parts.All(p => p.CanBeEmpty);
    public override CodePointSet First { get; } = CodePointSet.Union(
        Parts.Take(1 + Parts.TakeWhile(p => p.CanBeEmpty).Count()).Select(p => p.First));
}

/// <summary>The first alternative that leads to a match.</summary>
internal sealed record AlternationNode(IReadOnlyList<PatternNode> Alternatives) : PatternNode
{
    public override bool CanBeEmpty { get; } = Alternatives.Any(a => a.CanBeEmpty);
    public override CodePointSet First { get; } = CodePointSet.Union(Alternatives.Select(a => a.First));
}

/// <summary>As many as possible, from <paramref name="Least"/> to <paramref name="Most"/>; possessive gives none of them back.</summary>
internal sealed record RepeatNode(PatternNode Body, int Least, int Most, bool Possessive) : PatternNode
{
    /// <summary>The <see cref="Most"/> that stands for no limit.</summary>
    public const int NoLimit = int.MaxValue;

    public override bool CanBeEmpty => Least == 0;
    public override CodePointSet First => Body.First;
}

/// <summary>Whether the body matches here (or does not, if negative), consuming nothing.</summary>
internal sealed record LookaheadNode(PatternNode Body, bool Negative) : PatternNode
{
    public override bool CanBeEmpty => true;
    public override CodePointSet First => CodePointSet.Empty;
}

/// <summary>The body's first match, for better or worse.</summary>
internal sealed record AtomicNode(PatternNode Body) : PatternNode
{
    public override bool CanBeEmpty => Body.CanBeEmpty;
    public override CodePointSet First => Body.First;
}
