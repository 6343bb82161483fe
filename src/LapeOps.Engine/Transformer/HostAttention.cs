using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Attention of whole rows in float32 on a CPU, by the products of <see cref="PanelKernel"/>: each key and value is put in order once for all heads
/// that share it, and a block of queries meets no keys beyond its last one or before its window. Torch copies keys and values for every head, and its
/// small products reach half of the speed of AMD's processors.
/// </summary>
internal static unsafe class HostAttention
{
    // Queries of one part, in whole sixes: their scores stay in a core's second cache.
    private const int QueriesAtOnce = 48;

    /// <summary>Whether <see cref="Attend"/> computes this; torch computes every other.</summary>
    /// <param name="query">[rows, tokens, heads, headWidth]</param>
    /// <param name="mask">What each query sees.</param>
    public static bool Serves(Tensor query, AttentionMask mask) =>
        PanelKernel.IsSupported && HostProcessor.IsAmd && query.IsHostFloat() && (mask.Causal || mask.Window is not null)
        && query.shape[1] >= PanelKernel.Wide && query.shape[3] % PanelKernel.Wide == 0;

    /// <summary>What each token takes from itself and those before it, [rows, tokens, heads, headWidth]: softmax(q k' / sqrt(headWidth)) v.</summary>
    /// <param name="query">[rows, tokens, heads, headWidth]</param>
    /// <param name="key">[rows, tokens, keyHeads, headWidth]</param>
    /// <param name="value">[rows, tokens, keyHeads, headWidth]</param>
    /// <param name="window">Tokens that each may see, itself among them; null for all before it.</param>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, int? window)
    {
        using var scope = NewDisposeScope();
        int rows = (int)query.shape[0], tokens = (int)query.shape[1], heads = (int)query.shape[2], width = (int)query.shape[3], keyHeads = (int)key.shape[2];
        var places = (tokens + PanelKernel.Wide - 1) / PanelKernel.Wide * PanelKernel.Wide;
        Tensor y = empty_like(query), keyPanels = empty(rows * keyHeads, places, width), valuePanels = empty(rows * keyHeads, places, width);
        float* queries = query.Address<float>(), to = y.Address<float>(), inKeys = keyPanels.Address<float>(), inValues = valuePanels.Address<float>();
        float* keys = key.contiguous().Address<float>(), values = value.contiguous().Address<float>();
        HostThreads.ForEach(rows * keyHeads, part =>
        {
            var (row, head) = Math.DivRem(part, keyHeads);
            var first = (((long)row * tokens * keyHeads) + head) * width;
            PackKeys(keys + first, keyHeads * width, tokens, width, inKeys + ((long)part * places * width));
            PackValues(values + first, keyHeads * width, tokens, places, width, inValues + ((long)part * places * width));
        });
        var block = Math.Min(QueriesAtOnce, tokens);
        var blocks = (tokens + block - 1) / block;
        HostThreads.ForEach(rows * heads * blocks, part =>
        {
            var (rowAndHead, index) = Math.DivRem(part, blocks);
            var (row, head) = Math.DivRem(rowAndHead, heads);
            // The last block takes queries before it, which come to the same numbers again.
            var start = Math.Min(index * block, tokens - block);
            var first = ((((long)row * tokens) + start) * heads) + head;
            var panels = (((long)row * keyHeads) + (head / (heads / keyHeads))) * places * width;
            Block(queries + (first * width), heads * width, block, start, window ?? tokens, inKeys + panels, inValues + panels, places, width, to + (first * width));
        });
        return y.MoveToOuterDisposeScope();
    }

    private static void Block(float* queries, int stride, int count, int start, int window, float* keys, float* values, int places, int width, float* y)
    {
        // Keys in whole panels, from the first query's window to the last query.
        var from = Math.Max(0, start - window + 1) / PanelKernel.Wide * PanelKernel.Wide;
        var span = ((start + count - from) + PanelKernel.Wide - 1) / PanelKernel.Wide * PanelKernel.Wide;
        int sixes = (count + PanelKernel.Rows - 1) / PanelKernel.Rows, querySix = PanelKernel.Rows * width, scoreSix = PanelKernel.Rows * span;
        var packed = (float*)NativeMemory.AlignedAlloc((nuint)(sizeof(float) * (((long)sixes * (querySix + scoreSix)) + ((long)count * span))), CacheLine.Bytes); // [sixes, querySix]
        float* packedScores = packed + ((long)sixes * querySix), scores = packedScores + ((long)sixes * scoreSix); // [sixes, scoreSix], [count, span]
        var scale = new Vector<float>(1 / MathF.Sqrt(width));
        for (var i = 0; i < sixes; i++)
        {
            var six = packed + ((long)i * querySix);
            Panels.PackSix(queries + (Query(i) * stride), stride, width, six);
            for (var lane = 0; lane < width * PanelKernel.Rows; lane += Vector<float>.Count)
                (Vector.Load(six + lane) * scale).Store(six + lane);
        }
        for (var panel = 0; panel < span; panel += PanelKernel.Wide)
            for (var i = 0; i < sixes; i++)
                PanelKernel.SixTimesWide(packed + ((long)i * querySix), keys + ((long)(from + panel) * width), width, scores + (Query(i) * span) + panel, span, after: null, ahead: packed + ((i + 1L) * querySix));
        for (var i = 0; i < count; i++)
        {
            var row = scores + ((long)i * span);
            int last = start + i - from, first = Math.Max(0, last - window + 1);
            new Span<float>(row, first).Fill(float.NegativeInfinity);
            new Span<float>(row + last + 1, span - last - 1).Fill(float.NegativeInfinity);
            Softmax(row, span);
        }
        for (var i = 0; i < sixes; i++)
            Panels.PackSix(scores + (Query(i) * span), span, span, packedScores + ((long)i * scoreSix));
        for (var column = 0; column < width; column += PanelKernel.Wide)
            for (var i = 0; i < sixes; i++)
                PanelKernel.SixTimesWide(packedScores + ((long)i * scoreSix), values + ((long)column * places) + ((long)from * PanelKernel.Wide), span, y + (Query(i) * stride) + column, stride, after: null, ahead: packedScores + ((i + 1L) * scoreSix));
        NativeMemory.AlignedFree(packed);

        // The first query of a six. What is left of the last ones is taken with queries before them, which come to the same numbers again.
        long Query(int six) => Math.Min(six * PanelKernel.Rows, count - PanelKernel.Rows);
    }

    /// <summary>In place. The numbers are whole vectors, and one of them at least is finite.</summary>
    [MethodImpl(InnerLoop.Compiled)]
    public static void Softmax(float* x, int count)
    {
        Vector<float> sum = default, shift = new(HostGreatest.Of(x, count));
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            var p = HostExp.Exp(Vector.Load(x + i) - shift);
            p.Store(x + i);
            sum += p;
        }
        var part = new Vector<float>(1 / Vector.Sum(sum));
        for (var i = 0; i < count; i += Vector<float>.Count)
            (Vector.Load(x + i) * part).Store(x + i);
    }

    // [tokens, width] to [places / 16, width, 16]; places after the last token are zero.
    private static void PackKeys(float* keys, int stride, int tokens, int width, float* panels)
    {
        for (var token = 0; token < tokens; token += PanelKernel.Wide, panels += PanelKernel.Wide * width)
        {
            if (tokens - token >= PanelKernel.Wide)
            {
                Panels.Pack(keys + ((long)token * stride), stride, width, PanelKernel.Wide, panels);
                continue;
            }
            new Span<float>(panels, PanelKernel.Wide * width).Clear();
            for (var place = 0; place < tokens - token; place++)
                for (var i = 0; i < width; i++)
                    panels[(i * PanelKernel.Wide) + place] = keys[((long)(token + place) * stride) + i];
        }
    }

    // [tokens, width] to [width / 16, places, 16]; places after the last token are zero.
    private static void PackValues(float* values, int stride, int tokens, int places, int width, float* panels)
    {
        for (var column = 0; column < width; column += PanelKernel.Wide, panels += (long)places * PanelKernel.Wide)
        {
            for (var token = 0; token < tokens; token++)
                Unsafe.CopyBlockUnaligned(panels + (token * PanelKernel.Wide), values + ((long)token * stride) + column, sizeof(float) * PanelKernel.Wide);
            new Span<float>(panels + (tokens * PanelKernel.Wide), (places - tokens) * PanelKernel.Wide).Clear();
        }
    }
}
