using LapeOps.Masks;
using LapeOps.Statistics;

namespace LapeOps.Scoring;

/// <summary>Random control neurons (METHOD.md, "Other scorers", RS): what a mask of the same size does by chance.</summary>
public static class RandomNeurons
{
    /// <summary>Neurons of nearest activity that one is drawn from.</summary>
    public const int Nearest = 5;

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
                RequireRoom(free.Length, count, like.Languages[k], layer);
                drawn[k][layer] = Sample(free, count, random);
            }
        }
        return new NeuronMask(like.Layers, width, like.Languages, drawn);
    }

    /// <summary>
    /// Draws for every neuron of <paramref name="like"/> one of its layer that is about as active on the language's text: one of the
    /// <see cref="Nearest"/> of nearest activation probability among those that are still free, each of them equally likely.
    /// </summary>
    /// <param name="like">The mask whose sizes and activity are taken; the statistics have its languages.</param>
    /// <param name="excluded">What to avoid: the whole selection.</param>
    /// <param name="statistics">Counts of each language.</param>
    /// <param name="seed">The same seed gives the same mask on every machine.</param>
    /// <exception cref="LapeException">RandomNeuronsDoNotFit, naming language and layer; MaskShapeMismatch; LanguageUnknown.</exception>
    public static NeuronMask DrawByActivity(NeuronMask like, NeuronMask excluded, ActivationStatistics statistics, ulong seed)
    {
        var width = statistics.Width;
        like = like.ForModel(statistics.Layers, width);
        excluded = excluded.ForModel(statistics.Layers, width);
        var random = new SplitMix64(seed);
        var drawn = like.Languages.Select(_ => new int[like.Layers][]).ToArray();
        for (var layer = 0; layer < like.Layers; layer++)
        {
            int[] free = [.. Enumerable.Range(0, width).Except(excluded.Union(layer))];
            for (var k = 0; k < drawn.Length; k++)
            {
                var neurons = like.Neurons(like.Languages[k], layer);
                RequireRoom(free.Length, neurons.Length, like.Languages[k], layer);
                drawn[k][layer] = Alike(neurons, free, statistics[like.Languages[k]].OverZero.Span.Slice(layer * width, width), random);
            }
        }
        return new NeuronMask(like.Layers, width, like.Languages, drawn);
    }

    /// <summary>
    /// A mask of one language named "shared" that only has sizes: the mean number of neurons in each layer over some masks of one shape, rounded
    /// by largest remainders so that they add up to the mean number in all.
    /// </summary>
    public static NeuronMask MeanSizes(IReadOnlyList<NeuronMask> masks)
    {
        var sums = Enumerable.Range(0, masks[0].Layers).Select(layer => masks.Sum(m => m.Union(layer).Length)).ToArray();
        var sizes = Array.ConvertAll(sums, sum => sum / masks.Count);
        var missing = (int)Math.Round(sums.Sum() / (double)masks.Count, MidpointRounding.ToEven) - sizes.Sum();
        foreach (var layer in Enumerable.Range(0, sums.Length).OrderByDescending(layer => sums[layer] % masks.Count).Take(missing))
            sizes[layer]++;
        return new NeuronMask(sizes.Length, masks[0].Width, ["shared"], [[.. sizes.Select(size => Enumerable.Range(0, size).ToArray())]]);
    }

    private static int[] Alike(ReadOnlySpan<int> neurons, int[] free, ReadOnlySpan<long> counts, SplitMix64 random)
    {
        // By activity, so that what is nearest stands side by side.
        var byCount = new List<(long Count, int Neuron)>(free.Length);
        foreach (var neuron in neurons.Length == 0 ? [] : free)
            byCount.Add((counts[neuron], neuron));
        byCount.Sort();
        var chosen = new List<int>();
        foreach (var neuron in neurons)
        {
            var end = byCount.BinarySearch((counts[neuron], neuron));
            var first = end < 0 ? end = ~end : end; // the window [first, end) grows towards the nearer neighbour
            while (end - first < Nearest && end - first < byCount.Count)
                if (end == byCount.Count || (first > 0 && counts[neuron] - byCount[first - 1].Count <= byCount[end].Count - counts[neuron]))
                    first--;
                else
                    end++;
            var at = first + random.Below(end - first);
            chosen.Add(byCount[at].Neuron);
            byCount.RemoveAt(at);
        }
        return [.. chosen.Order()];
    }

    private static void RequireRoom(int free, int needed, string language, int layer)
    {
        if (needed > free)
            throw new LapeException("RandomNeuronsDoNotFit",
                $"Layer {layer} has {free} neurons outside the selection and '{language}' needs {needed} control neurons there. Take a lower TopRate.");
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
