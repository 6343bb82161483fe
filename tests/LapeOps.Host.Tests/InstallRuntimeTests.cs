using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using LapeOps.Tests.Shared;

namespace LapeOps.Host.Tests;

/// <summary>Install-LapeRuntime in processes of their own with a cache of their own, from a feed on loopback and from files.</summary>
public sealed class InstallRuntimeTests : IDisposable
{
    private const string Cuda = "libtorch-2.10.0-torchsharp-0.107.0-linux-x64-cuda";
    private const string Install = "param($Source) $r = Install-LapeRuntime -Source $Source -Flavor Cuda -Verbose; \"$($r.Path)|$($r.Flavor)|$($r.Version)|$($r.Bytes)\"";

    private readonly ScriptFolder _folder = new();
    private readonly FeedServer _feed = new();

    public InstallRuntimeTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_CACHE_HOME names the cache on Linux alone.");
        foreach (var package in TestPackage.Cuda())
            _feed.Add(package);
    }

    private string Runtimes => Path.Combine(_folder.FullName, "cache", "lapeops", "runtime");

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_feed_gives_one_whole_folder_and_a_second_run_asks_for_nothing()
    {
        var run = Run(Install, _feed.Index);
        AssertInstalled(run);
        Assert.Equal(4, _feed.Downloads.Count);

        _feed.Forget();
        Assert.EndsWith(Line(run), Run(Install, _feed.Index).Output, StringComparison.Ordinal);
        Assert.Empty(_feed.Downloads);

        File.Delete(Path.Combine(Runtimes, Cuda, "libtorch_cpu.so"));
        AssertInstalled(Run(Install, _feed.Index));
        _feed.Forget();
        AssertInstalled(Run(Install.Replace("-Flavor", "-Force -Flavor", StringComparison.Ordinal), _feed.Index));
        Assert.Equal(4, _feed.Downloads.Count);
    }

    [Fact]
    public void A_cut_connection_goes_on_where_it_ended()
    {
        _feed.Cuts.Enqueue(int.MaxValue); // the first package is tiny
        _feed.Cuts.Enqueue(1000);
        _feed.Cuts.Enqueue(2000);
        AssertInstalled(Run(Install, _feed.Index));
        Assert.Equal(["0", "1000", "3000"], Ranges("part1"));
    }

    [Fact]
    public void A_server_without_ranges_starts_over()
    {
        _feed.Ranges = false;
        _feed.Cuts.Enqueue(int.MaxValue);
        _feed.Cuts.Enqueue(1000);
        AssertInstalled(Run(Install, _feed.Index));
        Assert.Equal(["0", "0"], Ranges("part1"));
    }

    [Fact]
    public void What_a_failed_run_has_downloaded_is_kept_for_the_next_one()
    {
        _feed.Cuts.Enqueue(int.MaxValue);
        _feed.Cuts.Enqueue(1000);
        _feed.Refuses = true;
        var message = Fails("DownloadFailed", Install, _feed.Index);
        Assert.Contains("1,000 bytes are kept: run the command again", message, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Part("part1")).Length);
        Assert.Empty(Directory.GetDirectories(Runtimes));

        _feed.Refuses = false;
        _feed.Forget();
        AssertInstalled(Run(Install, _feed.Index));
        Assert.Equal(["1000"], Ranges("part1"));
        Assert.Equal(3, _feed.Downloads.Count);
    }

    [Fact]
    public void A_package_that_is_another_one_by_then_is_downloaded_anew()
    {
        _feed.Cuts.Enqueue(int.MaxValue);
        _feed.Cuts.Enqueue(1000);
        _feed.Refuses = true;
        Fails("DownloadFailed", Install, _feed.Index);

        _feed.Refuses = false;
        foreach (var package in TestPackage.Cuda(seed: 50))
            _feed.Add(package);
        AssertInstalled(Run(Install, _feed.Index), seed: 50);
    }

    [Fact]
    public void A_wrong_hash_names_both_and_leaves_nothing()
    {
        var package = TestPackage.Cuda()[1];
        var claimed = Convert.ToBase64String(SHA512.HashData([1]));
        _feed.Add(package, claimed);
        var message = Fails("PackageHashMismatch", Install, _feed.Index);
        Assert.Contains(claimed, message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(SHA512.HashData(package.Bytes)), message, StringComparison.Ordinal);
        Assert.False(File.Exists(Part("part1")));
        Assert.Empty(Directory.GetDirectories(Runtimes));
    }

    [Fact]
    public void The_hash_of_libtorch_for_the_CPU_is_known_whatever_the_feed_says()
    {
        _feed.Add(new TestPackage("libtorch-cpu-linux-x64", "2.10.0", [], ("runtimes/linux-x64/native/libc10.so", [1, 2, 3])));
        var message = Fails("PackageHashMismatch", "param($Source) Install-LapeRuntime $Source", _feed.Index);
        Assert.Contains("XjuaFwqqvwstyeUWyz/xtfhODesmagoPKO7T0VRmiW+r0pJwsXB/vHydA7it9xge36PSXW1qLyRRzvM3J8i9UA==", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v3/index.json", "PackageNotFound", "libtorch-cpu-linux-x64 2.10.0")]
    [InlineData("/nowhere.json", "SourceInvalid", "404")]
    [InlineData("/files/libtorch-cuda-12.8-linux-x64/2.10.0/libtorch-cuda-12.8-linux-x64.nuspec", "SourceInvalid", "no JSON")]
    [InlineData("/catalog/libtorch-cuda-12.8-linux-x64.2.10.0.json", "SourceInvalid", "PackageBaseAddress")]
    public void An_address_that_has_it_not_is_named(string path, string errorId, string says) =>
        Assert.Contains(says.Replace("libtorch-cpu-linux-x64 2.10.0", "libtorch-cpu-linux-x64.2.10.0.nupkg", StringComparison.Ordinal),
            Fails(errorId, "param($Source) Install-LapeRuntime $Source", _feed.Root + path), StringComparison.Ordinal);

    [Fact]
    public void WhatIf_tells_packages_and_bytes_and_writes_nothing()
    {
        var run = Run("param($Source) Install-LapeRuntime $Source -Flavor Cuda -WhatIf", _feed.Index);
        var packages = TestPackage.Cuda();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"What if: Download {Number(packages.Sum(p => p.Bytes.Length))} bytes: ", run.Output, StringComparison.Ordinal);
        Assert.All(packages, p => Assert.Contains($"{p.Id} 2.10.0 ({Number(p.Bytes.Length)} bytes)", run.Output, StringComparison.Ordinal));
        Assert.Contains($"to {Path.Combine(Runtimes, Cuda)}", run.Output, StringComparison.Ordinal);
        Assert.Empty(_feed.Downloads);
        Assert.False(Directory.Exists(Runtimes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_of_packages_will_do(bool nested)
    {
        var packages = Packages(nested, TestPackage.Cuda());
        var run = Run(Install, packages);
        AssertInstalled(run);
        Assert.Contains("there is no hash to hold it against", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFiles(packages, "*.nupkg", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void A_missing_piece_and_a_broken_file_are_named()
    {
        var packages = Packages(false, TestPackage.Cuda());
        File.WriteAllBytes(Path.Combine(packages, TestPackage.Cuda()[3].FileName), new TestPackage(TestPackage.Cuda()[3].Id, "2.10.0", []).Bytes);
        Assert.Contains("libtorch_cuda.so has the SHA-256", Fails("RuntimeIncomplete", Install, packages), StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(packages, TestPackage.Cuda()[3].FileName), [1, 2, 3]);
        Assert.Contains("part2-fragment1", Fails("PackageInvalid", Install, packages), StringComparison.Ordinal);
        File.Delete(Path.Combine(packages, TestPackage.Cuda()[3].FileName));
        Assert.Contains("libtorch-cuda-12.8-linux-x64-part2-fragment1.2.10.0.nupkg is not at", Fails("PackageNotFound", Install, packages), StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Runtimes) ? Directory.GetDirectories(Runtimes) : []);
    }

    [Fact]
    public void A_dependency_that_leads_elsewhere_is_refused()
    {
        _feed.Add(new TestPackage("libtorch-cuda-12.8-linux-x64", "2.10.0", ["libtorch-/../../evil"]));
        Assert.Contains("'libtorch-/../../evil' is no id", Fails("PackageInvalid", Install, _feed.Index), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_at_once_make_one_folder()
    {
        using var first = Start(Install, _feed.Index);
        using var second = Start(Install, _feed.Index);
        AssertInstalled(first.End());
        AssertInstalled(second.End());
        Assert.Equal(4, _feed.Downloads.Count);
    }

    [Fact]
    public void Ctrl_C_stops_and_keeps_what_was_downloaded()
    {
        _feed.Cuts.Enqueue(int.MaxValue);
        _feed.Cuts.Enqueue(1000);
        _feed.Hangs = true;
        using var run = Start(Install, _feed.Index);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Part("part1")) && new FileInfo(Part("part1")).Length == 1000, TimeSpan.FromSeconds(60)));
        using (var kill = Process.Start("kill", ["-INT", run.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        Assert.Equal(130, run.End().ExitCode);
        Assert.Equal(1000, new FileInfo(Part("part1")).Length);
        Assert.Empty(Directory.GetDirectories(Runtimes));

        _feed.Hangs = false;
        AssertInstalled(Run(Install, _feed.Index));
    }

    // Both times the libraries are too large: the feed tells so, or the disk does.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_full_disk_is_told_with_both_numbers_and_no_half_folder_stays(bool listsFiles)
    {
        _feed.ListsFiles = listsFiles;
        var packages = TestPackage.Cuda();
        packages[1] = packages[1] with { Files = [.. packages[1].Files, ("runtimes/linux-x64/native/libzeros.so", new byte[8 << 20])] };
        foreach (var package in packages)
            _feed.Add(package);
        var cache = Directory.CreateDirectory(Path.Combine(_folder.FullName, "cache")).FullName;
        var script = _folder.Write("script.ps1", Caught(Install));
        const string mounted = "mount -t tmpfs -o size=4m tmpfs \"$1\" || exit 99; cache=$1; shift; \"$@\"; code=$?; find \"$cache\" -mindepth 3 -type d -exec echo left {} ';' >&2; exit $code";
        var start = new ProcessStartInfo("unshare", ["-rm", "sh", "-c", mounted, "sh", cache, HostProcess.Dotnet, HostProcess.Assembly, script, "-Source", _feed.Index])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = cache;
        using var run = Process.Start(start)!;
        var output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await output + await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(run.ExitCode == 99 || error.Contains("unshare", StringComparison.Ordinal), "Mounting in a namespace of one's own (unshare -rm) is not permitted here.");
        Assert.Matches("caught DiskFull\n.* needs [0-9,]+ bytes while it is made, and [0-9,]+ are free there", error);
        Assert.DoesNotContain("left ", error, StringComparison.Ordinal);
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Line(HostResult run) => run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1] + "\n";

    private void AssertInstalled(HostResult run, int seed = 1)
    {
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var made = Path.Combine(Runtimes, Cuda);
        string[] files = ["libLibTorchSharp.so", "libc10.so", "libc10_cuda.so", "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so"];
        Assert.Equal(files, Directory.GetFileSystemEntries(made).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(TestPackage.CudaLibrary(seed), File.ReadAllBytes(Path.Combine(made, "libtorch_cuda.so")));
        Assert.Equal([Cuda, Cuda + ".lock"], Directory.GetFileSystemEntries(Runtimes).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal($"{made}|Cuda|2.10.0|{files.Sum(f => new FileInfo(Path.Combine(made, f)).Length)}\n", Line(run));
    }

    private string[] Ranges(string part) => [.. _feed.Downloads.Where(d => d.Contains(part, StringComparison.Ordinal)).Select(d => d.Split(' ')[1])];

    private string Part(string part) => Path.Combine(Runtimes, $"libtorch-cuda-12.8-linux-x64-{part}.2.10.0.nupkg.part");

    private string Packages(bool nested, TestPackage[] packages)
    {
        var folder = Path.Combine(_folder.FullName, "packages");
        foreach (var package in packages)
        {
            var place = Directory.CreateDirectory(nested ? Path.Combine(folder, package.Id, package.Version) : folder).FullName;
            File.WriteAllBytes(Path.Combine(place, package.FileName), package.Bytes);
        }
        return folder;
    }

    // The message of the error that a script ends with, after its stable id was checked.
    private string Fails(string errorId, string script, string source)
    {
        var run = Run(Caught(script), source);
        Assert.True(run.Output.Contains($"caught {errorId}\n", StringComparison.Ordinal), run.Output + run.Error);
        return run.Output[(run.Output.IndexOf("caught ", StringComparison.Ordinal))..];
    }

    private static string Caught(string script) =>
        $"{script.Replace("param($Source)", "param($Source) try {", StringComparison.Ordinal)} }} catch {{ 'caught ' + $_.FullyQualifiedErrorId.Split(',')[0]; $_.Exception.Message }}";

    private HostResult Run(string script, string source)
    {
        using var host = Start(script, source);
        return host.End();
    }

    private HostProcess Start(string script, string source) =>
        HostProcess.Start([_folder.Write($"{Guid.NewGuid():N}.ps1", script), "-Source", source], new Dictionary<string, string> { ["XDG_CACHE_HOME"] = Path.Combine(_folder.FullName, "cache") });
}
