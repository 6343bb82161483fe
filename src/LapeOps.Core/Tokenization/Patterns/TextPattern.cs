using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <summary>What a split or a replacement looks for: a text, or a regular expression that does not match the empty text.</summary>
internal sealed class TextPattern
{
    private const int LongestContent = 64;

    private readonly Func<PatternException, LapeException> _refuse;
    private readonly Lazy<PatternSeams> _seams;

    private TextPattern(string text, Func<PatternException, LapeException> refuse)
    {
        Text = text;
        _refuse = refuse;
        _seams = new(() => new(new SequenceNode([.. text.EnumerateRunes().Select(r => new SetNode(CodePointSet.Range(r.Value, r.Value)))])));
    }

    private TextPattern(PatternNode regex, Func<PatternException, LapeException> refuse)
    {
        Text = "";
        Program = PatternProgram.Compile(regex);
        _refuse = refuse;
        _seams = new(() => new(regex));
    }

    /// <summary>The text to look for; empty where it is a regular expression.</summary>
    public string Text { get; }

    /// <summary>The regular expression, if it is one.</summary>
    public PatternInstruction[]? Program { get; }

    /// <summary>Where its matches certainly end.</summary>
    public PatternSeams Seams => _seams.Value;

    /// <summary>Looks for a text that is not empty.</summary>
    public static TextPattern Of(string text) => new(text, Unexpected);

    /// <summary>Looks for a regular expression that is known to be simple.</summary>
    public static TextPattern Regex(string pattern) => new(Parse(pattern), Unexpected);

    /// <summary>Reads <c>"pattern": {"Regex" or "String": ..}</c>.</summary>
    public static TextPattern Read(TokenizerSection section)
    {
        var pattern = section.Section("pattern") ?? throw section.Invalid("pattern is missing");
        var regex = pattern.OptionalText("Regex");
        if (regex is null)
            return pattern.Text("String") is { Length: > 0 } text ? Of(text) : throw section.Unsupported("a pattern that is the empty text");
        try
        {
            return new(Parse(regex), Refuse);
        }
        catch (PatternException e)
        {
            throw Refuse(e);
        }

        LapeException Refuse(PatternException e) => section.Unsupported($"in the pattern {TokenizerSection.Quote(regex)}, {e.Message}");
    }

    /// <summary>Reads content, which a replacement puts in place of matches: short, so that no text grows without bound.</summary>
    public static string ReadContent(TokenizerSection section) => section.Text("content") is { Length: <= LongestContent } content
        ? content
        : throw section.Unsupported($"content of more than {LongestContent} characters");

    /// <summary>A finder for one text.</summary>
    public PatternFinder Open() => new(this);

    /// <summary>The error for what a finder met.</summary>
    public LapeException Refuse(PatternException e) => _refuse(e);

    private static LapeException Unexpected(PatternException e) => new("TokenizerUnsupported", e.Message, e);

    private static PatternNode Parse(string pattern)
    {
        var node = PatternParser.Parse(pattern);
        return node.CanBeEmpty ? throw new PatternException("that it matches the empty text") : node;
    }
}

/// <summary>Finds the matches of a pattern in the pieces of one text.</summary>
internal sealed class PatternFinder(TextPattern pattern)
{
    private readonly PatternMachine? _machine = pattern.Program is null ? null : new(pattern.Program);

    /// <summary>Announces a piece of this length.</summary>
    public void Begin(int length) => _machine?.Begin(length);

    /// <summary>The leftmost match at or after <paramref name="start"/>; false where there is none.</summary>
    /// <exception cref="LapeException">TokenizerUnsupported where the text takes a regular expression too many steps.</exception>
    public bool Find(ReadOnlySpan<char> text, int start, out int first, out int end)
    {
        if (_machine is null)
        {
            var found = text[start..].IndexOf(pattern.Text, StringComparison.Ordinal);
            (first, end) = (start + found, start + found + pattern.Text.Length);
            return found >= 0;
        }
        try
        {
            return _machine.Find(text, start, out first, out end);
        }
        catch (PatternException e)
        {
            throw pattern.Refuse(e);
        }
    }
}
