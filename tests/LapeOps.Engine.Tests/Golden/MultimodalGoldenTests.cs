using System.Text.Json.Nodes;
using LapeOps.Engine.Tests.Support;
using LapeOps.Formats;
using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Golden;

/// <summary>The text model of a multimodal Gemma 3, made of the text-only fixture.</summary>
public sealed class MultimodalGoldenTests
{
    public static TheoryData<string, string> Cases =>
    [
        .. from prefix in new[] { "language_model.model.", "model.language_model." }
           from feature in new[] { "logits", "statistics", "greedy" }
           select (prefix, feature),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void The_text_part_computes_what_the_text_model_does(string prefix, string feature)
    {
        var fixture = Reference.Shared("reference/models/gemma3");
        GoldenCase.RequireReference(fixture is not null, "../shared/reference/models/gemma3");
        using var folder = new TempFolder();
        var multimodal = Directory.CreateDirectory(folder["multimodal"]).FullName;
        foreach (var file in new[] { "golden.json", "golden.safetensors" })
            File.Copy(Path.Combine(fixture!, file), Path.Combine(multimodal, file));
        WriteConfig(fixture!, multimodal);
        WriteWeights(fixture!, multimodal, prefix);
        using var model = new ModelGolden(multimodal);
        Assert.Empty(model.Compare(feature));
    }

    private static void WriteConfig(string fixture, string folder)
    {
        var text = JsonNode.Parse(File.ReadAllText(Path.Combine(fixture, "config.json")))!;
        var config = new JsonObject
        {
            ["model_type"] = "gemma3",
            ["architectures"] = new JsonArray("Gemma3ForConditionalGeneration"),
            ["mm_tokens_per_image"] = 256,
            ["vision_config"] = new JsonObject { ["model_type"] = "siglip_vision_model", ["hidden_act"] = "gelu_pytorch_tanh" },
            ["text_config"] = text,
        };
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
    }

    private static void WriteWeights(string fixture, string folder, string prefix)
    {
        using var weights = SafetensorsFile.Open(Path.Combine(fixture, "model.safetensors"));
        var vision = prefix == "model.language_model." ? "model." : "";
        SafetensorsTensor[] tensors =
        [
            .. weights.Entries.Select(e => SafetensorsTensor.Of(prefix + e.Name["model.".Length..], weights.Read<float>(e.Name).ToArray(), [.. e.Shape])),
            SafetensorsTensor.Of(vision + "vision_tower.vision_model.post_layernorm.weight", [1f, 2f], 2),
            SafetensorsTensor.Of(vision + "multi_modal_projector.mm_input_projection_weight", [1f, 2f, 3f, 4f], 2, 2),
        ];
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string>());
    }
}
