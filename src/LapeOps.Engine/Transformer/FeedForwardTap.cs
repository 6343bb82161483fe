using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>
/// What a block asks while it computes: counting, masking, replacing and adding are one thing seen from the transformer. All tensors
/// are float32 on the model's device, [rows, tokens, ...]; an implementation reads nothing back to the host.
/// </summary>
public abstract class FeedForwardTap
{
    /// <summary>The tap that looks at nothing.</summary>
    public static FeedForwardTap None { get; } = new Nothing();

    /// <summary>Sees the residual stream at a block's input, [rows, tokens, hidden], and may change it in place.</summary>
    public virtual void BlockInput(int layer, Tensor residual)
    {
    }

    /// <summary>
    /// Sees the activations <c>a = act(gate)</c>, [rows, tokens, width] (METHOD.md, "Neuron and activation"), and may change them in place.
    /// </summary>
    public virtual void Activation(int layer, Tensor activation)
    {
    }

    /// <summary>Sees what enters the down projection, <c>a * up</c>, [rows, tokens, width].</summary>
    public virtual void DownInput(int layer, Tensor product)
    {
    }

    private sealed class Nothing : FeedForwardTap;
}
