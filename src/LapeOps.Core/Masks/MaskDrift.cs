namespace LapeOps.Masks;

/// <summary>How far a mask moved from another: one language's neurons that came and went.</summary>
/// <param name="Language">The language.</param>
/// <param name="Kept">Neurons of both.</param>
/// <param name="Came">Neurons of the new mask alone.</param>
/// <param name="Went">Neurons of the old mask alone.</param>
public sealed record LanguageDrift(string Language, int Kept, int Came, int Went);

/// <summary>How far a mask moved from another, over (language, layer, neuron).</summary>
/// <param name="Languages">One entry for every language of either.</param>
public sealed record MaskDrift(IReadOnlyList<LanguageDrift> Languages)
{
    /// <summary>1 - |both| / |either|, the Jaccard distance: 0 where nothing moved, 1 where nothing is left; 0 for two empty masks.</summary>
    public double Share
    {
        get
        {
            var moved = Languages.Sum(l => l.Came + l.Went);
            return moved == 0 ? 0 : moved / (double)(moved + Languages.Sum(l => l.Kept));
        }
    }

    /// <summary>Compares two masks of one shape.</summary>
    /// <exception cref="LapeException">MaskShapeMismatch.</exception>
    public static MaskDrift Between(NeuronMask old, NeuronMask now)
    {
        old.RequireShapeOf(now);
        return new([.. old.Languages.Union(now.Languages).Select(language =>
        {
            var (inOld, inNow) = (old.Languages.Contains(language), now.Languages.Contains(language));
            var kept = inOld && inNow ? Enumerable.Range(0, old.Layers).Sum(layer => NeuronMask.Overlap(old.Neurons(language, layer), now.Neurons(language, layer))) : 0;
            return new LanguageDrift(language, kept, (inNow ? now.Count(language) : 0) - kept, (inOld ? old.Count(language) : 0) - kept);
        })]);
    }

    /// <summary>What moved, by language: "zh +3 -1".</summary>
    public override string ToString() => string.Join(", ", Languages.Where(l => l.Came + l.Went > 0).Select(l => $"{l.Language} +{l.Came} -{l.Went}"));
}
