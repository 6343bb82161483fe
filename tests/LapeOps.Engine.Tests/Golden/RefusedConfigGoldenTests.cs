using System.Text.Json.Nodes;
using LapeOps.Checkpoints;
using LapeOps.Engine.Tests.Support;
using LapeOps.GoldenRunner;

namespace LapeOps.Engine.Tests.Golden;

/// <summary>The checkpoints of the reference with one key of their config turned: what is not computed has to be refused.</summary>
public sealed class RefusedConfigGoldenTests
{
    public static TheoryData<string, string> Turned { get; } = new()
    {
        { "attention_bias", "true" },
        { "mlp_bias", "true" },
        { "sliding_window", "16" },
        { "logit_scale", "0.5" },
        { "final_logit_softcapping", "30.0" },
        { "num_local_experts", "8" },
        { "hidden_act", "\"mish\"" },
        { "quantization_config", """{ "quant_method": "gptq" }""" },
        { "rope_parameters", """{ "rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0 }""" },
        { "rope_parameters", """{ "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5 }""" },
    };

    [Theory, MemberData(nameof(Turned))]
    public void A_key_that_would_change_the_arithmetic_is_refused_by_name(string key, string value)
    {
        GoldenCase.RequireReference(Reference.Root is not null, "reference (../shared/reference, or LAPE_REFERENCE)");
        foreach (var folder in ModelCases.Folders.Where(f => ModelCases.Features(f).Count > 1))
        {
            using var copy = new TempFolder();
            File.CreateSymbolicLink(copy["model.safetensors"], Path.Combine(folder, "model.safetensors"));
            var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
            copy.WriteText("config.json", config.ToJsonString());
            using (var checkpoint = Checkpoint.Open(copy.Path))
                if (key == "sliding_window" && checkpoint.Family.Keys.Used.Contains(key))
                    continue;

            config[key] = JsonNode.Parse(value);
            if (key == "rope_parameters")
                config.Remove("rope_scaling");
            copy.WriteText("config.json", config.ToJsonString());
            var refused = Assert.Throws<LapeException>(() => Checkpoint.Open(copy.Path));

            Assert.Equal("ConfigUnsupported", refused.ErrorId);
            Assert.Contains(copy["config.json"], refused.Message, StringComparison.Ordinal);
            Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        }
    }
}
