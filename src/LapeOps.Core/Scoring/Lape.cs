using System.Runtime.CompilerServices;

namespace LapeOps.Scoring;

/// <summary>
/// Language activation probability entropy (METHOD.md, "LAPE"; arXiv 2402.16438, section 2.2). Results are the same for every number of
/// threads; entropies may differ in the last bits between machines whose logarithms do.
/// </summary>
public static class Lape
{
    /// <summary>
    /// Selects the neurons of lowest entropy among the candidates and finds their owners. Effectively computes p = over_zero / n in
    /// float32, H of p over its sum, and takes the round(TopRate * L * d) candidates of lowest (H, flat index), or all if there are fewer.
    /// </summary>
    /// <exception cref="LapeException">RateOutOfRange.</exception>
    public static LanguageNeurons Score(ActivationCounts counts, LapeOptions options)
    {
        options.Checked();
        var quantile = new Quantile(counts);
        var cut = quantile.At(options.FilterRate);
        var bar = options.OwnerRate == options.FilterRate ? cut : quantile.At(options.OwnerRate);
        var most = (int)Math.Round(options.TopRate * counts.Size, MidpointRounding.ToEven);
        var keys = Lowest(Candidates(counts, cut), most);
        return new LanguageNeurons(counts.Layers, counts.Width, counts.Languages, Neurons(counts, keys, bar), cut, bar);
    }

    /// <summary>[L * d] H in nats of every neuron, candidate or not; 0 where it is never active.</summary>
    public static float[] Entropy(ActivationCounts counts)
    {
        var (entropy, languages) = (new float[counts.Size], counts.Languages.Count);
        Chunks.ForEach(counts.Size, (begin, end) =>
        {
            var p = Probabilities(counts, [.. Enumerable.Range(begin, end - begin)]);
            for (var i = 0; i < end - begin; i++)
                entropy[begin + i] = Entropy(p.AsSpan(i * languages, languages));
        });
        return entropy;
    }

    /// <summary>A candidate as one number whose order is that of (H, flat index): bits of H above, index below. H is never negative.</summary>
    private static ulong Key(float entropy, int flat) => (ulong)BitConverter.SingleToUInt32Bits(entropy) << 32 | (uint)flat;

    private static ulong[][] Candidates(ActivationCounts counts, float cut)
    {
        var greatest = Enumerable.Range(0, counts.Languages.Count).Select(k => counts.GreatestCount(k, cut)).ToArray();
        return Chunks.Select(counts.Size, (begin, end) =>
        {
            var above = new bool[end - begin];
            for (var k = 0; k < greatest.Length; k++)
                MarkAbove(counts.OverZero(k)[begin..end], greatest[k], above);
            return Keys(counts, Marked(above, begin));
        });
    }

    // As in Quantile: a process scores once, and the loops over many neurons have to be fast the first time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MarkAbove(ReadOnlySpan<long> values, long greatest, Span<bool> above)
    {
        for (var i = 0; i < values.Length; i++)
            above[i] |= values[i] > greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Marked(bool[] marks, int begin)
    {
        var flat = new List<int>(marks.Length);
        for (var i = 0; i < marks.Length; i++)
            if (marks[i])
                flat.Add(begin + i);
        return [.. flat];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong[] Keys(ActivationCounts counts, int[] flat)
    {
        var languages = counts.Languages.Count;
        var p = Probabilities(counts, flat);
        var keys = new ulong[flat.Length];
        for (var i = 0; i < flat.Length; i++)
            keys[i] = Key(Entropy(p.AsSpan(i * languages, languages)), flat[i]);
        return keys;
    }

    /// <summary>The smallest keys. A histogram of their upper bits finds how far to look, so that only those few are sorted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong[] Lowest(ulong[][] keys, int most)
    {
        var histogram = new int[1 << 16];
        foreach (var chunk in keys)
            foreach (var key in chunk)
                histogram[key >> 48]++;
        var (last, reached) = (0, 0);
        while (last < histogram.Length - 1 && reached + histogram[last] < most)
            reached += histogram[last++];
        var low = new List<ulong>();
        foreach (var chunk in keys)
            foreach (var key in chunk)
                if (key >> 48 <= (ulong)last)
                    low.Add(key);
        low.Sort();
        return [.. low.Take(most)];
    }

    private static LanguageNeuron[] Neurons(ActivationCounts counts, ulong[] keys, float bar)
    {
        var selected = keys.Select(key => (Flat: (int)(uint)key, Score: BitConverter.UInt32BitsToSingle((uint)(key >> 32)))).OrderBy(n => n.Flat).ToArray();
        var languages = counts.Languages.Count;
        var all = Probabilities(counts, [.. selected.Select(n => n.Flat)]);
        return [.. selected.Select((neuron, i) =>
        {
            var p = all[(i * languages)..((i + 1) * languages)];
            var owners = Enumerable.Range(0, languages).Where(k => p[k] > bar).ToArray();
            return new LanguageNeuron(neuron.Flat / counts.Width, neuron.Flat % counts.Width, neuron.Score, owners, p);
        })];
    }

    /// <summary>
    /// p of some neurons, [neurons, K]: both numbers cast to float32, then divided, as torch does it (which matters above 2^24).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float[] Probabilities(ActivationCounts counts, int[] flat)
    {
        var languages = counts.Languages.Count;
        var p = new float[flat.Length * languages];
        for (var k = 0; k < languages; k++)
        {
            var overZero = counts.OverZero(k);
            float n = counts.Tokens[k];
            for (var i = 0; i < flat.Length; i++)
                p[i * languages + k] = overZero[flat[i]] / n;
        }
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Entropy(ReadOnlySpan<float> p)
    {
        var (sum, entropy) = (0f, 0f);
        foreach (var value in p)
            sum += value;
        foreach (var value in p)
            if (value > 0)
                entropy -= value / sum * MathF.Log(value / sum);
        return entropy;
    }
}
