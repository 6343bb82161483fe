using LapeOps.Checkpoints;
using LapeOps.Engine.Tests.Support;
using LapeOps.Formats;
using LapeOps.Transformers;

namespace LapeOps.Engine.Tests.Checkpoints;

public sealed class StoredWeightsTests
{
    private const double Tolerance = 1e-5;
    private static readonly int[] Ids = Values.Ids(24, seed: 5);

    [Theory]
    [InlineData(SafetensorsDType.F32, false)]
    [InlineData(SafetensorsDType.F32, true)]
    [InlineData(SafetensorsDType.F16, false)]
    [InlineData(SafetensorsDType.BF16, true)]
    public void Logits_are_those_of_a_plain_computation_on_the_stored_values(SafetensorsDType type, bool tied)
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel { Tied = tied };
        CheckpointWriter.Write(folder["m"], tiny.Config(), tiny.Weights(), type);
        using var model = LanguageModel.Open(folder["m"], "cpu");
        var expected = new PlainLlama(tiny, CheckpointWriter.Stored(tiny.Weights(), type)).Forward(Ids);
        Assert.InRange(Values.Off(expected, new ModelView(model).LogitsOf(Ids)), 0, Tolerance);
    }

    [Fact]
    public void Linear_layers_in_bfloat16_stay_near_float32()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        using var model = LanguageModel.Open(tiny.Write(folder["m"]), "cpu", ComputeType.BFloat16);
        var expected = new PlainLlama(tiny, CheckpointWriter.Stored(tiny.Weights(), SafetensorsDType.BF16)).Forward(Ids);
        Assert.InRange(Values.Off(expected, new ModelView(model).LogitsOf(Ids)), 1e-6, 0.05);
    }

    [Fact]
    public void Shards_and_one_file_are_the_same_model()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        CheckpointWriter.Write(folder["shards"], tiny.Config(), tiny.Weights(), shards: 2);
        using var whole = LanguageModel.Open(tiny.Write(folder["whole"]), "cpu");
        using var sharded = LanguageModel.Open(folder["shards"], "cpu");
        Assert.Equal(whole.Fingerprint, sharded.Fingerprint);
        Assert.Equal(new ModelView(whole).LogitsOf(Ids), new ModelView(sharded).LogitsOf(Ids));
    }

    [Fact]
    public void A_download_cache_of_links_opens()
    {
        using var folder = new TempFolder();
        var blobs = new TinyModel().Write(folder["models--a--b/blobs"], tokenizer: true);
        var snapshot = Directory.CreateDirectory(folder["models--a--b/snapshots/0123"]).FullName;
        foreach (var file in Directory.GetFiles(blobs))
            File.CreateSymbolicLink(Path.Combine(snapshot, Path.GetFileName(file)), Path.Combine("..", "..", "blobs", Path.GetFileName(file)));
        using var plain = LanguageModel.Open(blobs, "cpu");
        using var linked = LanguageModel.Open(snapshot, "cpu");
        Assert.Equal(plain.Fingerprint, linked.Fingerprint);
        Assert.Equal(new ModelView(plain).LogitsOf(Ids), new ModelView(linked).LogitsOf(Ids));
    }

    [Fact]
    public void The_fingerprint_tells_weights_and_configs_apart_and_nothing_else()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        var fingerprint = Fingerprint("a", _ => { });
        Assert.Equal(fingerprint, Fingerprint("b", config => config["transformers_version"] = "4.0"));
        Assert.NotEqual(fingerprint, Fingerprint("c", config => config["rms_norm_eps"] = 2e-3));
        tiny = tiny with { Seed = 2 };
        Assert.NotEqual(fingerprint, Fingerprint("d", _ => { }));

        string Fingerprint(string name, Action<System.Text.Json.Nodes.JsonObject> change)
        {
            var config = tiny.Config();
            change(config);
            CheckpointWriter.Write(folder[name], config, tiny.Weights());
            using var checkpoint = Checkpoint.Open(folder[name]);
            return checkpoint.Fingerprint;
        }
    }

    [Fact]
    public void Parameters_count_a_tied_head_once()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel { Tied = true };
        using var checkpoint = Checkpoint.Open(tiny.Write(folder["m"]));
        Assert.Equal(tiny.Weights().Values.Sum(w => (long)w.Values.Length), checkpoint.Parameters);
    }
}
