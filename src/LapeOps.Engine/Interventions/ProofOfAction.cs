namespace LapeOps.Interventions;

/// <summary>What shows that an intervention acted (METHOD.md, "Interventions"): a no-op must not pass unnoticed.</summary>
/// <param name="Neurons">Neurons that the intervention touches.</param>
/// <param name="ValuesChanged">(position, neuron) values that it changed, and (position, component) values of a residual stream that it shifts.</param>
/// <param name="KlDivergence">KL(unmodified || modified) in nats at the last prompt position; null where there is no prompt. Reported, never judged.</param>
public sealed record ProofOfAction(int Neurons, long ValuesChanged, double? KlDivergence)
{
    /// <summary>Refuses a run in which an intervention changed nothing.</summary>
    /// <exception cref="LapeException">MaskWithoutEffect.</exception>
    public static void Require(string mask, int neurons, long valuesChanged, bool allowNoOp)
    {
        if (valuesChanged == 0 && !allowNoOp)
            throw new LapeException("MaskWithoutEffect",
                $"The mask '{mask}' has {neurons} neurons and changed no activation in the whole run: it is a no-op on this text. Check that it belongs to this model, or allow a no-op explicitly.");
    }
}
