namespace LapeOps.Tokenization.Patterns;

/// <summary>
/// Runs a compiled pattern over text by backtracking with a stack of its own, and stops with an error where a text would take it
/// more than a fixed number of steps a character (of all texts since it was made). The text is UTF-16 without lone surrogates; matching
/// goes by code points.
/// </summary>
internal sealed class PatternMachine(PatternInstruction[] program)
{
    private const long StepsPerCharacter = 500;
    private const long FreeSteps = 1_000_000;

    private Choice[] _choices = new Choice[32];
    private int _top;
    private long _steps = FreeSteps;

    /// <summary>A place to go back to; for a run, from where it ended (At) down to where it may end at the earliest (Floor).</summary>
    private record struct Choice(int Instruction, int At, int Floor);

    /// <summary>Announces a text of this length: what it may cost is added to what is left.</summary>
    public void Begin(int length) => _steps += StepsPerCharacter * length;

    /// <summary>The leftmost match at or after <paramref name="start"/>; false where there is none.</summary>
    public bool Find(ReadOnlySpan<char> text, int start, out int first, out int end)
    {
        for (first = start; first < text.Length; first += Width(text, first))
        {
            _top = 0;
            end = Run(text, 0, first);
            if (end >= 0)
                return true;
        }
        end = first;
        return false;
    }

    private static int Width(ReadOnlySpan<char> text, int at) => char.IsHighSurrogate(text[at]) ? 2 : 1;

    private static int CodePoint(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    /// <summary>Runs from an instruction to the next End; where in the text that is, or -1.</summary>
    private int Run(ReadOnlySpan<char> text, int instruction, int at)
    {
        var bottom = _top;
        while (true)
        {
            CountStep();
            ref readonly var i = ref program[instruction];
            var failed = false;
            switch (i.Operation)
            {
                case PatternOperation.End:
                    _top = bottom;
                    return at;
                case PatternOperation.Jump:
                    instruction = i.Target;
                    continue;
                case PatternOperation.Try when i.Set is not null && (at == text.Length || !i.Set.Contains(CodePoint(text, at))):
                    instruction = i.Target;
                    continue;
                case PatternOperation.Try:
                    Push(new(i.Target, at, at));
                    break;
                case PatternOperation.Alone:
                    var end = Run(text, instruction + 1, at);
                    failed = end >= 0 == i.Negative;
                    at = i.Consumes && !failed ? end : at;
                    instruction = i.Target - 1;
                    break;
                case PatternOperation.Run:
                    failed = !TakeRun(text, in i, instruction + 1, ref at);
                    break;
            }
            if (!failed)
                instruction++;
            else if (!GoBack(text, bottom, out instruction, out at))
                return -1;
        }
    }

    private bool TakeRun(ReadOnlySpan<char> text, in PatternInstruction run, int next, ref int at)
    {
        var set = run.Set!;
        var count = 0;
        var floor = at;
        while (count < run.Most && at < text.Length && set.Contains(CodePoint(text, at)))
        {
            CountStep();
            at += Width(text, at);
            if (++count == run.Least)
                floor = at;
        }
        if (count < run.Least)
            return false;
        if (at > floor && !run.Possessive)
            Push(new(next, at, floor));
        return true;
    }

    private bool GoBack(ReadOnlySpan<char> text, int bottom, out int instruction, out int at)
    {
        (instruction, at) = (0, 0);
        if (_top == bottom)
            return false;
        ref var choice = ref _choices[_top - 1];
        if (choice.At > choice.Floor)
            choice.At -= char.IsLowSurrogate(text[choice.At - 1]) ? 2 : 1;
        (instruction, at) = (choice.Instruction, choice.At);
        if (choice.At == choice.Floor)
            _top--;
        return true;
    }

    private void Push(Choice choice)
    {
        if (_top == _choices.Length)
            Array.Resize(ref _choices, 2 * _top);
        _choices[_top++] = choice;
    }

    private void CountStep()
    {
        if (--_steps < 0)
            throw new PatternException("the pattern takes too many steps on a text");
    }
}
