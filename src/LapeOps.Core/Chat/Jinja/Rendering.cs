using System.Text;

namespace LapeOps.Chat.Jinja;

/// <summary>
/// One run of a template: what it has written, where it is, and how much it may still do. Every step, character and item that it makes is
/// counted before it is made, so that a template that loops or grows ends in an error and not in the machine's memory.
/// </summary>
internal sealed class Rendering(TemplateErrors errors, DateTimeOffset now)
{
    /// <summary>The longest text that is rendered or made on the way.</summary>
    public const int MostCharacters = 8 << 20;

    /// <summary>Characters that cost as much as a step.</summary>
    private const int CharactersAStep = 8;

    private const int CharactersComparedAtOnce = 64;
    private const int StepsAnItem = 2;
    private const int MostSteps = 5_000_000;
    private const int MostDepth = 1000;
    private long _steps;
    private int _depth;
    private StringBuilder _output = new();

    /// <summary>The line of the statement that runs.</summary>
    public int Line { get; set; } = 1;

    /// <summary>The time for strftime_now.</summary>
    public DateTimeOffset Now => now;

    /// <summary>All that was written.</summary>
    public string Output => _output.ToString();

    /// <summary>Goes into a node.</summary>
    public void Enter()
    {
        if (++_depth > MostDepth)
            throw errors.TooLong(Line, $"it nests more than {MostDepth} deep");
        Charge(1);
    }

    /// <summary>Comes out of a node.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts steps, or items that are about to be made.</summary>
    public void Charge(long steps)
    {
        _steps += steps;
        if (_steps > MostSteps || steps < 0)
            throw errors.TooLong(Line, $"rendering takes more than {MostSteps:N0} steps");
    }

    /// <summary>Counts characters that are about to be added to a text that has some <paramref name="already"/>.</summary>
    public void Reserve(long characters, long already = 0)
    {
        if (characters < 0 || characters + already > MostCharacters)
            throw errors.TooLong(Line, $"a text gets longer than {MostCharacters:N0} characters");
        Charge(characters / CharactersAStep);
    }

    /// <summary>Counts the characters of a text that is about to be looked through.</summary>
    public void Read(string text) => Charge(text.Length / CharactersAStep);

    /// <summary>Counts the search for a part in a text, which at worst compares the part at every place.</summary>
    public void Search(string text, string part) => Charge(text.Length / CharactersAStep * (1L + (part.Length / CharactersComparedAtOnce)));

    /// <summary>Counts the items of a list that is about to be made.</summary>
    public void ReserveItems(long items) => Charge(StepsAnItem * items);

    /// <summary>Writes text.</summary>
    public void Write(string text)
    {
        Reserve(text.Length, _output.Length);
        _output.Append(text);
    }

    /// <summary>What is written meanwhile, as a text of its own.</summary>
    public string Capture(Action write)
    {
        var outer = _output;
        _output = new StringBuilder();
        write();
        var captured = Output;
        _output = outer;
        return captured;
    }

    /// <summary>This conversation cannot be rendered.</summary>
    public LapeException Failed(string what) => errors.Failed(Line, what);

    /// <summary>The template needs what is not here.</summary>
    public LapeException Unsupported(string what) => errors.Unsupported(Line, what);

    /// <summary>The template refuses the conversation.</summary>
    public LapeException Refused(string what) => errors.Refused(Line, what);
}
