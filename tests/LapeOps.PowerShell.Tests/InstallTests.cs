using System.Management.Automation;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>What a session sees of Install-LapeRuntime; what it does is tested in processes of their own, by LapeOps.Host.Tests.</summary>
public sealed class InstallTests : IDisposable
{
    private const string Cache = "XDG_CACHE_HOME";

    private readonly string? _before = Environment.GetEnvironmentVariable(Cache);
    private readonly Session _session;
    private readonly FeedServer _feed = new();

    public InstallTests(ModuleFixture module)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_CACHE_HOME names the cache on Linux alone.");
        Environment.SetEnvironmentVariable(Cache, module.NewFolder());
        _session = module.Open();
        foreach (var package in TestPackage.Cuda())
            _feed.Add(package);
        _session.Set("feed", _feed.Index);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Cache, _before);
        _session?.Dispose();
        _feed.Dispose();
    }

    [Fact]
    public void Progress_counts_bytes_to_the_end_of_each_step()
    {
        var installed = _session.Run("Install-LapeRuntime $feed -Flavor Cuda").Single();
        Assert.True(Directory.Exists(installed.Text("Path")));
        var bytes = TestPackage.Cuda().Sum(p => p.Bytes.Length).ToString("N0", System.Globalization.CultureInfo.CurrentCulture);
        var steps = _session.Host.Progress.GroupBy(p => p.Activity).ToDictionary(g => g.Key, g => g.ToArray());
        Assert.Equal(["Downloading libtorch", "Unpacking libtorch"], steps.Keys.Order());
        Assert.All(steps.Values, step => Assert.Equal((100, ProgressRecordType.Completed), (step[^1].PercentComplete, step[^1].RecordType)));
        Assert.Contains($"{bytes} of {bytes} bytes", steps["Downloading libtorch"][^1].StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public void It_stops_when_the_session_stops_it()
    {
        _feed.Cuts.Enqueue(0);
        _feed.Hangs = true;
        using var shell = System.Management.Automation.PowerShell.Create(_session.Runspace);
        var running = shell.AddScript("Install-LapeRuntime $feed -Flavor Cuda").BeginInvoke();
        Assert.True(SpinWait.SpinUntil(() => _feed.Downloads.Count > 0, TimeSpan.FromSeconds(60)));
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
    }
}
