using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Patterns;

/// <summary>What an instruction does.</summary>
internal enum PatternOperation
{
    /// <summary>As many code points of Set as there are, Least to Most; gives them back one by one unless possessive.</summary>
    Run,
    /// <summary>Goes on with the next instruction, later perhaps at Target; at once where the text goes on with none of Set (if any).</summary>
    Try,
    /// <summary>Goes on at Target.</summary>
    Jump,
    /// <summary>
    /// Matches the part that follows on its own, up to its End, and goes on at Target: in the text where that part ended
    /// if Consumes, else where it began.
    /// </summary>
    Alone,
    /// <summary>A match, of the whole pattern or of a part.</summary>
    End,
}

/// <summary>One instruction of a compiled pattern.</summary>
internal struct PatternInstruction
{
    public PatternOperation Operation;
    public CodePointSet? Set;
    public int Least;
    public int Most;
    public bool Possessive;
    public bool Negative;
    public bool Consumes;
    public int Target;
}

/// <summary>Compiles a parsed pattern to the instructions that <see cref="PatternMachine"/> runs.</summary>
internal sealed class PatternProgram
{
    private const int MostInstructions = 20_000;

    private readonly List<PatternInstruction> _instructions = [];

    private PatternProgram()
    {
    }

    /// <summary>The program of a pattern.</summary>
    public static PatternInstruction[] Compile(PatternNode pattern)
    {
        var program = new PatternProgram();
        program.Emit(pattern);
        program.Add(new() { Operation = PatternOperation.End });
        return [.. program._instructions];
    }

    private int Add(PatternInstruction instruction)
    {
        if (_instructions.Count == MostInstructions)
            throw new PatternException($"the pattern needs more than {MostInstructions} instructions");
        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private void TargetHere(int index) => _instructions[index] = _instructions[index] with { Target = _instructions.Count };

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case SetNode { Set: var set }:
                Add(new() { Operation = PatternOperation.Run, Set = set, Least = 1, Most = 1, Possessive = true });
                break;
            case SequenceNode { Parts: var parts }:
                foreach (var part in parts)
                    Emit(part);
                break;
            case AlternationNode { Alternatives: var alternatives }:
                EmitAlternation(alternatives);
                break;
            case RepeatNode { Body: SetNode { Set: var set } } repeat:
                Add(new()
                {
                    Operation = PatternOperation.Run,
                    Set = set,
                    Least = repeat.Least,
                    Most = repeat.Most,
                    Possessive = repeat.Possessive || repeat.Least == repeat.Most,
                });
                break;
            case RepeatNode { Possessive: true } repeat:
                EmitAlone(repeat with { Possessive = false }, negative: false, consumes: true);
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
            case AtomicNode { Body: var body }:
                EmitAlone(body, negative: false, consumes: true);
                break;
            case LookaheadNode { Body: var body, Negative: var negative }:
                EmitAlone(body, negative, consumes: false);
                break;
            default:
                throw new InvalidOperationException($"No instruction for {node.GetType().Name}.");
        }
    }

    private int AddTry(PatternNode first) => Add(new() { Operation = PatternOperation.Try, Set = first.CanBeEmpty ? null : first.First });

    private void EmitAlternation(IReadOnlyList<PatternNode> alternatives)
    {
        var ends = new List<int>();
        foreach (var alternative in alternatives.SkipLast(1))
        {
            var next = AddTry(alternative);
            Emit(alternative);
            ends.Add(Add(new() { Operation = PatternOperation.Jump }));
            TargetHere(next);
        }
        Emit(alternatives[^1]);
        ends.ForEach(TargetHere);
    }

    private void EmitRepeat(RepeatNode repeat)
    {
        for (var i = 0; i < repeat.Least; i++)
            Emit(repeat.Body);
        if (repeat.Most == RepeatNode.NoLimit)
        {
            var loop = AddTry(repeat.Body);
            Emit(repeat.Body);
            Add(new() { Operation = PatternOperation.Jump, Target = loop });
            TargetHere(loop);
            return;
        }
        var exits = new List<int>();
        for (var i = repeat.Least; i < repeat.Most; i++)
        {
            exits.Add(AddTry(repeat.Body));
            Emit(repeat.Body);
        }
        exits.ForEach(TargetHere);
    }

    private void EmitAlone(PatternNode body, bool negative, bool consumes)
    {
        var alone = Add(new() { Operation = PatternOperation.Alone, Negative = negative, Consumes = consumes });
        Emit(body);
        Add(new() { Operation = PatternOperation.End });
        TargetHere(alone);
    }
}
