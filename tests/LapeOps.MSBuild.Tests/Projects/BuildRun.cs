using LapeOps.Tests.Shared;
using Microsoft.Build.Logging.StructuredLogger;

namespace LapeOps.MSBuild.Tests.Projects;

/// <summary>What a build did, from its output and its binary log.</summary>
internal sealed class BuildRun(Dotnet.Result run, string log)
{
    private readonly Lazy<Build> _build = new(() => BinaryLog.ReadBuild(log));

    public bool Succeeded => run.ExitCode == 0;

    public string Output => run.Output;

    /// <summary>The tasks of LapeOps that ran, in order.</summary>
    public IReadOnlyList<string> Tasks
    {
        get
        {
            var tasks = new List<string>();
            _build.Value.VisitAllChildren<Microsoft.Build.Logging.StructuredLogger.Task>(t =>
            {
                if (t.Name.Contains("Lape", StringComparison.Ordinal))
                    tasks.Add(t.Name);
            });
            return tasks;
        }
    }

    /// <summary>Errors and warnings that have a code of LapeOps.</summary>
    public IReadOnlyList<AbstractDiagnostic> Diagnostics
    {
        get
        {
            var found = new List<AbstractDiagnostic>();
            _build.Value.VisitAllChildren<AbstractDiagnostic>(d =>
            {
                if (d.Code?.StartsWith("LAPE", StringComparison.Ordinal) == true)
                    found.Add(d);
            });
            return [.. found.DistinctBy(d => (d.Code, d.Text))];
        }
    }

    /// <summary>Languages that were computed, by what the measuring task said.</summary>
    public string Measured => run.Output.Split('\n').Where(l => l.Contains("measured now: ", StringComparison.Ordinal))
        .Select(l => l[(l.IndexOf("measured now: ", StringComparison.Ordinal) + "measured now: ".Length)..].TrimEnd('\r', '.')).DefaultIfEmpty("").Single();

    /// <summary>Fails where the build did.</summary>
    public BuildRun Required()
    {
        Assert.True(Succeeded, Output);
        return this;
    }
}
