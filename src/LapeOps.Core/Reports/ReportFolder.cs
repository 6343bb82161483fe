using System.Text;
using LapeOps.Formats;
using LapeOps.Reports.Html;

namespace LapeOps.Reports;

/// <summary>A report as files: report.html, report.json, and a .csv for each table.</summary>
public static class ReportFolder
{
    /// <summary>Writes a report. Everything is made before the first file is written, and each file is there whole or not at all.</summary>
    /// <param name="summary">What to report.</param>
    /// <param name="folder">Where; it is made if need be, and files of these names in it are replaced.</param>
    /// <returns>The files.</returns>
    /// <exception cref="LapeException">OutputInUse, OutputNotWritable.</exception>
    public static IReadOnlyList<string> Write(EvaluationSummary summary, string folder)
    {
        var files = new List<(string Name, byte[] Bytes)> { ("report.html", Encoding.UTF8.GetBytes(ReportPage.Of(summary))), ("report.json", Bytes(s => ReportJson.Write(summary, s))) };
        files.AddRange(summary.Tables.Select(t => ($"{t.Name}.csv", Bytes(s => ReportCsv.Write(t, s)))));
        using var alone = OutputLock.Take(Path.Combine(folder, "report.html"));
        foreach (var (name, bytes) in files)
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(bytes));
        return [.. files.Select(f => Path.Combine(folder, f.Name))];
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using var memory = new MemoryStream();
        write(memory);
        return memory.ToArray();
    }
}
