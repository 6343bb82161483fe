using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>
/// Hostile files, each met by a process of its own: one error with the file's name, bounded memory and time, nothing left behind.
/// </summary>
public sealed class BadInputTests
{
    // A .NET process that reads a small file and loads no torch stands at about 60 MB.
    private const int MostWithoutTorch = 350, MostWithTorch = 700;

    public static TheoryData<string> Safetensors => [.. HostileSafetensors.Cases.Keys];

    public static TheoryData<string> Checkpoints => [.. HostileCheckpoints.Cases.Keys];

    public static TheoryData<string> Statistics => [.. HostileStatistics.Cases.Keys];

    public static TheoryData<string> Tokenizers => [.. HostileTokenizers.Cases.Keys];

    public static TheoryData<string> Templates => [.. HostileTemplates.Cases.Keys];

    public static TheoryData<string> TemplateConfigs => [.. HostileTemplates.Configs.Keys];

    public static TheoryData<string> Conversations => [.. HostileTemplates.Conversations.Keys];

    public static TheoryData<string> Corpora => [.. HostileCorpora.Cases.Keys];

    public static TheoryData<string> Masks => [.. HostileMasks.Cases.Keys];

    [Theory, MemberData(nameof(Safetensors))]
    public async Task Safetensors_are_refused(string what)
    {
        using var folder = new TempFolder();
        HostileSafetensors.Cases[what](folder["hostile.safetensors"]);
        await Refused(folder, "safetensors", "SafetensorsInvalid", folder["hostile.safetensors"], MostWithoutTorch, folder["hostile.safetensors"]);
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public async Task Checkpoints_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, names, make) = HostileCheckpoints.Cases[what];
        make(new TinyModel().Write(folder["model"]));
        await Refused(folder, "checkpoint", errorId, Path.TrimEndingDirectorySeparator(folder[$"model/{names}"]), MostWithoutTorch, folder["model"]);
    }

    [Theory, MemberData(nameof(Statistics))]
    public async Task Statistics_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, make) = HostileStatistics.Cases[what];
        make(folder["hostile.safetensors"]);
        await Refused(folder, "statistics", errorId, folder["hostile.safetensors"], MostWithoutTorch, folder["hostile.safetensors"]);
    }

    [Theory, MemberData(nameof(Tokenizers))]
    public async Task Tokenizers_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, text) = HostileTokenizers.Cases[what];
        var path = folder.WriteText("tokenizer.json", text);
        await Refused(folder, "tokenizer", errorId, path, MostWithoutTorch, path);
    }

    [Theory, MemberData(nameof(Templates))]
    public async Task Templates_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, template) = HostileTemplates.Cases[what];
        var path = folder.WriteText("tokenizer_config.json", HostileTemplates.Config(template));
        await Refused(folder, "chat", errorId, path, MostWithoutTorch, folder.Path);
    }

    [Theory, MemberData(nameof(TemplateConfigs))]
    public async Task Files_without_a_readable_template_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, text) = HostileTemplates.Configs[what];
        folder.WriteText("tokenizer_config.json", text);
        await Refused(folder, "chat", errorId, folder.Path, MostWithoutTorch, folder.Path);
    }

    [Theory, MemberData(nameof(Conversations))]
    public async Task Conversations_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, names, text) = HostileTemplates.Conversations[what];
        folder.WriteText("chat_template.jinja", "{% for m in messages %}{{ m.role ~ m.content }}{% endfor %}");
        var path = folder.WriteText("chats.jsonl", text);
        await Refused(folder, "conversations", errorId, names, MostWithoutTorch, folder.Path, path);
    }

    [Theory, MemberData(nameof(Masks))]
    public async Task Masks_are_refused(string what)
    {
        using var folder = new TempFolder();
        var (errorId, name, bytes) = HostileMasks.Cases[what];
        File.WriteAllBytes(folder[name], bytes);
        await Refused(folder, "mask", errorId, folder[name], MostWithoutTorch, folder[name]);
    }

    [Theory]
    [InlineData("a legacy file of torch", "TorchArchiveInvalid")]
    [InlineData("a view beyond its storage", "PickleRefused")]
    [InlineData("a pickle that runs a command", "PickleRefused")]
    public async Task Counts_are_refused(string what, string errorId)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["activation.en.train.m"], HostileMasks.Cases[what].Bytes);
        await Refused(folder, "counts", errorId, folder["activation.en.train.m"], MostWithoutTorch, folder["activation.en.train.m"]);
    }

    [Fact]
    public async Task A_tokenizer_with_more_ids_than_the_model_has_rows_is_refused()
    {
        using var folder = new TempFolder();
        var model = (new TinyModel() with { Vocabulary = 200 }).Write(folder["model"], tokenizer: true);
        await Refused(folder, "model", "TokenizerContradictsModel", model, MostWithoutTorch, model);
    }

    [Theory, MemberData(nameof(Corpora))]
    public async Task Corpora_are_refused_and_no_output_is_left(string what)
    {
        using var folder = new TempFolder();
        var (errorId, names, make) = HostileCorpora.Cases[what];
        var model = new TinyModel().Write(folder["model"], tokenizer: true);
        Directory.CreateDirectory(folder["corpora"]);
        make(folder["corpora"]);
        await Refused(folder, "profile", errorId, names, MostWithTorch, model, folder["corpora"], folder["out/statistics.safetensors"], "32", "1");
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public async Task Two_processes_that_write_one_file_leave_a_whole_one_and_one_error()
    {
        using var folder = new TempFolder();
        var model = new TinyModel().Write(folder["model"], tokenizer: true);
        folder.WriteText("corpora/xx.txt", new string('a', 60_000));
        var path = folder["out/statistics.safetensors"];
        Child[] both = [Run(), Run()];
        var codes = new[] { await both[0].ExitCode(), await both[1].ExitCode() };
        // One may have ended before the other began, which then finds its work done.
        Assert.Contains(0, codes);
        Assert.All(codes, c => Assert.Contains(c, new[] { 0, 3 }));
        foreach (var (child, code) in both.Zip(codes))
            if (code == 3)
                await child.IsRefused("OutputInUse", path, MostWithTorch);
        Assert.True(LapeOps.Statistics.StatisticsFile.ReadCopy(path).Complete);
        Assert.Equal([path], Directory.GetFiles(folder["out"]));
        Array.ForEach(both, c => c.Dispose());

        Child Run() => Child.Run("profile", model, folder["corpora"], path, "32", "1");
    }

    private static async Task Refused(TempFolder folder, string operation, string errorId, string names, int mostMegabytes, params string[] arguments)
    {
        var before = Everything();
        await Child.Run(operation, arguments).IsRefused(errorId, names, mostMegabytes);
        Assert.Equal(before, Everything());

        string[] Everything() => [.. Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }
}
