using LapeOps.Checkpoints;
using LapeOps.Engine.Tests.Support;
using LapeOps.Formats;
using LapeOps.Interventions;

namespace LapeOps.Engine.Tests.Checkpoints;

/// <summary>Models with a mask baked in; those of ../shared/reference are golden cases.</summary>
public sealed class BakedCheckpointTests
{
    private static readonly int[] Ids = Values.Ids(24, seed: 5);
    private static readonly (int Layer, int Neuron)[] Off = [(0, 0), (0, 47), (2, 3), (2, 4), (2, 30)];

    [Theory]
    [InlineData("llama", SafetensorsDType.F32, 1)]
    [InlineData("llama", SafetensorsDType.F16, 3)]
    [InlineData("gemma3_text", SafetensorsDType.BF16, 2)]
    public void Logits_are_those_of_the_masked_view(string family, SafetensorsDType type, int shards)
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel { Family = family };
        CheckpointWriter.Write(folder["model"], tiny.Config(), tiny.Weights(), type, shards);
        using var model = LanguageModel.Open(folder["model"], "cpu");
        var masked = new ModelView(model, Zero(tiny), "off");
        Assert.True(Apart(masked, new ModelView(model)) > 0.01);
        Bake(folder["model"], Zero(tiny), folder["baked"]);
        using var baked = LanguageModel.Open(folder["baked"], "cpu");
        Assert.InRange(Apart(masked, new ModelView(baked)), 0, 1e-6);
        Assert.NotEqual(model.Fingerprint, baked.Fingerprint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Only_columns_of_down_projections_differ(int shards)
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        CheckpointWriter.Write(folder["model"], tiny.Config(), tiny.Weights(), shards: shards);
        ByteTokenizer.Write(folder["model"]);
        folder.WriteText("model/generation_config.json", """{ "eos_token_id": 2 }""");
        folder.WriteText("model/more/notes.txt", "kept");
        var before = Contents(folder["model"]);
        Bake(folder["model"], Zero(tiny), folder["baked"]);
        Assert.Equal(before, Contents(folder["model"]));
        var after = Contents(folder["baked"]);
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before.Where(f => !f.Key.EndsWith(".safetensors", StringComparison.Ordinal)), f => Assert.Equal(f.Value, after[f.Key]));
        var files = before.Keys.Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal)).ToArray();
        Assert.Equal(shards, files.Length);
        foreach (var file in files)
        {
            using SafetensorsFile was = SafetensorsFile.Open(Path.Combine(folder["model"], file)), now = SafetensorsFile.Open(Path.Combine(folder["baked"], file));
            // Names, order, types, shapes and metadata.
            Assert.Equal(before[file][..(int)(2 * was.DataOffset)], after[file][..(int)(2 * now.DataOffset)]);
            foreach (var (old, copy) in was.Entries.Zip(now.Entries))
                Assert.Equal(Expected(tiny, was, old), now.Read<float>(copy.Name).ToArray());
        }
    }

    [Fact]
    public void Links_of_a_download_cache_become_files()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        var blobs = tiny.Write(folder["hub/blobs"], tokenizer: true);
        Directory.CreateDirectory(folder["hub/snapshots/1"]);
        foreach (var file in Directory.GetFiles(blobs).Select(Path.GetFileName))
            File.CreateSymbolicLink(folder[$"hub/snapshots/1/{file}"], $"../../blobs/{file}");
        Directory.CreateSymbolicLink(folder["main"], folder["hub/snapshots/1"]);
        var before = Contents(blobs);
        foreach (var refused in new[] { "hub", "hub/blobs", "hub/snapshots", "hub/snapshots/1", "hub/snapshots/1/baked", "main", "main/baked" })
            Assert.Equal("OutputNotWritable", Refused(folder["main"], Zero(tiny), folder[refused], replace: true));
        Bake(folder["main"], Zero(tiny), folder["baked"]);
        Assert.Equal(before, Contents(blobs));
        Assert.Equal(before.Keys, Contents(folder["baked"]).Keys);
        Assert.All(Directory.GetFiles(folder["baked"]), file => Assert.Null(new FileInfo(file).LinkTarget));
        using var baked = LanguageModel.Open(folder["baked"], "cpu");
        using var model = LanguageModel.Open(blobs, "cpu");
        Assert.InRange(Apart(new ModelView(model, Zero(tiny), "off"), new ModelView(baked)), 0, 1e-6);
    }

    [Fact]
    public void What_cannot_be_baked_is_refused_and_leaves_nothing()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        var model = tiny.Write(folder["model"]);
        NeuronEdit off = new([.. Off.Select(n => new EditedNeuron(n.Layer, n.Neuron, []))], InterventionMode.Zero), constant = new([new(1, 1, [])], InterventionMode.Constant, 1);
        Assert.Equal("BakeRefused", Refused(model, Intervention.Of(3, 48, [constant], null), folder["baked"]));
        Assert.Equal("BakeRefused", Refused(model, Intervention.Of(3, 48, [off, constant], null), folder["baked"]));
        Assert.Equal("MaskEmpty", Refused(model, Intervention.Zero(3, 48, []), folder["baked"]));
        Assert.Equal("ModelMismatch", Refused(model, Intervention.Zero(3, 50, Off), folder["baked"]));
        Assert.Equal("OutputNotWritable", Refused(model, Zero(tiny), folder.WriteText("file", "x")));
        Directory.CreateSymbolicLink(Path.Combine(model, "again"), folder.Path);
        Assert.Equal("BakeRefused", Refused(model, Zero(tiny), folder["baked"]));
        Assert.Equal(["file", "model"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Only_a_model_is_replaced_and_only_where_that_is_asked_for()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        var model = tiny.Write(folder["model"]);
        new TinyModel { Seed = 9, Width = 64 }.Write(folder["baked"], tokenizer: true);
        var before = Contents(folder["baked"]);
        Assert.Equal("OutputExists", Refused(model, Zero(tiny), folder["baked"]));
        Assert.Equal(before, Contents(folder["baked"]));
        folder.WriteText("mine/diary.txt", "x");
        Assert.Equal("OutputNotWritable", Refused(model, Zero(tiny), folder["mine"], replace: true));

        using var stop = new CancellationTokenSource();
        using (var source = Checkpoint.Open(model))
        {
            var stopping = new Told<BakeProgress>(p => { if (p.File == "model.safetensors") stop.Cancel(); });
            Assert.Throws<OperationCanceledException>(() => new BakedCheckpoint(source, Zero(tiny)).Write(folder["baked"], replace: true, stopping, stop.Token));
        }
        Assert.Equal(before, Contents(folder["baked"]));

        Bake(model, Zero(tiny), folder["baked"], replace: true);
        Assert.Equal(Contents(model).Keys, Contents(folder["baked"]).Keys);
        Assert.Equal(["baked", "mine", "model"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Weights_of_other_formats_are_told()
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        var model = tiny.Write(folder["model"]);
        folder.WriteText("model/original/consolidated.00.pth", "weights");
        using var source = Checkpoint.Open(model);
        Assert.Equal([Path.Combine("original", "consolidated.00.pth")], new BakedCheckpoint(source, Zero(tiny)).OtherWeights);
    }

    private static Intervention Zero(TinyModel tiny) => Intervention.Zero(tiny.Layers, tiny.Width, Off);

    private static double Apart(ModelView one, ModelView other) =>
        Values.Off(one.LogitsOf(Ids).SelectMany(row => row.Select(v => (double)v)), other.LogitsOf(Ids).SelectMany(row => row.Select(v => (double)v)));

    private static void Bake(string source, Intervention intervention, string target, bool replace = false)
    {
        using var checkpoint = Checkpoint.Open(source);
        new BakedCheckpoint(checkpoint, intervention).Write(target, replace);
    }

    private static string Refused(string source, Intervention intervention, string target, bool replace = false) =>
        Assert.Throws<LapeException>(() => Bake(source, intervention, target, replace)).ErrorId;

    private static SortedDictionary<string, string> Contents(string folder) =>
        new(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), f => Convert.ToHexString(File.ReadAllBytes(f))), StringComparer.Ordinal);

    private static float[] Expected(TinyModel tiny, SafetensorsFile file, SafetensorsEntry entry)
    {
        var values = file.Read<float>(entry.Name).ToArray();
        foreach (var (layer, neuron) in Off)
            if (entry.Name == $"model.layers.{layer}.mlp.down_proj.weight")
                for (var row = 0; row < tiny.Hidden; row++)
                    values[(row * tiny.Width) + neuron] = 0;
        return values;
    }
}
