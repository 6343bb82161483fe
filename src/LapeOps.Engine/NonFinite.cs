using static TorchSharp.torch;

namespace LapeOps;

/// <summary>Results that are no numbers: of weights that hold NaN or infinity, or of a type that is too narrow. They must not pass as results.</summary>
internal static class NonFinite
{
    /// <summary>Refuses logits that are not all finite. Waits for the device.</summary>
    /// <exception cref="LapeException">NonFinite.</exception>
    public static void Refuse(Tensor logits, LanguageModel model, bool masked)
    {
        using var finite = logits.isfinite().all();
        if (!finite.cpu().item<bool>())
            throw Error(model, "", masked);
    }

    /// <summary>Refuses values that are not all finite.</summary>
    /// <exception cref="LapeException">NonFinite.</exception>
    public static void Refuse(ReadOnlySpan<double> values, LanguageModel model, string when, bool masked = false)
    {
        foreach (var value in values)
            if (!double.IsFinite(value))
                throw Error(model, when, masked);
    }

    private static LapeException Error(LanguageModel model, string when, bool masked) => new("NonFinite",
        $"'{model.Name}' computes values that are no finite numbers{when}{(masked ? " under the mask" : "")}. " + (masked
            ? $"What the mask sets or adds is too large for {model.Type}: take a smaller -Value or -Alpha. Where the same comes without a mask (Clear-LapeMask), the weights are to blame."
            : $"Its weights hold NaN or infinity, or overflow in {model.Type}: download it again, or open it as Float32."));
}
