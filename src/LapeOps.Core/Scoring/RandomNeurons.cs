using LapeOps.Masks;

namespace LapeOps.Scoring;

/// <summary>Random control neurons (METHOD.md, "Other scorers", RS): what a mask of the same size does by chance.</summary>
public static class RandomNeurons
{
    /// <summary>
    /// Draws as many neurons for every language and layer as <paramref name="like"/> has, each free neuron of the layer equally likely, each
    /// once a language; those of two languages may coincide. Free is what <paramref name="excluded"/> gives to no language.
    /// </summary>
    /// <param name="like">The mask whose sizes are taken.</param>
    /// <param name="excluded">What to avoid: the whole selection of the statistics, of which <paramref name="like"/> may be a part.</param>
    /// <param name="width">d, neurons a layer.</param>
    /// <param name="seed">The same seed gives the same mask on every machine.</param>
    /// <exception cref="LapeException">RandomNeuronsDoNotFit, naming language and layer; MaskShapeMismatch.</exception>
    public static NeuronMask Draw(NeuronMask like, NeuronMask excluded, int width, ulong seed)
    {
        like = like.ForModel(like.Layers, width);
        excluded = excluded.ForModel(like.Layers, width);
        var random = new SplitMix64(seed);
        var drawn = like.Languages.Select(_ => new int[like.Layers][]).ToArray();
        for (var layer = 0; layer < like.Layers; layer++)
        {
            int[] free = [.. Enumerable.Range(0, width).Except(excluded.Union(layer))];
            for (var k = 0; k < drawn.Length; k++)
            {
                var count = like.Neurons(like.Languages[k], layer).Length;
                if (count > free.Length)
                    throw new LapeException("RandomNeuronsDoNotFit",
                        $"Layer {layer} has {free.Length} neurons outside the selection and '{like.Languages[k]}' needs {count} control neurons there. Take a lower TopRate.");
                drawn[k][layer] = Sample(free, count, random);
            }
        }
        return new NeuronMask(like.Layers, width, like.Languages, drawn);
    }

    /// <summary>The first steps of a Fisher-Yates shuffle of a copy.</summary>
    private static int[] Sample(int[] free, int count, SplitMix64 random)
    {
        int[] pool = [.. free];
        for (var i = 0; i < count; i++)
        {
            var j = i + random.Below(pool.Length - i);
            (pool[i], pool[j]) = (pool[j], pool[i]);
        }
        return [.. pool.Take(count).Order()];
    }
}
