using System.Text;
using LapeOps.Formats;
using LapeOps.Reports.Html;

namespace LapeOps.Reports;

/// <summary>A report as files: report.html, report.json, and a .csv for each table.</summary>
public static class ReportFolder
{
    /// <summary>Writes a report. Everything is made before the first file is written, and each file is there whole or not at all.</summary>
    /// <param name="summary">What to report.</param>
    /// <param name="folder">Where; it is made if need be, and files of an older report in it are replaced or deleted.</param>
    /// <returns>The files.</returns>
    /// <exception cref="LapeException">OutputInUse, OutputNotWritable.</exception>
    public static IReadOnlyList<string> Write(EvaluationSummary summary, string folder)
    {
        var files = new List<(string Name, byte[] Bytes)> { ("report.html", Encoding.UTF8.GetBytes(ReportPage.Of(summary))), ("report.json", Bytes(s => ReportJson.Write(summary, s))) };
        files.AddRange(summary.Tables.Select(t => ($"{t.Name}.csv", Bytes(s => ReportCsv.Write(t, s)))));
        using var alone = OutputLock.Take(Path.Combine(folder, "report.html"));
        foreach (var (name, bytes) in files)
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(bytes));
        foreach (var older in SummaryTables.Names.Select(n => $"{n}.csv").Except(files.Select(f => f.Name)))
            Delete(Path.Combine(folder, older));
        return [.. files.Select(f => Path.Combine(folder, f.Name))];
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("OutputNotWritable", $"{path} is of an older report and cannot be deleted: {e.Message} Free it, or choose another folder.", e);
        }
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using var memory = new MemoryStream();
        write(memory);
        return memory.ToArray();
    }
}
