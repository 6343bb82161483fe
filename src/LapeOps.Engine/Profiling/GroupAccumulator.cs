using System.Runtime.InteropServices;
using LapeOps.Statistics;
using static TorchSharp.torch;

namespace LapeOps.Profiling;

/// <summary>Totals of one language on the device, to which whole groups are added. Read and restored between groups.</summary>
public sealed class GroupAccumulator : IDisposable
{
    private readonly string _language;
    private readonly LanguageRows _rows;
    private readonly Tensor _blocks; // [blocks, L, d] Int32
    private readonly Tensor[] _sums; // float64, in the order of CountingTap's; empty without sums

    /// <summary>Empty totals, or those of a language that was partly counted.</summary>
    public GroupAccumulator(StatisticsIdentity identity, string language, LanguageRows rows, LanguageActivation? start, Device device)
    {
        _language = language;
        _rows = rows;
        long layers = identity.Layers, width = identity.Width, hidden = identity.Hidden;
        long[] blocks = [LanguageActivation.BlockCount(rows.Groups), layers, width];
        _blocks = start is null
            ? zeros(blocks, ScalarType.Int32, device).DetachFromDisposeScope()
            : Upload(MemoryMarshal.Cast<uint, int>(start.Blocks.Span), blocks);
        _sums = !identity.Sums ? []
            : start is null
                ? [Zeros(layers, width), Zeros(layers, width), Zeros(layers, width), Zeros(layers, hidden), Zeros(layers)]
                : [Upload(start.Sums!.Activation.Span, layers, width), Upload(start.Sums.ActivationSquare.Span, layers, width),
                    Upload(start.Sums.Product.Span, layers, width), Upload(start.Sums.Residual.Span, layers, hidden), Upload(start.Sums.ResidualNorm.Span, layers)];
        GroupsCounted = start?.GroupsCounted ?? 0;
        Tokens = start?.Tokens ?? 0;

        Tensor Zeros(params long[] shape) => zeros(shape, ScalarType.Float64, device).DetachFromDisposeScope();

        Tensor Upload<T>(ReadOnlySpan<T> values, params long[] shape) where T : unmanaged
        {
            using var scope = NewDisposeScope();
            return from_array(values.ToArray()).to(device).reshape(shape).clone().DetachFromDisposeScope();
        }
    }

    /// <summary>Groups in the totals.</summary>
    public int GroupsCounted { get; private set; }

    /// <summary>Positions in the totals.</summary>
    public long Tokens { get; private set; }

    /// <summary>Adds a group that was computed to its end.</summary>
    public void Add(CountingTap group, long tokens)
    {
        using var scope = NewDisposeScope();
        _blocks[LanguageActivation.BlockOf(GroupsCounted, _rows.Groups)].add_(group.OverZero);
        if (_sums.Length > 0)
        {
            Tensor[] added = [group.Activations!, group.Squares!, group.Products!, group.Residuals!, group.ResidualNorms!];
            for (var i = 0; i < added.Length; i++)
                _sums[i].add_(added[i]);
        }
        GroupsCounted++;
        Tokens += tokens;
    }

    /// <summary>The totals on the host. Waits for the device.</summary>
    public LanguageActivation Read()
    {
        using var scope = NewDisposeScope();
        var sums = Array.ConvertAll(_sums, s => (ReadOnlyMemory<double>)s.cpu().data<double>().ToArray());
        return new LanguageActivation(_language, _rows, GroupsCounted, Tokens,
            _blocks.sum(0, type: ScalarType.Int64).cpu().data<long>().ToArray(),
            MemoryMarshal.Cast<int, uint>(_blocks.cpu().data<int>().ToArray()).ToArray(),
            sums.Length == 0 ? null : new ActivationSums(sums[0], sums[1], sums[2], sums[3], sums[4]));
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        _blocks.Dispose();
        foreach (var sum in _sums)
            sum.Dispose();
    }
}
