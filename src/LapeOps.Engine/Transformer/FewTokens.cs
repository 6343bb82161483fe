using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// The linear layer for the few tokens of a decoding step, in float32 on a CPU with 512-bit vectors. There torch's library reads
/// weights at 0.6 to 0.8 of the memory's speed, and takes four times as long for 16 tokens as for one; tests/LapeOps.Benchmarks measures it.
/// Weights that are stored in bfloat16 are read as they are, half the bytes, and widened on the way, which is exact.
/// </summary>
internal static unsafe class FewTokens
{
    private const int MostTokens = 32, Tile = 4, RowsAtOnce = 64, CacheLine = 64;

    /// <summary>Whether <see cref="Linear"/> computes this product; torch computes every other.</summary>
    /// <param name="x">[.., inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    public static bool Serves(Tensor x, Tensor weight) =>
        Vector512.IsHardwareAccelerated
        && x.numel() <= MostTokens * weight.shape[1] && weight.is_contiguous()
        && weight.shape[0] >= Tile && weight.shape[1] % Vector512<float>.Count == 0;

    /// <summary>x times the transposed weight, [.., outputs] float32. Every number is summed in one order, however many threads there are.</summary>
    public static Tensor Linear(Tensor x, Tensor weight) =>
        weight.dtype == ScalarType.BFloat16 ? Linear<ushort>(x, weight) : Linear<float>(x, weight);

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
        for (var token = 0; token < tiled; token += Tile)
            Arrange(alone + ((long)token * inputs), inTiles + ((long)token * inputs), inputs);
        Parallel.For(0, (outputs + RowsAtOnce - 1) / RowsAtOnce, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, piece =>
        {
            var end = Math.Min(outputs, (piece + 1) * RowsAtOnce);
            for (var first = piece * RowsAtOnce; first < end; first += Tile)
            {
                var row = Math.Min(first, outputs - Tile); // the last tile may take rows a second time, to the same numbers
                var weights = with + ((long)row * inputs);
                for (var token = 0; token < tiled; token += Tile)
                {
                    // The rows after these come from memory meanwhile, one of them with every tile.
                    var ahead = weights + ((Tile + (token / Tile)) * (long)inputs);
                    FourTokens(inTiles + ((long)token * inputs), weights, ahead, to + ((long)token * outputs) + row, inputs, outputs);
                }
                for (var token = tiled; token < tokens; token++)
                    OneToken(alone + ((long)token * inputs), weights, to + ((long)token * outputs) + row, inputs);
            }
        });
        return y.MoveToOuterDisposeScope();
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
        Store(y, a, b, c, d);
    }

    // Sixteen sums, which stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokens<TWeight>(float* tile, TWeight* rows, TWeight* ahead, float* y, int inputs, int outputs)
        where TWeight : unmanaged
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        TWeight* w1 = rows + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
        for (var i = 0; i < inputs; i += Vector512<float>.Count, tile += Tile * Vector512<float>.Count)
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
        Store(y, a0, b0, c0, d0);
        Store(y + outputs, a1, b1, c1, d1);
        Store(y + (2L * outputs), a2, b2, c2, d2);
        Store(y + (3L * outputs), a3, b3, c3, d3);
    }

    private static void Store(float* y, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(Folded(a), Folded(b)), Sse3.HorizontalAdd(Folded(c), Folded(d))).Store(y);

    private static Vector128<float> Folded(Vector512<float> sums)
    {
        var half = sums.GetLower() + sums.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
