namespace LapeOps.Steering;

/// <summary>How answers are steered to a language.</summary>
public enum SteeringMethod
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>The paper's: the source's neurons are off, the target's take their mean activation on text of the target.</summary>
    Paper,
    /// <summary>To the target's neurons, their difference of means is added.</summary>
    DiffMean,
    /// <summary>Random neurons, as many in each layer, treated as the paper's method treats the source's and the target's.</summary>
    Control,
    /// <summary>To the residual stream at the input of one layer, the direction from source to target is added; no neuron is touched.</summary>
    Residual,
    /// <summary>The prompt asks for it.</summary>
    Prompt,
}

/// <summary>A steering run.</summary>
public sealed record SteeringOptions
{
    /// <summary>Language of the questions.</summary>
    public string Source { get; init; } = "en";

    /// <summary>Languages to steer to.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Methods, in the order of the table.</summary>
    public IReadOnlyList<SteeringMethod> Methods { get; init; } = Enum.GetValues<SteeringMethod>();

    /// <summary>
    /// alpha of DiffMean, and factors of the alpha that was chosen for Residual. The other methods have none (METHOD.md, "Interventions").
    /// </summary>
    public IReadOnlyList<double> Strengths { get; init; } = [1];

    /// <summary>New tokens at the most.</summary>
    public int MaxTokens { get; init; } = 48;

    /// <summary>Answers computed together.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Seed of the random neurons.</summary>
    public ulong Seed { get; init; }

    /// <summary>Allows an intervention that changes nothing.</summary>
    public bool AllowNoOp { get; init; }

    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="LapeException">ParameterOutOfRange.</exception>
    public void Validate()
    {
        Require(Targets.Count > 0, "there is no target language");
        Require(!Targets.Contains(Source), $"the target '{Source}' is the language of the questions");
        Require(Targets.Distinct().Count() == Targets.Count, $"a target stands twice in {string.Join(", ", Targets)}");
        Require(Methods.Count > 0 && Methods.Distinct().Count() == Methods.Count, "methods are at least one, each once");
        Require(Strengths.Count > 0 && Strengths.Distinct().Count() == Strengths.Count && Strengths.All(s => double.IsFinite(s) && s != 0), "strengths are at least one, each once, finite and not 0");
        Require(MaxTokens is >= 1 and <= 4096, $"MaxTokens is {MaxTokens} and has to be between 1 and 4096");
        Require(BatchSize >= 1, $"BatchSize is {BatchSize} and has to be 1 or more");

        static void Require(bool holds, string otherwise)
        {
            if (!holds)
                throw new LapeException("ParameterOutOfRange", $"Steering cannot be measured: {otherwise}.");
        }
    }
}

/// <summary>The questions of a run: those whose answers are counted, and others, on which the residual stream's layer and alpha are chosen.</summary>
/// <param name="Scored">Counted.</param>
/// <param name="Tuning">Others; empty where nothing is chosen.</param>
public sealed record SteeringQuestions(IReadOnlyList<string> Scored, IReadOnlyList<string> Tuning)
{
    /// <summary>Questions that are scored by default.</summary>
    public const int Default = 10;

    private const int MostTuning = 4;

    /// <summary>
    /// The first <paramref name="most"/> questions are scored and the four after them tune. Where there are not as many, the last ones, a fifth
    /// at the most and one at least, tune and are not scored.
    /// </summary>
    /// <param name="questions">All questions; blank ones are left out.</param>
    /// <param name="most">Questions to score at the most.</param>
    /// <param name="tunes">Whether something is to be chosen.</param>
    /// <exception cref="LapeException">QuestionMissing; QuestionsTooFew.</exception>
    public static SteeringQuestions Split(IEnumerable<string> questions, int most, bool tunes)
    {
        string[] all = [.. questions.Where(q => !string.IsNullOrWhiteSpace(q)).Select(q => q.Trim())];
        if (all.Length == 0)
            throw new LapeException("QuestionMissing", "There is no question, or all are blank. Give some, or a file with one a line.");
        if (!tunes)
            return new([.. all.Take(most)], []);
        if (all.Length < 2)
            throw new LapeException("QuestionsTooFew", "One question cannot both choose the residual stream's layer and be scored. Give more questions, or leave the method Residual out.");
        var tuning = Math.Min(MostTuning, Math.Max(1, Math.Max(all.Length - most, all.Length / 5)));
        var scored = Math.Min(most, all.Length - tuning);
        return new([.. all.Take(scored)], [.. all.Skip(scored).Take(tuning)]);
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Stage">What is done.</param>
/// <param name="Done">Answers, or languages, so far.</param>
/// <param name="Of">Those of the stage.</param>
/// <param name="Left">Time left of the stage; null at its beginning.</param>
public sealed record SteeringProgress(string Stage, int Done, int Of, TimeSpan? Left);
