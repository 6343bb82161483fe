using System.Management.Automation;
using System.Management.Automation.Host;

namespace LapeOps.Host;

/// <summary>PowerShell's streams on a console: output and messages on stdout, errors on stderr, as pwsh writes them.</summary>
internal sealed partial class ConsoleUserInterface : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private readonly ProgressLine? _progress;
    private TextWriter _output = Console.Out;

    /// <summary>Looks at where output goes: progress is shown on a terminal only.</summary>
    public ConsoleUserInterface() =>
        _progress = Console.IsOutputRedirected ? null : new ProgressLine(Console.Out, () => RawUI.WindowSize.Width);

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUserInterface();

    /// <summary>True on a terminal: PowerShell's colours are plain text elsewhere.</summary>
    public override bool SupportsVirtualTerminal { get; } =
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>From now on all that is written is the report of an error.</summary>
    public void BeginErrorReport() => _output = Console.Error;

    /// <inheritdoc/>
    public override void Write(string value) => Put(_output, value);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        // The console's own colour is -1.
        var foreground = Enum.IsDefined(foregroundColor) ? PSStyle.MapForegroundColorToEscapeSequence(foregroundColor) : "";
        var background = Enum.IsDefined(backgroundColor) ? PSStyle.MapBackgroundColorToEscapeSequence(backgroundColor) : "";
        Write(foreground + background + value + PSStyle.Instance.Reset);
    }

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Put(Console.Error, value + Environment.NewLine);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => WriteMessage("WARNING: " + message, PSStyle.Instance.Formatting.Warning);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => WriteMessage("VERBOSE: " + message, PSStyle.Instance.Formatting.Verbose);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => WriteMessage("DEBUG: " + message, PSStyle.Instance.Formatting.Debug);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
            _progress?.Show(record);
    }

    private void WriteMessage(string message, string style) => WriteLine(style + message + PSStyle.Instance.Reset);

    private void Put(TextWriter writer, string text)
    {
        var coloured = SupportsVirtualTerminal && !(writer == Console.Error && Console.IsErrorRedirected);
        lock (_lock)
        {
            _progress?.Erase();
            writer.Write(GetOutputString(text, coloured));
        }
    }
}
