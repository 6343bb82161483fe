using System.Globalization;
using System.Text.RegularExpressions;
using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>
/// Install-LapeLanguageModel in processes of their own with a cache of their own. The hash of the package is known, so the real one alone
/// is installed. What it shares with Install-LapeRuntime is tested there.
/// </summary>
public sealed class InstallLanguageModelTests : IDisposable
{
    private const string Install = "param($Source) $r = Install-LapeLanguageModel $Source; \"$($r.Path)|$($r.Version)|$($r.Bytes)|$($r -eq (Install-LapeLanguageModel ./nowhere))\"";
    private const string Hash = "J++3Vt21DKjJMME8AhqdtIb6wfeD8d8veG7qP3DHoIcMdTzb6J8pJk+LutvWbHxN4I2U8Er4Dhs3tcLRQGhrNg==";

    private static readonly string Unpacked = Path.Combine(RepositoryFiles.NuGetPackages, "searchpioneer.lingua", "2.0.0");
    private static readonly string Package = Path.Combine(Unpacked, "searchpioneer.lingua.2.0.0.nupkg");

    private readonly ScriptFolder _folder = new();
    private readonly FeedServer _feed = new();

    public InstallLanguageModelTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_CACHE_HOME names the cache on Linux alone.");
    }

    private string Languages => Path.Combine(_folder.FullName, "cache", "lapeops", "languages");

    private string Models => Path.Combine(Languages, "lingua-2.0.0");

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_gives_one_whole_folder_and_a_second_run_does_nothing()
    {
        RequirePackage();
        AssertInstalled(Run(Install, RepositoryFiles.NuGetPackages));
    }

    [Fact]
    public void Two_at_once_replace_a_folder_that_lacks_models_by_one_download_that_goes_on_where_it_was_cut()
    {
        RequirePackage();
        Directory.CreateDirectory(Path.Combine(Models, "zh"));
        File.WriteAllText(Path.Combine(Models, "zh", "trigrams.json.br"), "part");
        _feed.Add(Lingua() with { Bytes = File.ReadAllBytes(Package) });
        _feed.Cuts.Enqueue(1_000_000);
        using var first = Start(Install, _feed.Index);
        using var second = Start(Install, _feed.Index);
        AssertInstalled(first.End());
        AssertInstalled(second.End());
        Assert.Equal(["searchpioneer.lingua.2.0.0.nupkg 0", "searchpioneer.lingua.2.0.0.nupkg 1000000"], _feed.Downloads);
    }

    [Fact]
    public void Another_package_or_a_part_of_one_is_refused_and_leaves_nothing()
    {
        var package = Lingua();
        _feed.Add(package);
        var file = Path.Combine(_folder.FullName, "whole", package.FileName);
        var cut = Path.Combine(_folder.FullName, "cut", package.FileName);
        foreach (var (path, bytes) in new[] { (file, package.Bytes), (cut, package.Bytes[..^40]) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
        var run = Run($"param($Source) foreach ($s in $Source, '{file}', '{cut}') {{ try {{ Install-LapeLanguageModel $s }} catch {{ $_.FullyQualifiedErrorId.Split(',')[0] + ' ' + $_.Exception.Message }} }}", _feed.Index);
        var messages = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, messages.Length);
        Assert.Matches($"^PackageHashMismatch .* {Regex.Escape(Hash)} was expected.*{Regex.Escape(_feed.Root)}", messages[0]);
        Assert.Matches($"^PackageHashMismatch .* {Regex.Escape(Hash)} was expected.*{Regex.Escape(file)}", messages[1]);
        Assert.StartsWith($"PackageInvalid {cut} is no whole NuGet package", messages[2], StringComparison.Ordinal);
        // A lock file that is deleted could be locked twice.
        Assert.Equal([Models + ".lock"], Directory.GetFileSystemEntries(Languages));
    }

    [Fact]
    public void WhatIf_tells_package_and_bytes_and_writes_nothing()
    {
        var package = Lingua();
        _feed.Add(package);
        var run = Run("param($Source) Install-LapeLanguageModel $Source -WhatIf", _feed.Index);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var bytes = package.Bytes.Length.ToString("N0", CultureInfo.InvariantCulture);
        Assert.Contains($"What if: Download {bytes} bytes: SearchPioneer.Lingua 2.0.0 ({bytes} bytes), from {_feed.Root}; write 73 MB to {Models}", run.Output, StringComparison.Ordinal);
        Assert.Empty(_feed.Downloads);
        Assert.False(Directory.Exists(Languages));
    }

    // A stand-in, with a name that leads elsewhere.
    private static TestPackage Lingua() => new("searchpioneer.lingua", "2.0.0", [],
        ("contentFiles/any/any/Lingua/LanguageModels/en/bigrams.json.br", [1, 2, 3]), ("contentFiles/any/any/Lingua/LanguageModels/../../evil.json.br", [1, 2, 3]));

    private static void RequirePackage() => Assert.SkipUnless(File.Exists(Package), "The package SearchPioneer.Lingua 2.0.0 is not in NuGet's cache here.");

    private void AssertInstalled(HostResult run)
    {
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var source = Path.Combine(Unpacked, "contentFiles", "any", "any", "Lingua", "LanguageModels");
        var files = Files(source);
        Assert.Equal(383, files.Length);
        Assert.Equal(files, Files(Models));
        Assert.All(files, file => Assert.True(File.ReadAllBytes(Path.Combine(source, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(Models, file))), file));
        Assert.Equal([Models, Models + ".lock"], Directory.GetFileSystemEntries(Languages).Order(StringComparer.Ordinal));
        Assert.Equal($"{Models}|2.0.0|73308142|True\n", run.Output);
    }

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];

    private HostResult Run(string script, string source)
    {
        using var host = Start(script, source);
        return host.End();
    }

    private HostProcess Start(string script, string source) =>
        HostProcess.Start([_folder.Write($"{Guid.NewGuid():N}.ps1", script), "-Source", source], new Dictionary<string, string> { ["XDG_CACHE_HOME"] = Path.Combine(_folder.FullName, "cache") });
}
