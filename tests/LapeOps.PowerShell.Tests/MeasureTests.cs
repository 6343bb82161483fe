using System.Management.Automation;
using LapeOps.Tests.Shared;
using Shell = System.Management.Automation.PowerShell;

namespace LapeOps.PowerShell.Tests;

/// <summary>Measure-LapeActivation: plans, progress, stopping and going on.</summary>
public sealed class MeasureTests(ModuleFixture module) : IDisposable
{
    // Long enough to be stopped in the middle, with a group every row.
    private const string Measure = "Measure-LapeActivation $demo $corpus -Context 128 -BatchSize 1 -MaxTokens 6000 -OutPath $out";

    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void WhatIf_shows_the_rows_and_writes_nothing()
    {
        var path = module.New("s.safetensors");
        var plans = _session.Run("Measure-LapeActivation $demo $texts -Context 128 -OutPath $out -WhatIf", ("out", path)).Clean();
        Assert.All(plans, p => Assert.Equal("LapeOps.PowerShell.Objects.LapeProfilePlan", p.TypeNames[0]));
        Assert.Equal(["en", "es", "fr", "id", "ja", "vi", "zh"], plans.Select(p => p.Text("Language")!));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        // They are the rows that are counted.
        var counted = _session.Run("(Measure-LapeActivation $demo $texts -Context 128 -OutPath $s).Activations | ForEach-Object Tokens").Clean();
        Assert.Equal(counted.Select(t => (long)t.BaseObject), plans.Select(p => p.Get<long>("Tokens")));
        Assert.All(plans, p => Assert.True(p.Get<int>("HeldOutRows") == 8 && p.Get<long>("MemoryBytes") > 0));
    }

    [Fact]
    public void WhatIf_shows_bytes_a_token_device_memory_by_part_file_and_time()
    {
        var plans = _session.Run("$p = Measure-LapeActivation $demo $texts -Context 64 -WhatIf; $p").Clean();
        var measured = module.New("s.safetensors");
        _session.Run("Measure-LapeActivation $demo $texts -Context 64 -OutPath $out", ("out", measured)).Single();
        Assert.All(plans, p =>
        {
            Assert.Equal(("cpu", "Float32", 0L, 1L), (p.Text("Device"), p.Text("DType"), p.Get<long>("Duplicates"), p.Get<long>("DocumentCount")));
            Assert.InRange(p.Get<double>("BytesPerToken"), 1, 8);
            Assert.True(p.Get<long>("LongestDocument") > 1000 && p.Get<TimeSpan>("Time") > TimeSpan.Zero);
            // Its tokenizer cuts texts into words first, so that only a short one is held whole.
            Assert.Equal(p.Get<long>("LongestDocument") < 1 << 15, p.Get<bool>("HeldWhole"));
            Assert.InRange(p.Get<int>("HeldCharacters"), 1, 1 << 16);
            Assert.Equal(p.Get<long>("MemoryBytes"), p.Get<long>("WeightBytes") + p.Get<long>("PassBytes") + p.Get<long>("StatisticsBytes"));
            // The file has a header beside its arrays.
            Assert.InRange(new FileInfo(measured).Length - p.Get<long>("FileBytes"), 1, 20_000);
        });
    }

    [Fact]
    public void Formats_are_read_and_duplicates_told_or_left_out()
    {
        var folder = module.NewFolder();
        var lines = File.ReadAllLines(Path.Combine(RepositoryFiles.Texts, "zh.txt"));
        string Json(string line) => System.Text.Json.JsonSerializer.Serialize(new { body = line });
        File.WriteAllLines(Path.Combine(folder, "zh.jsonl"), lines.Concat(lines[..5]).Where(l => l.Length > 0).Select(Json));
        File.WriteAllText(Path.Combine(folder, "fr.txt"), File.ReadAllText(Path.Combine(RepositoryFiles.Texts, "fr.txt")), System.Text.Encoding.Unicode);
        const string plan = "Measure-LapeActivation $demo $folder -Context 64 -TextField body -WhatIf";
        var told = _session.Run(plan, ("folder", folder));
        var duplicates = told.Output.Single(p => p.Text("Language") == "zh").Get<long>("Duplicates");
        Assert.True(duplicates > 0);
        Assert.Contains($"'zh' has {duplicates} of ", Assert.Single(told.Warnings).Message, StringComparison.Ordinal);
        var dropped = _session.Run($"{plan} -Deduplicate");
        Assert.Empty(dropped.Warnings);
        Assert.True(dropped.Output.Single(p => p.Text("Language") == "zh").Get<long>("TokensFound") < told.Output.Single(p => p.Text("Language") == "zh").Get<long>("TokensFound"));
        Assert.Equal(_session.Run("(Measure-LapeActivation $demo \"$texts/fr.txt\" -Context 64 -WhatIf).TokensFound").Single().BaseObject, told.Output.Single(p => p.Text("Language") == "fr").Get<long>("TokensFound"));
        Assert.Contains("zh.jsonl, line 1", _session.Run("Measure-LapeActivation $demo $folder -Context 64 -WhatIf").Fails("CorpusInvalid"), StringComparison.Ordinal);
        // Statistics say how their texts were read, so that perplexity finds the rows again.
        _session.Run("$d = Measure-LapeActivation $demo $folder -Context 64 -MaxTokens 1300 -TextField body -Deduplicate; Measure-LapePerplexity $demo $d $folder").Clean();
    }

    [Fact]
    public void Other_forms_of_the_texts_are_counted_apart()
    {
        var folder = module.NewFolder();
        foreach (var language in new[] { "en", "zh" })
            File.WriteAllLines(Path.Combine(folder, language + ".txt"), File.ReadLines(Path.Combine(RepositoryFiles.Texts, language + ".txt")).Take(40));
        _session.Run("""
            $plain, $shuffled, $again, $other, $latin = @{}, @{ Transform = 'Shuffle' }, @{ Transform = 'Shuffle'; Seed = 0 }, @{ Transform = 'Shuffle'; Seed = 1 }, @{ Transform = 'Romanize' } |
                ForEach-Object { Measure-LapeActivation $demo $folder -Context 64 -Sums None @_ }
            """, ("folder", folder)).Clean();
        _session.Run("$plain, $shuffled | Merge-LapeActivation").Fails("MergeRefused");
        Assert.Contains("Seed 0 and 1", _session.Run("$shuffled, $other | Merge-LapeActivation").Fails("MergeRefused"), StringComparison.Ordinal);
        Assert.NotEqual(_session.Run("Get-LapeNeurons $plain").Clean().Neurons(), _session.Run("Get-LapeNeurons $latin").Clean().Neurons());
        Assert.Equal(_session.Run("Get-LapeNeurons $shuffled").Clean().Neurons(), _session.Run("Get-LapeNeurons $again").Clean().Neurons());
        // Held-out rows are found in the same form again.
        Assert.Equal(2, _session.Run("Measure-LapePerplexity $demo $latin $folder").Clean().Count);
        var path = module.New("mask.json");
        _session.Run("Get-LapeNeurons $other | Export-LapeMask $path", ("path", path)).Clean();
        Assert.Contains("\"transform\":\"Shuffle, seed 1\"", File.ReadAllText(path), StringComparison.Ordinal);
        // A run neither goes on from another form nor replaces it.
        _session.Run("Measure-LapeActivation $demo $folder -Context 64 -Sums None -OutPath $out", ("out", module.New("s.safetensors"))).Clean();
        _session.Run("Measure-LapeActivation $demo $folder -Context 64 -Sums None -OutPath $out -Transform Romanize").Fails("OutputExists");
    }

    [Fact]
    public void Few_tokens_are_told_with_what_they_do()
    {
        var folder = module.NewFolder();
        foreach (var language in new[] { "en", "zh" })
            File.WriteAllLines(Path.Combine(folder, language + ".txt"), File.ReadLines(Path.Combine(RepositoryFiles.Texts, language + ".txt")).Take(language == "zh" ? 20 : 400));
        var told = Assert.Single(_session.Run("$few = Measure-LapeActivation $demo $folder -Context 64 -Sums None", ("folder", folder)).Warnings).Message;
        Assert.StartsWith("1 of 2 languages have fewer than 4,096 tokens to count: zh ", told, StringComparison.Ordinal);
        Assert.Contains("a batch size of 1", told, StringComparison.Ordinal);
        Assert.Equal(told, Assert.Single(_session.Run("Get-LapeNeurons $few").Warnings).Message);
        Assert.DoesNotContain("a batch size of 1", Assert.Single(_session.Run("Measure-LapeActivation $demo $folder -Context 64 -BatchSize 1 -WhatIf").Warnings).Message, StringComparison.Ordinal);
        Assert.Empty(_session.Run("Get-LapeNeurons $s").Warnings);
    }

    [Fact]
    public void WhatIf_loads_no_weights()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The model is a sparse file of 600 GB, which needs a file system that has them.");
        _session.Set("huge", HugeModel.Make(module.New("huge")));
        _session.Run("Open-LapeModel $huge").Fails("MemoryInsufficient");
        var planned = _session.Run("Measure-LapeActivation $huge $texts -Context 64 -WhatIf");
        Assert.Equal(7, planned.Clean().Count);
        Assert.Contains(" MB are available on cpu", Assert.Single(planned.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_names_the_language_and_the_time_left()
    {
        _session.Run("Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/vi.txt\" -Context 64 -BatchSize 4 -MaxTokens 1300").Clean();
        var shown = _session.Host.Progress.Where(p => p.Activity == "Profiling demo").ToArray();
        Assert.StartsWith("zh: ", shown[0].StatusDescription, StringComparison.Ordinal);
        Assert.StartsWith("vi: ", shown[^1].StatusDescription, StringComparison.Ordinal);
        Assert.All(shown, p => Assert.True(p.SecondsRemaining >= 0));
        Assert.Equal(shown.Select(p => p.PercentComplete).Order(), shown.Select(p => p.PercentComplete));
        Assert.Equal(ProgressRecordType.Completed, shown[^1].RecordType);
        Assert.Single(shown, p => p.RecordType == ProgressRecordType.Completed);
    }

    [Fact]
    public async Task Stopping_keeps_whole_groups_and_running_again_gives_the_same_bytes()
    {
        _session.Set("corpus", new[] { "zh", "fr" }.Select(l => Path.Combine(RepositoryFiles.Texts, l + ".txt")).ToArray());
        var whole = module.New("s.safetensors");
        _session.Run(Measure, ("out", whole)).Single();
        var path = module.New("s.safetensors");
        _session.Set("out", path);
        using (var shell = Shell.Create(_session.Runspace))
        {
            // As Ctrl+C does, in the middle of the second language.
            var reached = new TaskCompletionSource();
            _session.Host.OnProgress = p => { if (p.StatusDescription.StartsWith("fr: ", StringComparison.Ordinal)) reached.TrySetResult(); };
            var running = shell.AddScript(Measure).BeginInvoke();
            await reached.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            await Task.Run(shell.Stop, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
            Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        }
        // Nothing works on: the lock is free, and the groups are there.
        Assert.Equal(["s.safetensors.partial"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(f => Path.GetFileName(f)));
        var before = _session.Host.Progress.Count;
        _session.Host.OnProgress = null;
        _session.Run(Measure).Single();
        Assert.All(_session.Host.Progress.Skip(before), p => Assert.StartsWith("fr: ", p.StatusDescription, StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(path));
        Assert.Equal(["s.safetensors"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void What_may_not_be_written_on_the_way_is_told_once_the_work_has_ended()
    {
        // The context is beyond the model's, which is a warning, and here an error; a group takes long enough to be met.
        var path = module.New("s.safetensors");
        var outcome = _session.Run("Measure-LapeActivation $demo \"$texts/fr.txt\" -Context 600 -BatchSize 12 -OutPath $out -WarningAction Stop", ("out", path));
        Assert.True(outcome.Ended);
        Assert.Contains("600", outcome.Fails("ActionPreferenceStop"), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(path)!), f => f.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public void A_language_more_leaves_the_others_as_they_are()
    {
        _session.Set("out", module.New("s.safetensors"));
        const string rest = "-Context 64 -MaxTokens 1300 -OutPath $out";
        _session.Run($"Measure-LapeActivation $demo \"$texts/zh.txt\" {rest}").Single();
        var before = _session.Host.Progress.Count;
        var both = _session.Run($"Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/vi.txt\" {rest}").Single();
        Assert.Equal(["zh", "vi"], both.Get<string[]>("Languages"));
        Assert.All(_session.Host.Progress.Skip(before), p => Assert.StartsWith("vi: ", p.StatusDescription, StringComparison.Ordinal));
        before = _session.Host.Progress.Count;
        _session.Run($"Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/vi.txt\" {rest} -Force").Single();
        Assert.StartsWith("zh: ", _session.Host.Progress[before].StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_can_be_left_out()
    {
        string[] paths = [module.New("all.safetensors"), module.New("none.safetensors")];
        const string measure = "Measure-LapeActivation $demo \"$texts/zh.txt\", \"$texts/vi.txt\" -Context 64 -MaxTokens 1300 -OutPath $out";
        _session.Run(measure, ("out", paths[0])).Single();
        _session.Run($"{measure} -Sums None", ("out", paths[1])).Single();
        Assert.True(new FileInfo(paths[1]).Length < new FileInfo(paths[0]).Length / 2);
        Assert.Equal(_session.Run("Get-LapeNeurons $all", ("all", paths[0])).Clean().Neurons(), _session.Run("Get-LapeNeurons $none", ("none", paths[1])).Clean().Neurons());
    }

    [Fact]
    public void Rows_can_be_packed_and_documents_be_lines()
    {
        const string plan = "Measure-LapeActivation $demo \"$texts/zh.txt\" -Context 64 -WhatIf";
        var auto = _session.Run(plan).Single();
        var none = _session.Run($"{plan} -RowStart None").Single();
        Assert.Equal(63 * auto.Get<long>("Rows"), auto.Get<long>("Tokens"));
        Assert.Equal(64 * none.Get<long>("Rows"), none.Get<long>("Tokens"));
        Assert.Equal(0, _session.Run($"{plan} -HoldOut 0").Single().Get<int>("HeldOutRows"));
        Assert.NotEqual(auto.Get<long>("TokensDropped"), _session.Run($"{plan} -Documents Line").Single().Get<long>("TokensDropped"));
        Assert.Contains("zh", _session.Run($"{plan} -MaxTokens 70").Fails("CorpusTooSmall"), StringComparison.Ordinal);
    }
}
