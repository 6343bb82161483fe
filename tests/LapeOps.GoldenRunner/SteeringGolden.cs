using System.Text.Json;
using LapeOps.Formats;
using LapeOps.Generation;
using LapeOps.Interventions;
using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.GoldenRunner;

/// <summary>
/// Questions steered to other languages on a real model (shared/models): the paper's steering (source off, target at its mean) and the
/// difference of means, with owners and means from that folder's counts and sums.
/// </summary>
internal static class SteeringGolden
{
    private const double KlTolerance = 1e-4;

    /// <summary>The file that a folder of golden files may have.</summary>
    public static string FileIn(string goldenFolder) => Path.Combine(goldenFolder, "steering_golden.json");

    /// <summary>A line a difference.</summary>
    public static IEnumerable<string> Compare(LanguageModel model, string goldenFolder)
    {
        using var facts = JsonDocument.Parse(File.ReadAllText(FileIn(goldenFolder)));
        var root = facts.RootElement;
        var steering = new Steering(model, root, Path.Combine(goldenFolder, "steering_golden.safetensors"));
        var questions = root.GetProperty("questions").EnumerateArray().Select(q => Numbers(q.GetProperty("prompt_ids"))).ToArray();
        var options = new GenerationOptions
        {
            MaxTokens = root.GetProperty("new_tokens").GetInt32(),
            RepetitionPenalty = root.GetProperty("repetition_penalty").GetDouble(),
        };
        foreach (var run in root.GetProperty("runs").EnumerateArray())
        {
            var (question, method, target) = (run.GetProperty("question").GetInt32(), run.GetProperty("method").GetString()!, run.GetProperty("target").GetString());
            var name = $"question {question} {method} {target}";
            var view = new ModelView(model, steering.Of(method, target), name);
            var answer = Generator.Answer([new GenerationRequest(view, "", questions[question], 0)], options)[0];
            foreach (var difference in Difference.Exact(name, Numbers(run.GetProperty("ids")), answer.TokenIds.ToArray()))
                yield return difference;
            foreach (var difference in Difference.Absolute($"{name}: kl", [run.GetProperty("kl").GetDouble()], [answer.Proof?.KlDivergence ?? 0], KlTolerance))
                yield return difference;
        }
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetInt32())];

    private sealed class Steering
    {
        private readonly int _layers, _width;
        private readonly string _source;
        private readonly ActivationMeans _means;
        private readonly NeuronMask _owners;

        public Steering(LanguageModel model, JsonElement root, string file)
        {
            (_layers, _width) = (model.Shape.Layers, model.Shape.Width);
            _source = root.GetProperty("source").GetString()!;
            string[] languages = [.. root.GetProperty("languages").EnumerateArray().Select(l => l.GetString()!)];
            _owners = new(_layers, _width, languages, [.. languages.Select(language =>
                NeuronMask.ByLayer(_layers, Numbers(root.GetProperty("owners").GetProperty(language)).Select(flat => (flat / _width, flat % _width))))]);
            using var golden = SafetensorsFile.Open(file);
            _means = new(GoldenStatistics.Of(_layers, _width, languages, golden.Read<long>("n").ToArray(), golden.Read<long>("over_zero").ToArray(), golden.Read<double>("activation_sum").ToArray()));
        }

        public Intervention? Of(string method, string? target) => method switch
        {
            "none" => null,
            "paper" => Intervention.Of(_layers, _width, NeuronEdit.Steering(_owners, [_source], [target!]), _means),
            "diffmean" => Intervention.Of(_layers, _width, [NeuronEdit.Of(_owners, [target!], InterventionMode.DiffMean)], _means),
            _ => throw new ArgumentException($"'{method}' is not a method.", nameof(method)),
        };
    }
}
