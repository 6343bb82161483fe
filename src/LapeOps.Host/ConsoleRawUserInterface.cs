using System.Management.Automation.Host;

namespace LapeOps.Host;

/// <summary>The console's size and colours; what only an interactive shell needs is refused.</summary>
internal sealed class ConsoleRawUserInterface : PSHostRawUserInterface
{
    // Wide enough for tables and what pwsh takes for a file; logs do not wrap.
    private static readonly Size Redirected = new(120, 50);

    /// <inheritdoc/>
    public override Size BufferSize { get => WindowSize; set => throw Unsupported(); }

    /// <inheritdoc/>
    public override Size WindowSize
    {
        // A terminal without a size answers 0.
        get => Console.IsOutputRedirected || Console.WindowWidth == 0 ? Redirected : new(Console.WindowWidth, Math.Max(1, Console.WindowHeight));
        set => throw Unsupported();
    }

    /// <inheritdoc/>
    public override Size MaxWindowSize => WindowSize;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => WindowSize;

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get => Console.ForegroundColor; set => Console.ForegroundColor = value; }

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get => Console.BackgroundColor; set => Console.BackgroundColor = value; }

    /// <inheritdoc/>
    public override Coordinates CursorPosition { get => throw Unsupported(); set => throw Unsupported(); }

    /// <inheritdoc/>
    public override Coordinates WindowPosition { get => default; set => throw Unsupported(); }

    /// <inheritdoc/>
    public override int CursorSize { get => throw Unsupported(); set => throw Unsupported(); }

    /// <inheritdoc/>
    public override string WindowTitle { get => ""; set => throw Unsupported(); }

    /// <inheritdoc/>
    public override bool KeyAvailable => throw Unsupported();

    /// <inheritdoc/>
    public override int LengthInBufferCells(char source) => Cells.Width(source);

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source) => Cells.Width(source);

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source, int offset) => Cells.Width(source.AsSpan(offset));

    /// <inheritdoc/>
    public override void FlushInputBuffer() => throw Unsupported();

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Unsupported();

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Unsupported();

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw Unsupported();

    private static HostException Unsupported() => new("LapeOps.Host does not draw on the console.");
}
