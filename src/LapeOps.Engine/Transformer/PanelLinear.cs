using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// Linear layers in float32 on a CPU with 256-bit vectors: up to twelve tokens where they stand, more by sixes of rows times panels. Of few tokens,
/// panels are made of tokens, and weights are read once; of many, panels are made of weights. Torch's library takes four times as long for 16 tokens
/// as for one, and reaches half of the speed of AMD's processors for many. Weights that are stored in bfloat16 are read as they are, half the bytes,
/// and widened on the way, which is
/// exact. Layers of the same input share what is made of it, and threads. tests/LapeOps.Benchmarks measures it.
/// </summary>
internal static unsafe class PanelLinear
{
    // Up to so many tokens are taken one by one, in fours, or as panels; more of them have panels of weights.
    private const int MostAlone = 3, MostFours = 12, FewTokens = 64;

    // Weights' rows of one part of a product of few tokens, in whole sixes and vectors.
    private const int RowUnit = 24, RowsAtOnce = 4 * RowUnit, RowsAtMost = RowsAtOnce + RowUnit;

    // Of a product of few tokens, what is used again and again stays in a core's first cache.
    private const int FewInputsAtOnce = 320;

    // Of a product of many tokens, it stays in the second.
    private const int PanelsAtOnce = 4, SixesAtOnce = 16, InputsAtOnce = 1024;

    // The numbers of a weight, and of what it makes.
    private readonly struct Layer<TWeight>(Tensor weight, Tensor y) where TWeight : unmanaged
    {
        public readonly TWeight* Weights = weight.Address<TWeight>(); // [outputs, inputs]
        public readonly float* Y = y.Address<float>(); // [tokens, outputs]
        public readonly int Outputs = (int)weight.size(0);
    }

    // Some rows of a weight: outputs from First to End.
    private readonly record struct Piece(int Layer, int First, int End);

    /// <summary>
    /// Whether <see cref="Linear"/> computes this product. Where there are longer vectors, <see cref="TiledLinear"/> and torch use them.
    /// </summary>
    /// <param name="x">[.., inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    public static bool Serves(Tensor x, Tensor weight) =>
        PanelKernel.IsSupported && !Avx512Kernel.IsSupported
        && (HostProcessor.IsAmd || x.numel() <= FewTokens * weight.size(1)) && weight.is_contiguous()
        && weight.size(0) >= PanelKernel.Wide && weight.size(1) % PanelKernel.Lanes == 0;

    /// <summary>
    /// x times each transposed weight, [.., outputs] float32. Weights are of one type. Every number is summed in one order, however many threads there are.
    /// </summary>
    public static Tensor[] Linear(Tensor x, Tensor[] weights) =>
        weights[0].dtype == ScalarType.Float32 ? Linear<float>(x, weights) : Linear<ushort>(x, weights);

    private static Tensor[] Linear<TWeight>(Tensor x, Tensor[] weights) where TWeight : unmanaged
    {
        using var scope = NewDisposeScope();
        var shape = x.shape;
        var inputs = (int)shape[^1];
        var tokens = x.contiguous().view(-1, inputs); // [tokens, inputs]
        var count = (int)tokens.size(0);
        var few = count is > MostFours and <= FewTokens;
        var places = few ? (count + PanelKernel.Lanes - 1) / PanelKernel.Lanes * PanelKernel.Lanes : count;
        var y = Array.ConvertAll(weights, weight => empty(places, weight.size(0)));
        Layer<TWeight>[] layers = [.. weights.Zip(y, (weight, result) => new Layer<TWeight>(weight, result))];
        if (few)
            Few(places > count ? cat([tokens, zeros(places - count, inputs)]) : tokens, places, inputs, layers);
        else if (count <= MostAlone)
            Alone(tokens.Address<float>(), count, inputs, layers);
        else if (count <= MostFours)
            Fours(tokens.Address<float>(), count, inputs, layers);
        else
            Many(tokens.Address<float>(), count, inputs, layers);
        return Array.ConvertAll(y, result => result.narrow(0, 0, count).view([.. shape[..^1], result.size(1)]).MoveToOuterDisposeScope());
    }

    private static void Alone<TWeight>(float* token, int count, int inputs, Layer<TWeight>[] layers) where TWeight : unmanaged
    {
        const int rows = 4;
        ForEachPiece(count, inputs, layers, piece =>
        {
            var layer = layers[piece.Layer];
            for (var row = piece.First; row < piece.End; row += rows)
            {
                // What is left of the last rows is taken with rows before them, which come to the same numbers again.
                var from = Math.Min(row, piece.End - rows);
                for (var i = 0; i < count; i++)
                    PanelKernel.FourOfOneToken(token + (i * inputs), layer.Weights + ((long)from * inputs), inputs, layer.Y + ((long)i * layer.Outputs) + from);
            }
        });
    }

    private static void Fours<TWeight>(float* token, int count, int inputs, Layer<TWeight>[] layers) where TWeight : unmanaged
    {
        const int tokens = 4, rows = 3;
        ForEachPiece(count, inputs, layers, piece =>
        {
            var layer = layers[piece.Layer];
            for (var place = 0; place < count; place += tokens)
                for (var row = piece.First; row < piece.End; row += rows)
                {
                    // What is left of the last tokens and rows is taken with those before them, which come to the same numbers again.
                    var (first, from) = (Math.Min(place, count - tokens), Math.Min(row, piece.End - rows));
                    PanelKernel.ThreeOfFourTokens(token + (first * inputs), layer.Weights + ((long)from * inputs), inputs, layer.Y + ((long)first * layer.Outputs) + from, layer.Outputs);
                }
        });
    }

    // Tokens fill whole vectors.
    private static void Few<TWeight>(Tensor tokens, int count, int inputs, Layer<TWeight>[] layers) where TWeight : unmanaged
    {
        float* token = tokens.Address<float>(), panel = empty(count, inputs).Address<float>();
        for (var place = 0; place < count; place += WidthAt(place))
            Panels.Pack(token + (place * inputs), inputs, inputs, WidthAt(place), panel + (place * inputs));
        ForEachPiece(count, inputs, layers, Rows);

        // Eight are left of an odd number of eights.
        int WidthAt(int place) => Math.Min(PanelKernel.Wide, count - place);

        [SkipLocalsInit]
        void Rows(Piece piece)
        {
            var layer = layers[piece.Layer];
            var six = CacheLine.FirstOf(stackalloc float[(PanelKernel.Rows * FewInputsAtOnce) + CacheLine.Numbers]);
            var sums = CacheLine.FirstOf(stackalloc float[(FewTokens * RowsAtMost) + CacheLine.Numbers]); // [tokens / 16, rows, 16]
            for (var row = piece.First; row < piece.End; row += PanelKernel.Rows)
            {
                var from = Math.Min(row, piece.End - PanelKernel.Rows);
                for (var input = 0; input < inputs; input += FewInputsAtOnce)
                {
                    var some = Math.Min(FewInputsAtOnce, inputs - input);
                    var weights = layer.Weights + ((long)from * inputs);
                    var next = weights + (PanelKernel.Rows * (inputs + input)); // of the next six, as much as is used of this one
                    Panels.PackSix(weights + input, inputs, some, six);
                    for (var place = 0; place < count; place += WidthAt(place))
                    {
                        var width = WidthAt(place);
                        float* sum = sums + (place * RowsAtMost) + ((from - piece.First) * width), with = panel + (place * inputs) + (input * width);
                        if (width == PanelKernel.Wide)
                            PanelKernel.SixTimesWide(six, with, some, sum, width, after: input > 0 ? sum : null, ahead: next);
                        else
                            PanelKernel.SixTimesNarrow(six, with, some, sum, width, after: input > 0 ? sum : null, ahead: next);
                    }
                }
            }
            // Eight tokens at a time, since outputs a power of two apart drive each other out of the caches, before their line is full.
            for (var eight = 0; eight < count; eight += PanelKernel.Lanes)
            {
                var place = eight / PanelKernel.Wide * PanelKernel.Wide;
                var width = WidthAt(place);
                for (var row = piece.First; row < piece.End; row += PanelKernel.Lanes)
                {
                    var from = Math.Min(row, piece.End - PanelKernel.Lanes);
                    var sum = sums + (place * RowsAtMost) + ((from - piece.First) * width) + (eight - place);
                    Panels.Transpose(sum, width, layer.Y + ((long)eight * layer.Outputs) + from, layer.Outputs);
                }
            }
        }
    }

    private static void Many<TWeight>(float* token, int count, int inputs, Layer<TWeight>[] layers) where TWeight : unmanaged
    {
        int sixes = (count + PanelKernel.Rows - 1) / PanelKernel.Rows, sixSize = PanelKernel.Rows * inputs;
        var packedTokens = empty(sixes, sixSize).Address<float>();
        HostThreads.ForEach(sixes, part => Panels.PackSix(token + (Token(part) * inputs), inputs, inputs, packedTokens + ((long)part * sixSize)));
        Piece[] groups = [.. layers.SelectMany((layer, i) => Groups(i, layer.Outputs))];
        // Where outputs are few, so that every thread has some of the work, tokens are divided, too, and panels made several times.
        var blocks = Math.Clamp(4 * get_num_threads() / groups.Length, 1, (sixes + SixesAtOnce - 1) / SixesAtOnce);
        var blockSixes = ((sixes + blocks - 1) / blocks + SixesAtOnce - 1) / SixesAtOnce * SixesAtOnce;
        HostThreads.ForEach(groups.Length * blocks, part =>
        {
            var (block, index) = Math.DivRem(part, groups.Length);
            var group = groups[index];
            var layer = layers[group.Layer];
            var panels = (float*)NativeMemory.AlignedAlloc((nuint)(sizeof(float) * (long)PanelsAtOnce * PanelKernel.Wide * inputs), CacheLine.Bytes);
            for (var output = group.First; output < group.End; output += PanelKernel.Wide)
                Panels.Pack(layer.Weights + ((long)Output(layer, output) * inputs), inputs, inputs, PanelKernel.Wide, panels + ((output - group.First) * (long)inputs));
            var end = (int)Math.Min(sixes, (block + 1L) * blockSixes);
            for (var start = block * blockSixes; start < end; start += SixesAtOnce)
                Products(layer, panels, group, start, Math.Min(end, start + SixesAtOnce));
            NativeMemory.AlignedFree(panels);
        });

        static IEnumerable<Piece> Groups(int layer, int outputs)
        {
            const int atOnce = PanelsAtOnce * PanelKernel.Wide;
            for (var first = 0; first < outputs; first += atOnce)
                yield return new(layer, first, Math.Min(outputs, first + atOnce));
        }

        // The first output of a panel; what is left of the last ones is taken with outputs before them, as tokens are.
        static int Output(Layer<TWeight> layer, int output) => Math.Min(output, layer.Outputs - PanelKernel.Wide);

        // The first token of a six. What is left of the last ones is taken with tokens before them, which come to the same numbers again.
        long Token(int six) => Math.Min((long)six * PanelKernel.Rows, count - PanelKernel.Rows);

        // Of some sixes and panels, over some of the inputs after others: only whole sums are written to y, where others may write, too.
        [SkipLocalsInit]
        void Products(Layer<TWeight> layer, float* panels, Piece group, int start, int end)
        {
            const int size = PanelKernel.Rows * PanelKernel.Wide;
            var sums = CacheLine.FirstOf(stackalloc float[(SixesAtOnce * PanelsAtOnce * size) + CacheLine.Numbers]);
            for (var input = 0; input < inputs; input += InputsAtOnce)
            {
                var (some, last) = (Math.Min(InputsAtOnce, inputs - input), input + InputsAtOnce >= inputs);
                for (int output = group.First, panel = 0; output < group.End; output += PanelKernel.Wide, panel++)
                    for (var i = start; i < end; i++)
                    {
                        var sum = sums + ((((i - start) * PanelsAtOnce) + panel) * size);
                        var six = packedTokens + ((long)i * sixSize) + (input * PanelKernel.Rows);
                        PanelKernel.SixTimesWide(six, panels + (((panel * (long)inputs) + input) * PanelKernel.Wide), some,
                            last ? layer.Y + (Token(i) * layer.Outputs) + Output(layer, output) : sum, last ? layer.Outputs : PanelKernel.Wide,
                            after: input > 0 ? sum : null, ahead: six + sixSize);
                    }
            }
        }
    }

    // In pieces of so many rows that threads have equal parts of them.
    private static void ForEachPiece<TWeight>(int tokens, int inputs, Layer<TWeight>[] layers, Action<Piece> body) where TWeight : unmanaged
    {
        var threads = get_num_threads();
        Piece[] pieces = [.. layers.SelectMany((layer, i) => Pieces(i, layer.Outputs))];
        // Each thread goes through memory of its own, so that what it comes to next has been read ahead.
        var each = (pieces.Length + threads - 1) / threads;
        HostThreads.ForEach(each * threads, (long)tokens * inputs * layers.Sum(l => (long)l.Outputs), part =>
        {
            if ((part % threads * each) + (part / threads) is var i && i < pieces.Length)
                body(pieces[i]);
        });

        IEnumerable<Piece> Pieces(int layer, int outputs)
        {
            var units = Math.Max(1, outputs / RowUnit);
            var count = Math.Min(units, ((outputs / RowsAtOnce / threads) + 1) * threads);
            for (var i = 0; i < count; i++)
                yield return new(layer, units * i / count * RowUnit, i == count - 1 ? outputs : units * (i + 1) / count * RowUnit);
        }
    }
}
