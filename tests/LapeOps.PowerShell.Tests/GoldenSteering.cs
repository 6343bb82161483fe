using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What transformers makes of steering a real model (shared/models/gemma-3-270m), and its counts and sums as a file of statistics, written here by hand.</summary>
internal sealed record GoldenSteering(
    string Model, string Statistics, int Width, IReadOnlyList<(string Name, int[] Neurons)> Owners, IReadOnlyList<GoldenQuestion> Questions)
{
    private const int Layers = 18, Neurons = 2048, Hidden = 640;

    /// <summary>Reads it; skips the test where the model or its golden files are absent, and fails it where CI needs them.</summary>
    public static GoldenSteering Required(string statistics)
    {
        var model = Environment.GetEnvironmentVariable("LAPE_GEMMA");
        var folder = Path.Combine(RepositoryFiles.Root, "..", "shared", "models", "gemma-3-270m");
        var found = File.Exists(Path.Combine(model ?? "", "model.safetensors")) && File.Exists(Path.Combine(folder, "steering_golden.json"));
        Assert.True(found || Environment.GetEnvironmentVariable("CI") != "true", "CI needs ../shared and Gemma 3 270M, and one is absent.");
        Assert.SkipUnless(found, "There is no Gemma 3 270M in the folder that LAPE_GEMMA names, or no ../shared beside the repository.");
        var facts = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "steering_golden.json")))!;
        string[] languages = [.. facts["languages"]!.AsArray().Select(l => (string)l!)];
        Write(statistics, Path.Combine(folder, "steering_golden.safetensors"), languages);
        var runs = facts["runs"]!.AsArray().Select(r => (Question: (int)r!["question"]!, Run: new GoldenRun(Ids(r["ids"]!), (double)r["kl"]!))).ToArray();
        return new(model!, statistics, Neurons, [.. languages.Select(l => (l, Ids(facts["owners"]![l]!)))],
            [.. facts["questions"]!.AsArray().Select((q, i) => new GoldenQuestion((string)q!["text"]!, [.. runs.Where(r => r.Question == i).Select(r => r.Run)]))]);
    }

    private static int[] Ids(JsonNode list) => [.. list.AsArray().Select(i => (int)i!)];

    private static void Write(string path, string golden, string[] languages)
    {
        var file = File.ReadAllBytes(golden);
        var start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var tensors = JsonNode.Parse(file.AsSpan(8, start - 8))!;
        var tokens = Tensor("n");
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["lapeops_statistics"] = "1", ["identity"] = Identity(), ["languages"] = JsonSerializer.Serialize(languages.Select(Entry)) } };
        using var data = new MemoryStream();
        for (var k = 0; k < languages.Length; k++)
        {
            var size = Layers * Neurons * 8;
            Add("over_zero", "I64", Tensor("over_zero").AsSpan(k * size, size), Layers, Neurons);
            Add("blocks", "U32", new byte[size / 2], 1, Layers, Neurons);
            Add("activation_sum", "F64", Tensor("activation_sum").AsSpan(k * size, size), Layers, Neurons);
            Add("activation_square_sum", "F64", new byte[size], Layers, Neurons);
            Add("product_sum", "F64", new byte[size], Layers, Neurons);
            Add("residual_sum", "F64", new byte[Layers * Hidden * 8], Layers, Hidden);
            Add("residual_norm_sum", "F64", new byte[Layers * 8], Layers);

            void Add(string name, string type, ReadOnlySpan<byte> bytes, params int[] shape)
            {
                header[$"{languages[k]}/{name}"] = new JsonObject { ["dtype"] = type, ["shape"] = JsonSerializer.SerializeToNode(shape), ["data_offsets"] = new JsonArray(data.Length, data.Length + bytes.Length) };
                data.Write(bytes);
            }
        }
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        using var written = File.Create(path);
        written.Write(BitConverter.GetBytes((long)text.Length));
        written.Write(text);
        data.WriteTo(written);

        byte[] Tensor(string name)
        {
            var offsets = Ids(tensors[name]!["data_offsets"]!);
            return file[(start + offsets[0])..(start + offsets[1])];
        }

        object Entry(string language, int k) => new
        {
            Language = language,
            Rows = new { CorpusHash = "", TokensFound = 255, TokensDropped = 0, CountedRows = 1, HeldOutRows = 0, Groups = 1 },
            GroupsCounted = 1,
            Tokens = BinaryPrimitives.ReadInt64LittleEndian(tokens.AsSpan(k * 8)),
        };
    }

    private static string Identity() => JsonSerializer.Serialize(new
    {
        ModelFingerprint = "",
        ModelName = "golden",
        TokenizerHash = "",
        Layers,
        Width = Neurons,
        Hidden,
        Context = 256,
        RowStart = new[] { 2 },
        HoldOut = 0,
        MaxTokens = 255,
        RowsPerGroup = 1,
        Documents = "File",
        DType = "Float32",
        DeviceKind = "cpu",
        Sums = true,
        Version = "",
    });
}

/// <summary>A question and what each method answers: none, paper and diffmean to zh, then to fr.</summary>
internal sealed record GoldenQuestion(string Text, IReadOnlyList<GoldenRun> Runs);

/// <summary>An answer's ids and the KL at the prompt's last position.</summary>
internal sealed record GoldenRun(int[] Ids, double Kl);
