using System.Text.Json;
using LapeOps.Checkpoints;
using LapeOps.Corpora;
using LapeOps.Formats;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.Perplexity;
using LapeOps.Profiling;
using LapeOps.Statistics;
using LapeOps.Transformers;
using TorchSharp;

namespace LapeOps.GoldenRunner;

/// <summary>
/// A tiny checkpoint with results of transformers beside it (reference/models): everything in its golden.safetensors at that page's
/// tolerances, in float32. Other types are reported, not judged.
/// </summary>
public sealed class ModelGolden : IDisposable
{
    private const double LogitTolerance = 2e-4, NllTolerance = 1e-4, SumTolerance = 1e-4;
    private const int NewTokens = 24;
    private readonly SafetensorsFile _golden;
    private readonly LanguageModel _model;
    private readonly long[] _ids;
    private readonly int _rows, _tokens;
    private readonly double _alpha;

    /// <summary>Opens a folder with config.json, model.safetensors, golden.json and golden.safetensors.</summary>
    public ModelGolden(string folder, string device = "cpu", ComputeType type = ComputeType.Float32)
    {
        _golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        _model = LanguageModel.Open(folder, device, type);
        var shape = _golden.Entry("input_ids").Shape;
        (_rows, _tokens) = ((int)shape[0], (int)shape[1]);
        _ids = Expected<long>("input_ids").ToArray();
        using var facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        _alpha = facts.RootElement.GetProperty("alpha").GetDouble();
    }

    /// <summary>What can be compared, each a case of its own.</summary>
    public static IReadOnlyList<string> Features { get; } =
        ["logits", "row_nll", "statistics", "logits_masked", "logits_baked", "logits_replaced", "logits_added", "greedy", "greedy_penalty", "greedy_masked"];

    /// <summary>The differences of one feature, a line each.</summary>
    public IEnumerable<string> Compare(string feature) => feature switch
    {
        "logits" => Logits("logits", null),
        "row_nll" => RowNll(),
        "statistics" => Statistics(),
        "logits_masked" => Logits(feature, Edited(InterventionMode.Zero)),
        "logits_baked" => Baked(),
        "logits_replaced" => Logits(feature, Edited(InterventionMode.Replace)),
        "logits_added" => Logits(feature, Edited(InterventionMode.Add, _alpha)),
        "greedy" => Greedy(feature, 1, null),
        "greedy_penalty" => Greedy(feature, 1.1, null),
        "greedy_masked" => Greedy(feature, 1, Edited(InterventionMode.Zero)),
        _ => throw new ArgumentException($"'{feature}' is not a feature.", nameof(feature)),
    };

    /// <summary>Closes model and file.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _golden.Dispose();
    }

    private ReadOnlySpan<T> Expected<T>(string name) where T : unmanaged => _golden.Read<T>(name).Span;

    private IEnumerable<string> Logits(string name, Intervention? intervention)
    {
        using var scope = torch.NewDisposeScope();
        var ids = torch.tensor(_ids, [_rows, _tokens], device: _model.Device);
        var logits = new ModelView(_model, intervention, name).Logits(ids);
        return Difference.Relative(name, Expected<float>(name), logits.cpu().data<float>().ToArray(), LogitTolerance);
    }

    // The masked logits once more, of a copy with the mask in its weights.
    private IEnumerable<string> Baked()
    {
        var folder = Directory.CreateTempSubdirectory("lapeops-golden-").FullName;
        try
        {
            using var source = Checkpoint.Open(_model.Folder);
            new BakedCheckpoint(source, Edited(InterventionMode.Zero)).Write(Path.Combine(folder, "baked"));
            using var baked = LanguageModel.Open(Path.Combine(folder, "baked"), "cpu", _model.Type);
            using var scope = torch.NewDisposeScope();
            var logits = new ModelView(baked).Logits(torch.tensor(_ids, [_rows, _tokens])).data<float>().ToArray();
            return Difference.Relative("logits_baked", Expected<float>("logits_masked"), logits, LogitTolerance);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IEnumerable<string> RowNll()
    {
        var (nll, _) = HeldOutPerplexity.RowNll(new ModelView(_model), _ids, _rows, rowStart: 0);
        return Difference.Absolute("row_nll", Expected<float>("row_nll"), Array.ConvertAll(nll, n => (float)n), NllTolerance);
    }

    private IEnumerable<string> Statistics()
    {
        var measured = Measure();
        var sums = measured.Sums!;
        return [
            .. Difference.Exact("over_zero", Expected<long>("over_zero"), measured.OverZero.Span),
            .. Difference.Exact("half_over_zero", Expected<long>("half_over_zero"), Array.ConvertAll(measured.Blocks.ToArray(), b => (long)b)),
            .. Difference.Relative("activation_sum", Expected<double>("activation_sum"), sums.Activation.Span, SumTolerance),
            .. Difference.Relative("activation_square_sum", Expected<double>("activation_square_sum"), sums.ActivationSquare.Span, SumTolerance),
            .. Difference.Relative("product_sum", Expected<double>("product_sum"), sums.Product.Span, SumTolerance),
            .. Difference.Relative("residual_sum", Expected<double>("residual_sum"), sums.Residual.Span, SumTolerance),
        ];
    }

    // Halves of the rows are groups, so that the blocks are half_over_zero.
    private LanguageActivation Measure()
    {
        var plan = new RowPlan(_tokens, [], HoldOut: 0, RowsPerGroup: _rows / 2);
        var rows = TokenRows.FromIds("golden", "", Array.ConvertAll(_ids, id => (int)id), plan);
        return ActivationProfiler.Measure(_model, ProfilePlan.Of(_model, plan, [rows], new(), sums: true))["golden"];
    }

    // The three prompts alone, and then in one batch.
    private List<string> Greedy(string name, double penalty, Intervention? intervention)
    {
        var lengths = Expected<long>("prompt_lengths").ToArray();
        var view = new ModelView(_model, intervention, name);
        var requests = lengths.Select((length, i) =>
            new GenerationRequest(view, "", [.. _ids.Skip(i * _tokens).Take((int)length).Select(id => (int)id)], i)).ToArray();
        var options = new GenerationOptions { MaxTokens = NewTokens, RepetitionPenalty = penalty, StopAtEnd = false };
        var alone = requests.SelectMany(r => Generator.Answer([r], options));
        var differences = new List<string>();
        foreach (var (how, answers) in new[] { ("alone", alone), ("batched", Generator.Answer(requests, options)) })
            differences.AddRange(Difference.Exact($"{name} ({how})", Expected<long>(name), answers.SelectMany(a => a.TokenIds.Select(id => (long)id)).ToArray()));
        return differences;
    }

    private Intervention Edited(InterventionMode mode, double amount = 1)
    {
        var (layers, width) = (_model.Shape.Layers, _model.Shape.Width);
        var statistics = GoldenStatistics.Of(layers, width, ["golden"], [_rows * _tokens], Expected<long>("over_zero").ToArray(), Expected<double>("activation_sum").ToArray());
        var neurons = MaskOf(_golden, width).Select(n => new EditedNeuron(n.Layer, n.Neuron, ["golden"]));
        return Intervention.Of(layers, width, [new NeuronEdit([.. neurons], mode, amount)], new ActivationMeans(statistics));
    }

    /// <summary>The neurons of a golden file's mask, [L, d] bool.</summary>
    internal static IEnumerable<(int Layer, int Neuron)> MaskOf(SafetensorsFile golden, int width)
    {
        var mask = golden.Read<bool>("mask").ToArray();
        return Enumerable.Range(0, mask.Length).Where(i => mask[i]).Select(i => (i / width, i % width));
    }
}
