using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// The linear layer in float32 on a CPU with 512-bit vectors. For the few tokens of a decoding step torch's library reads weights at 0.6 to
/// 0.8 of the memory's speed and takes four times as long for 16 tokens as for one; for many it has no 512-bit vectors on AMD's processors.
/// Weights that are stored in bfloat16 are read as they are, half the bytes, and widened on the way, which is exact.
/// tests/LapeOps.Benchmarks measures it.
/// </summary>
internal static unsafe class Avx512Linear
{
    private const int FewTokens = 32, Tile = 4, CacheLine = 64;

    // Of a product of many tokens, what is used again and again stays in a core's second cache (half a megabyte of tokens) and its first
    // (four rows of weights).
    private const int TokensAtOnce = 128, InputsAtOnce = 1024, RowsAtOnce = 64;

    private static readonly bool ServesMany = X86Base.IsSupported && X86Base.CpuId(0, 0) is var (_, b, c, d) && (b, d, c) == (0x68747541, 0x69746e65, 0x444d4163); // AuthenticAMD

    /// <summary>Whether <see cref="Linear"/> computes this product; torch computes every other.</summary>
    /// <param name="x">[.., inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    public static bool Serves(Tensor x, Tensor weight) =>
        Vector512.IsHardwareAccelerated
        && (ServesMany || IsFew(x, weight)) && weight.is_contiguous()
        && weight.shape[0] >= Tile && weight.shape[1] % Vector512<float>.Count == 0;

    /// <summary>x times the transposed weight, [.., outputs] float32. Every number is summed in one order, however many threads there are.</summary>
    public static Tensor Linear(Tensor x, Tensor weight)
    {
        if (weight.dtype == ScalarType.Float32)
            return Linear<float>(x, weight);
        if (IsFew(x, weight))
            return Linear<ushort>(x, weight);
        using var widened = weight.to(ScalarType.Float32);
        return Linear<float>(x, widened);
    }

    private static bool IsFew(Tensor x, Tensor weight) => x.numel() <= FewTokens * weight.shape[1];

    private static Tensor Linear<TWeight>(Tensor x, Tensor weight) where TWeight : unmanaged
    {
        using var scope = NewDisposeScope();
        int inputs = (int)weight.shape[1], outputs = (int)weight.shape[0], tokens = (int)(x.numel() / inputs);
        var tiled = tokens / Tile * Tile;
        var rows = x.contiguous().view(tokens, inputs);
        var y = empty([.. x.shape[..^1], outputs], ScalarType.Float32, CPU);
        var tiles = empty_like(rows);
        float* alone = Address(rows), inTiles = Address(tiles), to = Address(y.view(tokens, outputs));
        var with = (TWeight*)Address(weight);
        var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        int blocks = Math.Max(1, (tiled + TokensAtOnce - 1) / TokensAtOnce), pieces = (outputs + RowsAtOnce - 1) / RowsAtOnce;
        Parallel.For(0, blocks, threads, block =>
        {
            for (var token = block * TokensAtOnce; token < Math.Min(tiled, (block + 1) * TokensAtOnce); token += Tile)
                Arrange(alone + ((long)token * inputs), inTiles + ((long)token * inputs), inputs);
        });
        Parallel.For(0, blocks * pieces, threads, part =>
        {
            var (block, piece) = Math.DivRem(part, pieces);
            int first = block * TokensAtOnce, end = Math.Min(tiled, first + TokensAtOnce), lastRow = Math.Min(outputs, (piece + 1) * RowsAtOnce);
            for (var input = 0; input < inputs; input += InputsAtOnce)
                for (var row = piece * RowsAtOnce; row < lastRow; row += Tile)
                    Block(Math.Min(row, outputs - Tile), first, end, input);
            if (block > 0)
                return;
            for (var row = piece * RowsAtOnce; row < lastRow; row += Tile)
                for (var token = tiled; token < tokens; token++)
                    OneToken(alone + ((long)token * inputs), with + (Math.Min(row, outputs - Tile) * (long)inputs), to + ((long)token * outputs) + Math.Min(row, outputs - Tile), inputs);
        });
        return y.MoveToOuterDisposeScope();

        // Four rows and a block of tokens; the last rows may come a second time, to the same numbers.
        void Block(int row, int first, int end, int input)
        {
            var weights = with + ((long)row * inputs) + input;
            var count = Math.Min(InputsAtOnce, inputs - input);
            for (var token = first; token < end; token += Tile)
            {
                // The rows after these come from memory meanwhile, one of them with every tile.
                var ahead = weights + (Math.Min(Tile + ((token - first) / Tile), (2 * Tile) - 1) * (long)inputs);
                FourTokens(inTiles + ((long)token * inputs) + (Tile * (long)input), weights, ahead, count, inputs, to + ((long)token * outputs) + row, outputs, add: input > 0);
            }
        }
    }

    // Sixteen weights as float32; bfloat16 (ushort) is the upper half of one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load<TWeight>(TWeight* weights) where TWeight : unmanaged => typeof(TWeight) == typeof(float)
        ? Vector512.Load((float*)weights)
        : Vector512.ShiftLeft(Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)weights)), 16).AsSingle();

    // Four tokens, [4, inputs] to [inputs / 16, 4, 16], so that what is read next stands next.
    private static void Arrange(float* tokens, float* tile, int inputs)
    {
        for (var i = 0; i < inputs; i += Vector512<float>.Count)
            for (var token = 0; token < Tile; token++, tile += Vector512<float>.Count)
                Vector512.Load(tokens + (token * inputs) + i).Store(tile);
    }

    // By its first part, since a span has no room for all of a large matrix.
    private static float* Address(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.narrow(0, 0, 1).bytes));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneToken<TWeight>(float* x, TWeight* rows, float* y, int inputs) where TWeight : unmanaged
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        var ahead = (byte*)(rows + (4L * inputs)); // the next four rows, in the order of memory
        for (var i = 0; i < inputs; i += Vector512<float>.Count, ahead += 4 * Vector512<float>.Count * sizeof(TWeight))
        {
            for (var line = 0; line < 4 * Vector512<float>.Count * sizeof(TWeight); line += CacheLine)
                Sse.Prefetch0(ahead + line);
            var v = Vector512.Load(x + i);
            var w = rows + i;
            a = Vector512.FusedMultiplyAdd(Load(w), v, a);
            b = Vector512.FusedMultiplyAdd(Load(w + inputs), v, b);
            c = Vector512.FusedMultiplyAdd(Load(w + (2 * inputs)), v, c);
            d = Vector512.FusedMultiplyAdd(Load(w + (3 * inputs)), v, d);
        }
        Store(y, a, b, c, d, add: false);
    }

    // Sixteen sums, over count of the inputs, which stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokens<TWeight>(float* tile, TWeight* rows, TWeight* ahead, int count, int inputs, float* y, int outputs, bool add)
        where TWeight : unmanaged
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        TWeight* w1 = rows + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
        for (var i = 0; i < count; i += Vector512<float>.Count, tile += Tile * Vector512<float>.Count)
        {
            Sse.Prefetch0(ahead + i);
            Vector512<float> v0 = Vector512.Load(tile), v1 = Vector512.Load(tile + 16), v2 = Vector512.Load(tile + 32), v3 = Vector512.Load(tile + 48);
            var w = Load(rows + i);
            a0 = Vector512.FusedMultiplyAdd(w, v0, a0);
            a1 = Vector512.FusedMultiplyAdd(w, v1, a1);
            a2 = Vector512.FusedMultiplyAdd(w, v2, a2);
            a3 = Vector512.FusedMultiplyAdd(w, v3, a3);
            w = Load(w1 + i);
            b0 = Vector512.FusedMultiplyAdd(w, v0, b0);
            b1 = Vector512.FusedMultiplyAdd(w, v1, b1);
            b2 = Vector512.FusedMultiplyAdd(w, v2, b2);
            b3 = Vector512.FusedMultiplyAdd(w, v3, b3);
            w = Load(w2 + i);
            c0 = Vector512.FusedMultiplyAdd(w, v0, c0);
            c1 = Vector512.FusedMultiplyAdd(w, v1, c1);
            c2 = Vector512.FusedMultiplyAdd(w, v2, c2);
            c3 = Vector512.FusedMultiplyAdd(w, v3, c3);
            w = Load(w3 + i);
            d0 = Vector512.FusedMultiplyAdd(w, v0, d0);
            d1 = Vector512.FusedMultiplyAdd(w, v1, d1);
            d2 = Vector512.FusedMultiplyAdd(w, v2, d2);
            d3 = Vector512.FusedMultiplyAdd(w, v3, d3);
        }
        Store(y, a0, b0, c0, d0, add);
        Store(y + outputs, a1, b1, c1, d1, add);
        Store(y + (2L * outputs), a2, b2, c2, d2, add);
        Store(y + (3L * outputs), a3, b3, c3, d3, add);
    }

    private static void Store(float* y, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, bool add)
    {
        var sums = Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(a), Folded(b)), Sse3.HorizontalAdd(Folded(c), Folded(d)));
        (add ? Vector128.Load(y) + sums : sums).Store(y);
    }

    private static Vector128<float> Folded(Vector512<float> sums)
    {
        var half = sums.GetLower() + sums.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
