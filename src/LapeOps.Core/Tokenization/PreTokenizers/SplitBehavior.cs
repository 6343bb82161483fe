namespace LapeOps.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches of a split, and of what stands between them.</summary>
internal enum SplitBehavior
{
    /// <summary>Matches are dropped.</summary>
    Removed,
    /// <summary>Matches are pieces of their own.</summary>
    Isolated,
    /// <summary>A match ends the piece before it; one right after another match stands alone.</summary>
    MergedWithPrevious,
    /// <summary>A match begins the piece after it; one right before another match stands alone.</summary>
    MergedWithNext,
    /// <summary>Adjacent matches are one piece.</summary>
    Contiguous,
}

/// <summary>Joins or drops the alternating matches and gaps of one piece as a behaviour says, and passes on what comes out.</summary>
internal ref struct SplitJoiner(SplitBehavior behavior, Piece piece, PieceSink next)
{
    private readonly Piece _piece = piece;
    private int _first;
    private int _end;
    private bool _match;

    /// <summary>Reads behavior; <paramref name="absent"/> where there is none, an error if that is null.</summary>
    public static SplitBehavior ReadBehavior(TokenizerSection section, SplitBehavior? absent)
    {
        if (section.OptionalText("behavior") is not { } name)
            return absent ?? throw section.Invalid("behavior is missing");
        return Enum.IsDefined(typeof(SplitBehavior), name)
            ? Enum.Parse<SplitBehavior>(name)
            : throw section.Unsupported($"the behavior {TokenizerSection.Quote(name)}");
    }

    /// <summary>Adds the next part of the piece, up to <paramref name="end"/>.</summary>
    public void Add(int end, bool match)
    {
        if (end == _end)
            return;
        if (!Joins(match))
            Emit();
        _end = end;
        _match = match;
    }

    /// <summary>Passes on what is pending.</summary>
    public void Emit()
    {
        if (_end > _first && !(_match && behavior == SplitBehavior.Removed))
            next.Take(_piece.Slice(_first, _end));
        _first = _end;
    }

    private readonly bool Joins(bool match) => behavior switch
    {
        SplitBehavior.MergedWithPrevious => match && !_match,
        SplitBehavior.MergedWithNext => !match && _match,
        SplitBehavior.Contiguous => match == _match,
        _ => false,
    };
}
