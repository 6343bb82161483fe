using System.Globalization;
using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>
/// Install-LapeLanguageModel in processes of their own with a cache of their own. The hash of the package is known, so the real one alone
/// is installed. What it shares with Install-LapeRuntime is tested there.
/// </summary>
public sealed class InstallLanguageModelTests : IDisposable
{
    private const string Install = "param($Source) $r = Install-LapeLanguageModel $Source; \"$($r.Path)|$($r.Version)|$($r.Bytes)\"";
    private const string Caught = "param($Source) try { Install-LapeLanguageModel $Source } catch { 'caught ' + $_.FullyQualifiedErrorId.Split(',')[0]; $_.Exception.Message }";
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
        var run = Run(Install, Package);
        AssertInstalled(run);
        Assert.Equal(run, Run(Install, Path.Combine(_folder.FullName, "nowhere")));

        File.Delete(Path.Combine(Models, "zh", "trigrams.json.br"));
        AssertInstalled(Run(Install, RepositoryFiles.NuGetPackages));
    }

    [Fact]
    public void Two_at_once_download_once_and_go_on_where_the_connection_was_cut()
    {
        RequirePackage();
        _feed.Add(Lingua() with { Bytes = File.ReadAllBytes(Package) });
        _feed.Cuts.Enqueue(1_000_000);
        using var first = Start(Install, _feed.Index);
        using var second = Start(Install, _feed.Index);
        AssertInstalled(first.End());
        AssertInstalled(second.End());
        Assert.Equal(["searchpioneer.lingua.2.0.0.nupkg 0", "searchpioneer.lingua.2.0.0.nupkg 1000000"], _feed.Downloads);
    }

    [Fact]
    public void Another_package_is_refused_whatever_its_feed_says_and_leaves_nothing()
    {
        _feed.Add(Lingua());
        var output = Run(Caught, _feed.Index).Output;
        Assert.StartsWith("caught PackageHashMismatch\n", output, StringComparison.Ordinal);
        Assert.Contains(Hash, output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(false, "PackageHashMismatch")]
    [InlineData(true, "PackageInvalid")]
    public void Another_file_or_a_part_of_one_is_refused_and_leaves_nothing(bool truncated, string errorId)
    {
        var package = Lingua();
        var file = Path.Combine(_folder.FullName, package.FileName);
        File.WriteAllBytes(file, truncated ? package.Bytes[..^40] : package.Bytes);
        var output = Run(Caught, file).Output;
        Assert.StartsWith($"caught {errorId}\n", output, StringComparison.Ordinal);
        Assert.Contains(file, output, StringComparison.Ordinal);
        AssertNothingLeft();
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
        Assert.Equal($"{Models}|2.0.0|73308142\n", run.Output);
    }

    private void AssertNothingLeft() => Assert.Empty(Directory.Exists(Languages) ? Directory.GetFileSystemEntries(Languages).Except([Models + ".lock"]) : []);

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
