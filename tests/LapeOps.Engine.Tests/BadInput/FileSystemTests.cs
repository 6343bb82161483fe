using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Folders that lead in circles, disks that are full, folders that may not be written to.</summary>
public sealed class FileSystemTests
{
    private const int MostMegabytes = 700;

    [Fact]
    public async Task Links_that_lead_in_circles_are_not_followed()
    {
        using var folder = new TempFolder();
        folder.WriteText("corpora/xx/a.txt", string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}\n")));
        Directory.CreateSymbolicLink(folder["corpora/xx/up"], folder["corpora"]);
        Directory.CreateSymbolicLink(folder["corpora/xx/self"], "self");
        Directory.CreateSymbolicLink(folder["corpora/yy"], folder["corpora"]);
        await Child.Run("rows", folder["corpora"], "line", "1024").Succeeds(MostMegabytes);
    }

    [Theory]
    [InlineData("self.txt", "self.txt", "other")]
    [InlineData("a.txt", "b.txt", "a.txt")]
    public async Task A_text_that_links_to_itself_is_refused(string name, string target, string back)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["corpora"]);
        File.CreateSymbolicLink(folder[$"corpora/{name}"], target);
        if (target != name)
            File.CreateSymbolicLink(folder[$"corpora/{target}"], back);
        await Child.Run("rows", folder["corpora"], "file", "1000").IsRefused("FileNotReadable", name, MostMegabytes);
    }

    [Theory]
    [InlineData("config.json", "FileNotReadable")]
    [InlineData("model.safetensors", "FileNotReadable")]
    [InlineData("tokenizer.json", "TokenizerUnreadable")]
    public async Task A_file_of_a_model_that_links_to_itself_is_refused(string name, string errorId)
    {
        using var folder = new TempFolder();
        var model = new TinyModel().Write(folder["model"], tokenizer: true);
        File.Delete(Path.Combine(model, name));
        File.CreateSymbolicLink(Path.Combine(model, name), name);
        await Child.Run(name == "tokenizer.json" ? "folder-tokenizer" : "checkpoint", model).IsRefused(errorId, Path.Combine(model, name), MostMegabytes);
    }

    [Fact]
    public async Task A_model_folder_that_links_to_itself_is_refused_and_one_that_holds_itself_opens()
    {
        using var folder = new TempFolder();
        Directory.CreateSymbolicLink(folder["loop"], "loop");
        await Child.Run("checkpoint", folder["loop"]).IsRefused("ModelNotFound", folder["loop"], MostMegabytes);
        var model = new TinyModel().Write(folder["model"], tokenizer: true);
        Directory.CreateSymbolicLink(Path.Combine(model, "again"), model);
        await Child.Run("checkpoint", model).Succeeds(MostMegabytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Statistics_that_find_no_place_are_refused_and_leave_nothing(bool readOnly)
    {
        using var folder = new TempFolder();
        var model = new TinyModel().Write(folder["model"], tokenizer: true);
        folder.WriteText("corpora/xx.txt", new string('a', 2000));
        // 8 KiB hold less than counts and sums of the smallest model.
        await Mount.Run(folder, readOnly, "8k", "profile", model, folder["corpora"], Mount.Folder(folder) + "/s.safetensors", "32", "1")
            .IsRefused("OutputNotWritable", "s.safetensors", MostMegabytes, last: Mount.Empty);
    }

    [Theory]
    [InlineData(false, "mask.json")]
    [InlineData(false, "mask.neuron.pth")]
    [InlineData(false, "mask.safetensors")]
    [InlineData(false, "mask.csv")]
    [InlineData(true, "mask.json")]
    [InlineData(true, "mask.neuron.pth")]
    public async Task A_mask_that_finds_no_place_is_refused_and_leaves_nothing(bool readOnly, string name)
    {
        using var folder = new TempFolder();
        var neurons = string.Join(',', Enumerable.Range(0, 5000));
        var mask = folder.WriteText("mask.json", $$"""{ "layers": 1, "width": 5000, "languages": ["zh"], "neurons": { "zh": [[{{neurons}}]] } }""");
        await Mount.Run(folder, readOnly, "4k", "copy-mask", mask, $"{Mount.Folder(folder)}/{name}")
            .IsRefused("OutputNotWritable", name, MostMegabytes, last: Mount.Empty);
    }

    [Theory]
    [InlineData(false, "DiskFull")]
    [InlineData(true, "OutputNotWritable")]
    public async Task A_baked_model_that_finds_no_place_is_refused_and_leaves_nothing(bool readOnly, string errorId)
    {
        using var folder = new TempFolder();
        var model = new TinyModel().Write(folder["model"], tokenizer: true);
        await Mount.Run(folder, readOnly, readOnly ? "64m" : "64k", "bake", model, $"{Mount.Folder(folder)}/baked")
            .IsRefused(errorId, "baked", MostMegabytes, last: Mount.Empty);
    }

    [Fact]
    public async Task Rows_that_find_no_place_for_their_ids_are_refused()
    {
        using var folder = new TempFolder();
        folder.WriteText("corpora/xx.txt", string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i}\n")));
        await Mount.Run(folder, readOnly: true, "4k", "rows", folder["corpora"], "line", "99999744")
            .IsRefused("TemporaryNotWritable", Mount.Folder(folder), MostMegabytes, last: Mount.Empty);
    }
}
