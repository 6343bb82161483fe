using LapeOps.Tokenization.Patterns;

namespace LapeOps.Tokenization;

/// <summary>Splits at the matches of a pattern or of a plain text.</summary>
internal sealed class SplitPreTokenizer : PreTokenizer
{
    private readonly PatternInstruction[]? _pattern;
    private readonly string _text;
    private readonly SplitBehavior _behavior;
    private readonly bool _invert;

    private SplitPreTokenizer(PatternInstruction[]? pattern, string text, SplitBehavior behavior, bool invert)
    {
        _pattern = pattern;
        _text = text;
        _behavior = behavior;
        _invert = invert;
    }

    /// <summary>Splits at the matches of a pattern and keeps them as pieces of their own.</summary>
    public static SplitPreTokenizer Isolating(string pattern) => new(Compile(pattern), "", SplitBehavior.Isolated, invert: false);

    /// <summary>Reads <c>{"pattern": {"Regex" or "String": ..}, "behavior": .., "invert": ..}</c>.</summary>
    public static new SplitPreTokenizer Read(TokenizerSection section)
    {
        var pattern = section.Section("pattern") ?? throw section.Invalid("pattern is missing");
        var behavior = section.Text("behavior");
        if (!Enum.IsDefined(typeof(SplitBehavior), behavior))
            throw section.Unsupported($"the behavior {TokenizerSection.Quote(behavior)}");
        var regex = pattern.OptionalText("Regex");
        var text = regex is null ? pattern.Text("String") : "";
        if (regex is null && text.Length == 0)
            throw section.Unsupported("a split at the empty text");
        try
        {
            return new(
                regex is null ? null : Compile(regex), text, Enum.Parse<SplitBehavior>(behavior), section.Flag("invert", absent: false));
        }
        catch (PatternException e)
        {
            throw section.Unsupported($"in the pattern {TokenizerSection.Quote(regex!)}, {e.Message}");
        }
    }

    private static PatternInstruction[] Compile(string pattern)
    {
        var node = PatternParser.Parse(pattern);
        return node.CanBeEmpty ? throw new PatternException("that it matches the empty text") : PatternProgram.Compile(node);
    }

    public override PieceSink Open(PieceSink next) => new Stage(this, next);

    private sealed class Stage(SplitPreTokenizer split, PieceSink next) : PieceSink
    {
        private readonly PatternMachine? _machine = split._pattern is null ? null : new(split._pattern);

        public override void Take(Piece piece)
        {
            var joiner = new SplitJoiner(split._behavior, piece, next);
            _machine?.Begin(piece.Text.Length);
            var at = 0;
            while (at < piece.Text.Length && Find(piece.Text, at, out var first, out var end))
            {
                joiner.Add(first, match: split._invert);
                joiner.Add(end, match: !split._invert);
                at = end;
            }
            joiner.Add(piece.Text.Length, match: split._invert);
            joiner.Emit();
        }

        private bool Find(ReadOnlySpan<char> text, int start, out int first, out int end)
        {
            if (_machine is not null)
                return _machine.Find(text, start, out first, out end);
            var found = text[start..].IndexOf(split._text, StringComparison.Ordinal);
            (first, end) = (start + found, start + found + split._text.Length);
            return found >= 0;
        }
    }
}
