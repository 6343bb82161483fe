using LapeOps.Architectures;

namespace LapeOps.Profiling;

/// <summary>
/// Floating-point operations that profiling needs: two a weight and token of every linear layer, and 4 * head width * heads a pair of tokens
/// of which one attends to the other.
/// </summary>
public static class ProfileOperations
{
    /// <summary>Those of a row: no head, and no last down projection.</summary>
    public static double OfRow(TransformerShape shape, int tokens) =>
        Enumerable.Range(0, shape.Layers).Sum(layer => OfLayer(shape, layer, tokens)) - (2.0 * shape.Hidden * shape.Width * tokens);

    /// <summary>Those of a row in one whole layer.</summary>
    public static double OfLayer(TransformerShape shape, int layer, int tokens) =>
        (2 * WeightsOfLayer(shape) * tokens) + (4.0 * shape.HeadWidth * shape.Heads * Pairs(tokens, shape.WindowOf(layer) ?? tokens));

    /// <summary>Weights of a layer's products.</summary>
    internal static double WeightsOfLayer(TransformerShape shape) =>
        shape.Hidden * ((2.0 * shape.HeadWidth * (shape.Heads + shape.KeyValueHeads)) + (3.0 * shape.Width));

    // The first tokens have fewer before them than the window holds.
    private static double Pairs(double tokens, double window)
    {
        var growing = Math.Min(tokens, window);
        return (growing * (growing + 1) / 2) + ((tokens - growing) * window);
    }
}
