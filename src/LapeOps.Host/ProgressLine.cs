using System.Diagnostics;
using System.Management.Automation;

namespace LapeOps.Host;

/// <summary>The progress of a script as one line of a terminal, drawn again in place and erased when the activity is complete.</summary>
/// <param name="terminal">Where to draw.</param>
/// <param name="columns">The width of the terminal, asked at each drawing.</param>
internal sealed class ProgressLine(TextWriter terminal, Func<int> columns)
{
    private const int BarWidth = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private int _activityId;
    private int _drawn;
    private long _drawnAt;

    /// <summary>Draws a record; a record of the line's activity that is complete erases it.</summary>
    public void Show(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (record.ActivityId == _activityId)
                Erase();
            return;
        }

        if (_drawn > 0 && record.ActivityId == _activityId && Stopwatch.GetElapsedTime(_drawnAt) < Interval)
            return;
        Draw(Cells.Fit(Text(record), columns() - 1));
        _activityId = record.ActivityId;
        _drawnAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Leaves an empty line with the cursor at its start.</summary>
    public void Erase()
    {
        if (_drawn == 0)
            return;
        terminal.Write('\r' + new string(' ', _drawn) + '\r');
        _drawn = 0;
    }

    private static string Text(ProgressRecord record)
    {
        var text = Cells.Fit($"{record.Activity}: {record.StatusDescription}".ReplaceLineEndings(" "), 80);
        if (record.PercentComplete >= 0)
        {
            var full = record.PercentComplete * BarWidth / 100;
            text += $" [{new string('#', full)}{new string('.', BarWidth - full)}] {record.PercentComplete,3}%";
        }

        return record.SecondsRemaining >= 0 ? $"{text} {TimeSpan.FromSeconds(record.SecondsRemaining):g} left" : text;
    }

    // Blanks instead of escape sequences: they erase on every terminal.
    private void Draw(string text)
    {
        var width = Cells.Width(text);
        terminal.Write('\r' + text + new string(' ', Math.Max(0, _drawn - width)));
        _drawn = width;
    }
}
