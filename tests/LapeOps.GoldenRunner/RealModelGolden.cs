using System.Text.Json;
using LapeOps.Corpora;
using LapeOps.Formats;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.Perplexity;
using LapeOps.Profiling;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.GoldenRunner;

/// <summary>A real model with results of transformers beside it (shared/models): everything in its golden files at that page's tolerances.</summary>
public sealed class RealModelGolden : IDisposable
{
    private const double RelativeTolerance = 1e-4, LogitTolerance = 1e-3, NllTolerance = 1e-3;
    private readonly SafetensorsFile _golden;
    private readonly LanguageModel _model;
    private readonly JsonElement _facts;
    private readonly string _texts;
    private readonly long[] _rows;
    private readonly int _context;

    /// <summary>Opens a model folder whose golden files are in <paramref name="goldenFolder"/> and whose texts are in <paramref name="texts"/>.</summary>
    public RealModelGolden(string modelFolder, string goldenFolder, string texts, string device = "cpu", ComputeType type = ComputeType.Float32)
    {
        _golden = SafetensorsFile.Open(Path.Combine(goldenFolder, "golden.safetensors"));
        _model = LanguageModel.Open(modelFolder, device, type);
        using var facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(goldenFolder, "golden.json")));
        _facts = facts.RootElement.Clone();
        _texts = texts;
        _rows = _golden.Read<long>("rows").ToArray();
        _context = _facts.GetProperty("context").GetInt32();
    }

    /// <summary>What can be compared in a folder of golden files, each a case of its own.</summary>
    public static IReadOnlyList<string> Features(string goldenFolder) =>
    [
        "ids", "rows", "row_nll", "statistics", "last_logits", "greedy", "greedy_penalty", "greedy_masked",
        .. File.Exists(SteeringGolden.FileIn(goldenFolder)) ? (string[])["steering"] : [],
    ];

    /// <summary>The differences of one feature, a line each.</summary>
    public IEnumerable<string> Compare(string feature) => feature switch
    {
        "ids" => Ids(),
        "rows" => Rows(),
        "row_nll" => RowNll(),
        "statistics" => Statistics(),
        "last_logits" => LastLogits(),
        "greedy" => Greedy(feature, 1, null),
        "greedy_penalty" => Greedy(feature, 1.1, null),
        "greedy_masked" => Greedy(feature, 1, Intervention.Zero(_model.Shape.Layers, _model.Shape.Width, ModelGolden.MaskOf(_golden, _model.Shape.Width))),
        "steering" => SteeringGolden.Compare(_model, Path.GetDirectoryName(_golden.Path)!),
        _ => throw new ArgumentException($"'{feature}' is not a feature.", nameof(feature)),
    };

    /// <summary>Closes model and file.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _golden.Dispose();
    }

    private string[] Languages => [.. _facts.GetProperty("languages").EnumerateArray().Select(l => l.GetString()!)];

    private JsonElement[] Prompts => [.. _facts.GetProperty("prompts").EnumerateArray()];

    private List<string> Ids()
    {
        var differences = new List<string>();
        foreach (var prompt in Prompts)
        {
            var text = prompt.GetProperty("text").GetString()!;
            differences.AddRange(Difference.Exact($"ids of '{text}'", Numbers(prompt, "ids"), _model.Tokenizer.Encode(text, addSpecialTokens: false)));
            differences.AddRange(Difference.Exact($"input_ids of '{text}'", Numbers(prompt, "input_ids"), _model.Tokenizer.Encode(text, addSpecialTokens: true)));
        }
        return differences;
    }

    private List<string> Rows()
    {
        var differences = new List<string>();
        var plan = new RowPlan(_context, _model.Tokenizer.RowStart, HoldOut: 0, MaxTokens: 2 * _context);
        var row = new long[_context];
        for (var i = 0; i < Languages.Length; i++)
        {
            var corpus = new LanguageCorpus(Languages[i], [Path.Combine(_texts, Languages[i] + ".txt")]);
            TokenRows.Cut(corpus, new CorpusReading(), text => _model.Tokenizer.Encode(text, addSpecialTokens: false), plan).Fill(row, 0, 1);
            differences.AddRange(Difference.Exact($"row of {Languages[i]}", _rows.AsSpan(i * _context, _context), row));
        }
        return differences;
    }

    private IEnumerable<string> RowNll()
    {
        var (nll, _) = HeldOutPerplexity.RowNll(new ModelView(_model), _rows, Languages.Length, rowStart: 1);
        var expected = _facts.GetProperty("row_nll");
        var values = expected.ValueKind == JsonValueKind.Object
            ? Languages.Select(l => expected.GetProperty(l).GetDouble()).ToArray()
            : [.. expected.EnumerateArray().Select(v => v.GetDouble())];
        return Difference.Absolute("row_nll", values, nll, NllTolerance);
    }

    private IEnumerable<string> Statistics()
    {
        var text = Enumerable.Range(0, Languages.Length).SelectMany(i => _rows.Skip((i * _context) + 1).Take(_context - 1)).Select(id => (int)id).ToArray();
        var plan = new RowPlan(_context, [_facts.GetProperty("bos").GetInt32()], HoldOut: 0, RowsPerGroup: 2);
        var rows = TokenRows.FromIds("golden", "", text, plan);
        var measured = ActivationProfiler.Measure(_model, ProfilePlan.Of(_model, plan, [rows], new(), sums: true))["golden"];
        var sums = measured.Sums!;
        var off = Difference.SumOfDifferences(_golden.Read<long>("over_zero").Span, measured.OverZero.Span);
        var allowed = _facts.GetProperty("near_zero_preactivations").GetInt64();
        return [
            .. off <= allowed ? Array.Empty<string>() : [$"over_zero: {off} counts differ, {allowed} may"],
            .. Difference.Relative("activation_sum", _golden.Read<double>("activation_sum").Span, sums.Activation.Span, RelativeTolerance),
            .. Difference.Relative("activation_square_sum", _golden.Read<double>("activation_square_sum").Span, sums.ActivationSquare.Span, RelativeTolerance),
            .. Difference.Relative("product_sum", _golden.Read<double>("product_sum").Span, sums.Product.Span, RelativeTolerance),
        ];
    }

    private List<string> LastLogits()
    {
        var differences = new List<string>();
        var expected = _golden.Read<float>("last_logits").ToArray();
        var vocabulary = _model.Shape.Vocabulary;
        for (var i = 0; i < Prompts.Length; i++)
        {
            using var scope = torch.NewDisposeScope();
            var ids = Array.ConvertAll(Numbers(Prompts[i], "input_ids"), id => (long)id);
            var logits = new ModelView(_model).Logits(torch.tensor(ids, [1, ids.Length], device: _model.Device)).select(1, ids.Length - 1);
            differences.AddRange(Difference.Relative($"last_logits {i}", expected.AsSpan(i * vocabulary, vocabulary), logits.cpu().data<float>().ToArray(), LogitTolerance));
        }
        return differences;
    }

    private List<string> Greedy(string name, double penalty, Intervention? intervention)
    {
        var view = new ModelView(_model, intervention, name);
        var requests = Prompts.Select((prompt, i) => new GenerationRequest(view, "", Numbers(prompt, "input_ids"), i)).ToArray();
        var answers = Generator.Answer(requests, new GenerationOptions { MaxTokens = 24, RepetitionPenalty = penalty, StopAtEnd = false });
        var differences = new List<string>();
        for (var i = 0; i < Prompts.Length; i++)
        {
            var expected = Numbers(Prompts[i], name);
            differences.AddRange(Difference.Exact($"{name} {i}", expected, answers[i].TokenIds.Take(expected.Length).ToArray()));
        }
        return differences;
    }

    private static int[] Numbers(JsonElement prompt, string name) => [.. prompt.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];
}
