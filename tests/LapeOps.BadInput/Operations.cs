using System.Globalization;
using LapeOps.Chat;
using LapeOps.Checkpoints;
using LapeOps.Corpora;
using LapeOps.Formats;
using LapeOps.Interventions;
using LapeOps.Masks;
using LapeOps.Native;
using LapeOps.Profiling;
using LapeOps.Statistics;
using LapeOps.Tokenization;

namespace LapeOps.BadInput;

/// <summary>The ways into LapeOps that read a file of somebody else's; a new reader gets a line here.</summary>
internal static class Operations
{
    public static IReadOnlyDictionary<string, Action<string[]>> ByName { get; } = new SortedDictionary<string, Action<string[]>>(StringComparer.Ordinal)
    {
        ["safetensors"] = arguments => SafetensorsFile.Open(arguments[0]).Dispose(),
        ["checkpoint"] = arguments => Checkpoint.Open(arguments[0]).Dispose(),
        ["model"] = arguments => LanguageModel.Open(arguments[0], "cpu").Dispose(),
        ["mask"] = arguments => MaskFile.Read(arguments[0]),
        ["statistics"] = arguments => StatisticsFile.Read(arguments[0]),
        ["counts"] = arguments => CountsFile.Read(arguments),
        ["tokenizer"] = arguments => HuggingFaceTokenizer.Load(arguments[0]),
        ["encode"] = arguments => HuggingFaceTokenizer.Load(arguments[0]).Encode(File.ReadAllText(arguments[1]), addSpecialTokens: true),
        ["folder-tokenizer"] = arguments => HuggingFaceTokenizer.LoadFolder(arguments[0]),
        ["copy-mask"] = arguments => MaskFile.Write(MaskFile.Read(arguments[0]), arguments[1]),
        ["chat"] = arguments => Render(arguments[0], ChatConversation.OfUser("Hello")),
        ["conversations"] = Conversations,
        ["profile"] = Profile,
        ["bake"] = Bake,
        ["devices"] = _ => Devices(),
        ["rows"] = Rows,
    };

    // bake MODEL TARGET: the first neuron of each layer off.
    private static void Bake(string[] arguments)
    {
        using var checkpoint = Checkpoint.Open(arguments[0]);
        var (layers, width) = (checkpoint.Shape.Layers, checkpoint.Shape.Width);
        new BakedCheckpoint(checkpoint, Intervention.Zero(layers, width, Enumerable.Range(0, layers).Select(layer => (layer, 0)))).Write(arguments[1]);
    }

    private static void Devices()
    {
        foreach (var device in DeviceInfo.All())
            Console.WriteLine(device);
        Console.WriteLine(NativeRuntime.Warning ?? "no warning");
    }

    // conversations FOLDER FILE
    private static void Conversations(string[] arguments)
    {
        foreach (var line in ConversationFile.Lines(arguments[1]))
            Render(arguments[0], line.Parse());
    }

    private static void Render(string folder, ChatConversation conversation) =>
        ChatTemplate.Open(folder).Render(conversation, addGenerationPrompt: true);

    // rows CORPUS FILE|LINE MAXTOKENS [TOKENIZER]: what reading a corpus takes, without a tokenizer with a token a document.
    private static void Rows(string[] arguments)
    {
        var reading = new CorpusReading(Enum.Parse<DocumentKind>(arguments[1], ignoreCase: true));
        var plan = new RowPlan(128, [], MaxTokens: long.Parse(arguments[2], CultureInfo.InvariantCulture));
        var tokenizer = arguments.Length > 3 ? HuggingFaceTokenizer.Load(arguments[3]) : null;
        foreach (var language in Corpus.FromPaths([arguments[0]], reading).Languages)
            if (tokenizer is null)
                TokenRows.Cut(language, reading, text => [text.Length], plan);
            else
                TokenRows.Cut(language, reading, tokenizer, plan);
    }

    // profile MODEL CORPUS OUT CONTEXT BATCH
    private static void Profile(string[] arguments)
    {
        using var model = LanguageModel.Open(arguments[0], "cpu");
        var options = new ProfileOptions { Context = Number(arguments[3]), BatchSize = Number(arguments[4]) };
        var plan = ProfilePlan.Make(model, Corpus.FromPaths([arguments[1]]), options);
        ActivationProfiler.Measure(model, plan, arguments[2]);

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
