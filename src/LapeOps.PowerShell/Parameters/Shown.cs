using LapeOps.Perplexity;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Progress of a matrix or an ablation, with time left.</summary>
internal sealed class Shown(Emitter emitter, string activity) : IProgress<MatrixProgress>
{
    public void Report(MatrixProgress value) =>
        emitter.Progress(activity, $"{value.Text}: {value.Mask}", (int)(100L * value.RowsDone / value.RowsInAll), value.Left);
}
