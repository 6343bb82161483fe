using System.Runtime.CompilerServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// The linear layer in float32 on a CPU with 512-bit vectors, in tiles of four tokens by four outputs. For the few tokens of a decoding step torch's
/// library reads weights at 0.6 to 0.8 of the memory's speed and takes four times as long for 16 tokens as for one; for many it leaves these vectors
/// of AMD's processors unused. Weights that are stored in bfloat16 are read as they are, half the bytes, and widened on the way, which is exact.
/// tests/LapeOps.Benchmarks measures it.
/// </summary>
internal static unsafe class TiledLinear
{
    /// <summary>Outputs of one tile.</summary>
    public const int Rows = 4;

    /// <summary>Inputs of one tile at most, so that its rows of weights stay in a core's first cache.</summary>
    public const int InputsAtOnce = 1024;

    private const int FewTokens = 32;

    // Of a product of many tokens, what is used again and again stays in a core's second cache: half a megabyte of tokens, in whole tiles.
    private const int TokensAtOnce = 120, RowsAtOnce = 64;

    // On other processors torch's library is the faster one.
    private static readonly bool ServesMany = HostProcessor.IsAmd;

    /// <summary>Whether <see cref="Linear"/> computes this product; torch computes every other.</summary>
    /// <param name="x">[.., inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    public static bool Serves(Tensor x, Tensor weight) =>
        Avx512Kernel.IsSupported
        && (ServesMany || IsFew(x, weight)) && weight.is_contiguous()
        && weight.shape[0] >= Rows && weight.shape[1] % Avx512Kernel.Lanes == 0;

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
        var tiled = tokens / Avx512Kernel.Tokens * Avx512Kernel.Tokens;
        var rows = x.contiguous().view(tokens, inputs);
        var y = empty([.. x.shape[..^1], outputs], ScalarType.Float32, CPU);
        var tiles = empty_like(rows);
        float* alone = rows.Address<float>(), inTiles = tiles.Address<float>(), to = y.Address<float>();
        var with = weight.Address<TWeight>();
        var blocks = Math.Max(1, (tiled + TokensAtOnce - 1) / TokensAtOnce);
        var pieces = (long)tokens * inputs * outputs < HostThreads.WorthThreads ? 1 : Math.Max(1, outputs / RowsAtOnce);
        HostThreads.ForEach(blocks, block =>
        {
            for (var token = block * TokensAtOnce; token < Math.Min(tiled, (block + 1) * TokensAtOnce); token += Avx512Kernel.Tokens)
                Arrange(alone + ((long)token * inputs), inTiles + ((long)token * inputs), inputs);
        });
        HostThreads.ForEach(blocks * pieces, part =>
        {
            var (block, piece) = Math.DivRem(part, pieces);
            int first = block * TokensAtOnce, end = Math.Min(tiled, first + TokensAtOnce);
            int row = piece * RowsAtOnce, last = piece == pieces - 1 ? outputs : row + RowsAtOnce, whole = last - ((last - row) % Rows);
            if (first < end)
            {
                Products(row, whole, first, end);
                // What is left of the last rows makes a tile with rows before them, which come to the same numbers again.
                if (whole < last)
                    Products(last - Rows, last, first, end);
                return;
            }
            for (; row < last; row += Rows)
                for (var token = 0; token < tokens; token++)
                    Avx512Kernel.OneToken(alone + ((long)token * inputs), Weights(Math.Min(row, last - Rows)), inputs, inputs, Output(token, Math.Min(row, last - Rows)), add: false);
        });
        return y.MoveToOuterDisposeScope();

        // Whole tiles of rows, and a block of tokens.
        void Products(int row, int last, int first, int end)
        {
            for (var input = 0; input < inputs; input += InputsAtOnce)
                for (var tile = row; tile < last; tile += Rows)
                    Block(tile, first, end, input);
        }

        [SkipLocalsInit]
        void Block(int row, int first, int end, int input)
        {
            var weights = Weights(row) + input;
            var wide = (float*)weights;
            int count = Math.Min(InputsAtOnce, inputs - input), stride = inputs, token = first;
            if (typeof(TWeight) == typeof(ushort))
            {
                var widened = CacheLine.FirstOf(stackalloc float[(Rows * InputsAtOnce) + CacheLine.Numbers]);
                Avx512Kernel.Tile(Tile(token), weights, widened, Ahead(token), count, inputs, Output(token, row), outputs, add: input > 0);
                wide = widened;
                stride = InputsAtOnce;
                token += Avx512Kernel.Tokens;
            }
            for (; token < end; token += Avx512Kernel.Tokens)
                Avx512Kernel.Tile(Tile(token), wide, null, Ahead(token), count, stride, Output(token, row), outputs, add: input > 0);
            // Tokens that make no whole tile come with the first of several blocks.
            for (token = first == 0 ? tiled : tokens; token < tokens; token++)
                Avx512Kernel.OneToken(alone + ((long)token * inputs) + input, wide, count, stride, Output(token, row), add: input > 0);

            float* Tile(int token) => inTiles + ((long)token * inputs) + (Avx512Kernel.Tokens * (long)input);

            // The rows after these come from memory meanwhile, one of them with every tile.
            TWeight* Ahead(int token) => weights + (Math.Min(Rows + ((token - first) / Avx512Kernel.Tokens), (2 * Rows) - 1) * (long)inputs);
        }

        TWeight* Weights(int row) => with + ((long)row * inputs);

        float* Output(int token, int row) => to + ((long)token * outputs) + row;
    }

    // The tokens of a tile, [tokens, inputs] to [inputs / lanes, tokens, lanes].
    private static void Arrange(float* tokens, float* tile, int inputs)
    {
        for (var i = 0; i < inputs; i += Avx512Kernel.Lanes)
            for (var token = 0; token < Avx512Kernel.Tokens; token++, tile += Avx512Kernel.Lanes)
                Unsafe.CopyBlockUnaligned(tile, tokens + (token * inputs) + i, (uint)(sizeof(float) * Avx512Kernel.Lanes));
    }
}
