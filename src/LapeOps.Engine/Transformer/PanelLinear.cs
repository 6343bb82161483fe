using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// The linear layer in float32 on a CPU with 256-bit vectors: rows times panels. Of few tokens, panels are made of tokens, and weights are read once,
/// as they stand; of many, panels are made of weights. Torch's library takes four times as long for 16 tokens as for one, and reaches half of the
/// speed of AMD's processors for many. Weights that are stored in bfloat16 are read as they are, half the bytes, and widened on the way, which is
/// exact. tests/LapeOps.Benchmarks measures it.
/// </summary>
internal static unsafe class PanelLinear
{
    private const int FewTokens = 64;

    // Eight tokens cost twice as much as one does without a panel.
    private const int MostAlone = 2;

    // Weights' rows of one part of a product of few tokens.
    private const int RowsAtOnce = 96;

    // Of a product of many tokens, what is used again and again stays in a core's second cache.
    private const int PanelsAtOnce = 4, SixesAtOnce = 16, InputsAtOnce = 2048;

    /// <summary>
    /// Whether <see cref="Linear"/> computes this product. Where there are longer vectors, <see cref="TiledLinear"/> and torch use them.
    /// </summary>
    /// <param name="x">[.., inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    public static bool Serves(Tensor x, Tensor weight) =>
        PanelKernel.IsSupported && !Avx512Kernel.IsSupported
        && (HostProcessor.IsAmd || x.numel() <= FewTokens * weight.shape[1]) && weight.is_contiguous()
        && weight.shape[0] >= PanelKernel.Wide && weight.shape[1] % PanelKernel.Lanes == 0;

    /// <summary>x times the transposed weight, [.., outputs] float32. Every number is summed in one order, however many threads there are.</summary>
    public static Tensor Linear(Tensor x, Tensor weight) => weight.dtype == ScalarType.Float32 ? Linear<float>(x, weight) : Linear<ushort>(x, weight);

    private static Tensor Linear<TWeight>(Tensor x, Tensor weight) where TWeight : unmanaged
    {
        using var scope = NewDisposeScope();
        var tokens = x.contiguous().view(-1, weight.shape[1]); // [tokens, inputs]
        var y = tokens.shape[0] switch
        {
            <= MostAlone => Alone<TWeight>(tokens, weight),
            <= FewTokens => Few<TWeight>(tokens, weight),
            _ => Many<TWeight>(tokens, weight),
        };
        return y.view([.. x.shape[..^1], weight.shape[0]]).MoveToOuterDisposeScope();
    }

    private static Tensor Alone<TWeight>(Tensor tokens, Tensor weight) where TWeight : unmanaged
    {
        const int rows = 4;
        int count = (int)tokens.shape[0], inputs = (int)weight.shape[1], outputs = (int)weight.shape[0];
        var y = empty(count, outputs);
        float* token = tokens.Address<float>(), to = y.Address<float>();
        var with = weight.Address<TWeight>();
        ForEachPiece(count, inputs, outputs, (first, end) =>
        {
            for (var row = first; row < end; row += rows)
            {
                // What is left of the last rows is taken with rows before them, which come to the same numbers again.
                var from = Math.Min(row, end - rows);
                for (var i = 0; i < count; i++)
                    PanelKernel.FourOfOneToken(token + (i * inputs), with + ((long)from * inputs), inputs, to + ((long)i * outputs) + from);
            }
        });
        return y;
    }

    private static Tensor Few<TWeight>(Tensor tokens, Tensor weight) where TWeight : unmanaged
    {
        int count = (int)tokens.shape[0], inputs = (int)weight.shape[1], outputs = (int)weight.shape[0];
        var places = (count + PanelKernel.Lanes - 1) / PanelKernel.Lanes * PanelKernel.Lanes;
        if (places > count)
            tokens = cat([tokens, zeros(places - count, inputs)]);
        Tensor panels = empty(places, inputs), y = empty(places, outputs);
        float* token = tokens.Address<float>(), panel = panels.Address<float>(), to = y.Address<float>();
        var with = weight.Address<TWeight>();
        for (var place = 0; place < places; place += WidthAt(place))
            Panels.Pack(token + (place * inputs), inputs, inputs, WidthAt(place), panel + (place * inputs));
        ForEachPiece(count, inputs, outputs, Piece);
        return y.narrow(0, 0, count);

        // Eight are left where places are an odd number of eights.
        int WidthAt(int place) => Math.Min(PanelKernel.Wide, places - place);

        [SkipLocalsInit]
        void Piece(int first, int end)
        {
            var products = stackalloc float[2 * RowsAtOnce * PanelKernel.Wide]; // [rows, width]
            for (var place = 0; place < places; place += WidthAt(place))
            {
                var width = WidthAt(place);
                for (var row = first; row < end; row += PanelKernel.Rows)
                {
                    var from = Math.Min(row, end - PanelKernel.Rows);
                    var weights = with + ((long)from * inputs);
                    if (width == PanelKernel.Wide)
                        PanelKernel.TimesWide(weights, inputs, panel + (place * inputs), inputs, products + ((from - first) * width), width);
                    else
                        PanelKernel.TimesNarrow(weights, inputs, panel + (place * inputs), inputs, products + ((from - first) * width), width);
                }
                for (var row = first; row < end; row += PanelKernel.Lanes)
                {
                    var from = Math.Min(row, end - PanelKernel.Lanes);
                    for (var i = 0; i < width; i += PanelKernel.Lanes)
                        Panels.Transpose(products + ((from - first) * width) + i, width, to + ((long)(place + i) * outputs) + from, outputs);
                }
            }
        }
    }

    private static Tensor Many<TWeight>(Tensor tokens, Tensor weight) where TWeight : unmanaged
    {
        int count = (int)tokens.shape[0], inputs = (int)weight.shape[1], outputs = (int)weight.shape[0];
        int sixes = (count + PanelKernel.Rows - 1) / PanelKernel.Rows, sixSize = Panels.SixSize(inputs);
        Tensor packedTokens = empty(sixes, sixSize), y = empty(count, outputs);
        float* token = tokens.Address<float>(), six = packedTokens.Address<float>(), to = y.Address<float>();
        var with = weight.Address<TWeight>();
        HostThreads.ForEach(sixes, part => Panels.PackSix(token + (Token(part) * inputs), inputs, inputs, six + ((long)part * sixSize)));
        var panels = (outputs + PanelKernel.Wide - 1) / PanelKernel.Wide;
        var groups = (panels + PanelsAtOnce - 1) / PanelsAtOnce;
        // Where outputs are few, so that every thread has some of the work, tokens are divided, too, and panels made several times.
        var blocks = Math.Clamp(4 * get_num_threads() / groups, 1, (sixes + SixesAtOnce - 1) / SixesAtOnce);
        var blockSixes = ((sixes + blocks - 1) / blocks + SixesAtOnce - 1) / SixesAtOnce * SixesAtOnce;
        HostThreads.ForEach(groups * blocks, part =>
        {
            var (block, group) = Math.DivRem(part, groups);
            int firstPanel = group * PanelsAtOnce, ofGroup = Math.Min(PanelsAtOnce, panels - firstPanel);
            var packed = (float*)NativeMemory.AlignedAlloc((nuint)(sizeof(float) * (long)ofGroup * PanelKernel.Wide * inputs), 64);
            for (var panel = 0; panel < ofGroup; panel++)
                Panels.Pack(with + ((long)Output(firstPanel + panel) * inputs), inputs, inputs, PanelKernel.Wide, packed + ((long)panel * PanelKernel.Wide * inputs));
            var end = (int)Math.Min(sixes, (block + 1L) * blockSixes);
            for (var start = block * blockSixes; start < end; start += SixesAtOnce)
                Products(packed, firstPanel, ofGroup, start, Math.Min(end, start + SixesAtOnce));
            NativeMemory.AlignedFree(packed);
        });
        return y;

        // The first output of a panel; what is left of the last ones is taken with outputs before them, as tokens are.
        int Output(int panel) => Math.Min(panel * PanelKernel.Wide, outputs - PanelKernel.Wide);

        // The first token of a six. What is left of the last ones is taken with tokens before them, which come to the same numbers again.
        long Token(int part) => Math.Min((long)part * PanelKernel.Rows, count - PanelKernel.Rows);

        // Of some sixes and panels, over some of the inputs after others: only whole sums are written to y, where others may write, too.
        [SkipLocalsInit]
        void Products(float* packed, int firstPanel, int ofGroup, int start, int end)
        {
            const int size = PanelKernel.Rows * PanelKernel.Wide;
            var sums = stackalloc float[SixesAtOnce * PanelsAtOnce * size];
            for (var input = 0; input < inputs; input += InputsAtOnce)
                for (var panel = 0; panel < ofGroup; panel++)
                    for (var i = start; i < end; i++)
                    {
                        var sum = sums + ((((i - start) * PanelsAtOnce) + panel) * size);
                        var last = input + InputsAtOnce >= inputs;
                        var result = last ? to + (Token(i) * outputs) + Output(firstPanel + panel) : sum;
                        PanelKernel.SixTimesWide(six + ((long)i * sixSize) + (input * PanelKernel.Rows), packed + (((panel * (long)inputs) + input) * PanelKernel.Wide),
                            Math.Min(InputsAtOnce, inputs - input), result, last ? outputs : PanelKernel.Wide, after: input > 0 ? sum : null);
                    }
        }
    }

    // Pieces of the rows of weights: RowsAtOnce each, and the last as many and what is left.
    private static void ForEachPiece(int tokens, int inputs, int outputs, Action<int, int> body)
    {
        var pieces = Math.Max(1, outputs / RowsAtOnce);
        HostThreads.ForEach(pieces, (long)tokens * inputs * outputs, piece =>
            body(piece * RowsAtOnce, piece == pieces - 1 ? outputs : (piece + 1) * RowsAtOnce));
    }
}
