using System.Diagnostics;
using LapeOps.Corpora;
using LapeOps.Evaluation;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.Languages;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Steering;

/// <summary>
/// Asks questions in one language, steers the answers to others by several methods, and judges what came: METHOD.md's language forcing with
/// the controls that it needs.
/// </summary>
public sealed class SteeringRun
{
    private const double RepetitionPenalty = 1.1;
    private const int TuningTokens = 24;
    private static readonly string[] Stops = ["\nQ:", "\nA:"];

    private readonly LanguageModel _model;
    private readonly ActivationStatistics _statistics;
    private readonly IReadOnlyList<TokenRows> _heldOut;
    private readonly LanguageDetector _detector;
    private readonly SteeringOptions _options;
    private readonly NeuronMask _mask, _selection;
    private readonly SteeringCases _cases;
    private readonly IProgress<SteeringProgress>? _progress;
    private readonly CancellationToken _stop;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="statistics">Its statistics, with sums.</param>
    /// <param name="mask">Neurons of the languages.</param>
    /// <param name="selection">What control neurons avoid: the whole selection.</param>
    /// <param name="heldOut">Rows of the targets' texts.</param>
    /// <param name="detector">Knows the languages of the statistics.</param>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Gets how far it is.</param>
    /// <param name="stop">Looked at before each layer.</param>
    /// <exception cref="LapeException">ParameterOutOfRange; LanguageUnknown; ModelMismatch; MaskShapeMismatch; SumsMissing.</exception>
    public SteeringRun(LanguageModel model, ActivationStatistics statistics, NeuronMask mask, NeuronMask selection, IReadOnlyList<TokenRows> heldOut,
        LanguageDetector detector, SteeringOptions options, IProgress<SteeringProgress>? progress = null, CancellationToken stop = default)
    {
        options.Validate();
        foreach (var language in options.Targets.Append(options.Source))
            _ = statistics[language];
        statistics.RequireModel(model.Fingerprint, model.Name, model.Shape.Layers, model.Shape.Width);
        (_model, _statistics, _heldOut, _detector, _options, _progress, _stop) = (model, statistics, heldOut, detector, options, progress, stop);
        (_mask, _selection) = (mask.ForModel(model.Shape.Layers, model.Shape.Width), selection.ForModel(model.Shape.Layers, model.Shape.Width));
        _cases = new(model, new ActivationMeans(statistics), _mask, _selection, options);
    }

    /// <summary>What a run of some questions depends on, to tell whether a file holds a part of it.</summary>
    public string Key(SteeringQuestions questions) => ResultFile.Key(_model.Fingerprint, _model.Type.ToString(), _model.Device.type.ToString(), _statistics, _mask, _selection, _detector.Accuracy.ToString(), _options, questions);

    /// <summary>Runs it, a target after the other.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="earlier">What a run of the same has measured of the first targets, which are then not steered to again.</param>
    /// <param name="measured">Called with the table so far after each target.</param>
    /// <exception cref="LapeException">MaskEmpty where a target has no neuron; MaskWithoutEffect; HeldOutTooFew; RandomNeuronsDoNotFit; MemoryInsufficient; ModelClosed; ResultInvalid.</exception>
    public SteeringTable Run(SteeringQuestions questions, SteeringTable? earlier = null, Action<SteeringTable>? measured = null)
    {
        using var lease = _model.Lease();
        var before = questions.Scored.Select(q => _model.Tokenizer.Encode($"Q: {q}\nA:", addSpecialTokens: false).Length).Order().ElementAt(questions.Scored.Count / 2);
        var table = earlier is null ? new(_statistics.Languages, [], []) : Checked(earlier, questions.Scored.Count);
        IReadOnlyList<SteeredAnswer> unsteered = [];
        foreach (var target in _options.Targets.Except(table.Rows.Select(r => r.Target)))
        {
            _progress?.Report(new($"Measuring native text of {target}", 0, 1, null));
            var native = new NativeText(_model, _heldOut.First(r => r.Language == target), _detector, before, _options.MaxTokens, _stop);
            (int, double)? residual = _options.Methods.Contains(SteeringMethod.Residual) ? Choose(target, questions.Tuning, native) : null;
            var cases = _options.Methods.SelectMany(m => m == SteeringMethod.None ? [] : _cases.Of(m, target, residual)).ToArray();
            // Answers without steering are the same for every target.
            if (unsteered.Count == 0 && _options.Methods.Contains(SteeringMethod.None))
                unsteered = Answer("Answering", [.. _cases.Of(SteeringMethod.None, target, null)], questions.Scored, _options.MaxTokens);
            SteeredAnswer[] answers = [.. unsteered, .. Answer($"Steering answers to {target}", cases, questions.Scored, _options.MaxTokens)];
            foreach (var view in answers.GroupBy(a => a.Case.View).Where(v => v.Key.Intervention is not null))
                ProofOfAction.Require(view.Key.Name, view.Key.Intervention!.NeuronCount, view.Sum(a => a.Completion.Proof!.ValuesChanged), _options.AllowNoOp);
            var (rows, judged) = (table.Rows.ToList(), table.Answers.ToList());
            foreach (var row in answers.GroupBy(a => a.Case).OrderBy(row => _options.Methods.ToList().IndexOf(row.Key.Method)))
            {
                _stop.ThrowIfCancellationRequested();
                SteeredAnswer[] own = [.. row];
                var verdicts = own.Select(a => a.Judge(_options.Source, target, _detector, native)).ToArray();
                rows.Add(Row(row.Key, target, own, verdicts, native));
                judged.AddRange(verdicts.Select(v => v.Answer));
            }
            table = new(_statistics.Languages, rows, judged);
            measured?.Invoke(table);
        }
        return table;
    }

    // Whoever wrote the file may have changed it since.
    private SteeringTable Checked(SteeringTable earlier, int questions)
    {
        var methods = _options.Methods.SelectMany(m => Enumerable.Repeat(m.ToString().ToLowerInvariant(), m is SteeringMethod.DiffMean or SteeringMethod.Residual ? _options.Strengths.Count : 1)).ToArray();
        var whole = earlier.Rows.Count % methods.Length == 0 && earlier.Rows.All(r => r is not null) && earlier.Answers.All(a => a is not null);
        var rows = _options.Targets.Take(earlier.Rows.Count / methods.Length).SelectMany(_ => methods, (target, method) => (target, method)).ToArray();
        return whole && earlier.Languages.SequenceEqual(_statistics.Languages) && earlier.Rows.Select(r => (r.Target, r.Method)).SequenceEqual(rows)
            && earlier.Answers.Select(a => (a.Target, a.Method)).SequenceEqual(rows.SelectMany(row => Enumerable.Repeat(row, questions)))
            && earlier.Rows.All(r => Counts(r.Detectable) && Counts(r.DetectableOfRun)
                && new[] { r.OnTarget, r.OnTargetOfRun, r.OnSource, r.Other, r.Degenerate, r.Joint }.All(rate => rate.Of == questions && Counts(rate)))
                ? earlier
                : throw new LapeException("ResultInvalid", "The table to go on from has other targets, methods or answers than this one, or counts that no measurement gives. Measure it anew with -Force.");

        static bool Counts(Rate rate) => rate.Count >= 0 && rate.Count <= rate.Of;
    }

    private SteeringRow Row(SteeringCase row, string target, SteeredAnswer[] answers, (SteeringAnswer Answer, bool Degenerate)[] verdicts, NativeText native)
    {
        var length = answers.Select(a => a.Completion.Text.Trim().Length).Order().ElementAt(answers.Length / 2);
        var (detectable, detectableOfRun) = native.Detectable(length);
        var proofs = answers.Select(a => a.Completion.Proof).OfType<ProofOfAction>().ToArray();
        var any = proofs.Length > 0;
        return new(row.Method.ToString().ToLowerInvariant(), _options.Source, target, row.Strength,
            Count(v => v.Answer.Language == target), Count(v => v.Answer.LanguageOfRun == target), Count(v => v.Answer.Language == _options.Source),
            Count(v => v.Answer.Language != target && v.Answer.Language != _options.Source), detectable, detectableOfRun, Count(v => v.Degenerate), Count(v => v.Answer.Joint),
            any ? proofs[0].Neurons : null, any ? proofs.Sum(p => p.ValuesChanged) : null, any ? proofs.Average(p => p.KlDivergence) : null)
        {
            Layer = row.Layer,
            Length = length,
        };

        Rate Count(Func<(SteeringAnswer Answer, bool Degenerate), bool> holds) => new(verdicts.Count(holds), verdicts.Length);
    }

    // Layer and alpha with the most joint successes on questions that are not scored; then with the most answers on target, then the gentlest.
    private (int Layer, double Alpha) Choose(string target, IReadOnlyList<string> questions, NativeText native)
    {
        var answers = Answer($"Choosing the residual stream's layer for {target}", [.. _cases.Candidates(target)], questions, Math.Min(TuningTokens, _options.MaxTokens));
        var best = answers.GroupBy(a => a.Case, a => a.Judge(_options.Source, target, _detector, native).Answer)
            .OrderByDescending(c => c.Count(a => a.Joint)).ThenByDescending(c => c.Count(a => a.Language == target))
            .ThenBy(c => c.Key.Strength).ThenBy(c => c.Key.Layer).First().Key;
        return (best.Layer!.Value, best.Strength!.Value);
    }

    private IReadOnlyList<SteeredAnswer> Answer(string stage, IReadOnlyList<SteeringCase> cases, IReadOnlyList<string> questions, int tokens)
    {
        if (cases.Count == 0)
            return [];
        var options = new GenerationOptions { MaxTokens = tokens, RepetitionPenalty = RepetitionPenalty, Stop = Stops, BatchSize = _options.BatchSize };
        var asked = cases.SelectMany(_ => questions, (c, q) => (Case: c, Prompt: c.Prompt(q, c.Target.Length > 0 ? _detector.EnglishName(c.Target) : "")))
            .Select((a, i) => (a.Case, Request: GenerationRequest.Of(a.Case.View, a.Prompt, i))).ToArray();
        var completions = new List<Completion>();
        var clock = Stopwatch.StartNew();
        _progress?.Report(new(stage, 0, asked.Length, null));
        foreach (var batch in asked.Chunk(options.BatchSize))
        {
            completions.AddRange(Generator.Answer([.. batch.Select(a => a.Request)], options, stop: _stop));
            _progress?.Report(new(stage, completions.Count, asked.Length, clock.Elapsed / completions.Count * (asked.Length - completions.Count)));
        }
        var ids = completions.Select(c => SteeredAnswer.IdsOf(_model, c)).ToArray();
        var nll = TextLikelihood.Of(_model, [.. asked.Select((a, i) => new TextAfter(a.Request.Ids, ids[i]))], _stop);
        return [.. asked.Select((a, i) => new SteeredAnswer(a.Case, completions[i], ids[i], nll[i].Length > 0 ? nll[i].Average() : null))];
    }
}
