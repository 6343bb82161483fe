using LapeOps.Native;
using LapeOps.Transformers;
using static TorchSharp.torch;

namespace LapeOps.Architectures;

/// <summary>Activation functions by their names in config.json, and as torch computes them.</summary>
internal static class Activations
{
    public static ActivationFunction Named(ConfigReader config, string name) => name switch
    {
        "silu" or "swish" => ActivationFunction.Silu,
        "gelu" => ActivationFunction.Gelu,
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => ActivationFunction.GeluTanh,
        "relu" => ActivationFunction.Relu,
        _ => throw config.Unsupported("hidden_act", $"is '{name}', and only silu, gelu, gelu_new, gelu_pytorch_tanh and relu can be computed"),
    };

    /// <summary>The function in place: <paramref name="gate"/> is not needed before it any more.</summary>
    public static Tensor Apply(this ActivationFunction function, Tensor gate) => function switch
    {
        ActivationFunction.Silu => gate.silu_(),
        ActivationFunction.Gelu => gate.gelu_(),
        ActivationFunction.GeluTanh when gate.IsHostFloat() => HostGelu.Apply(gate),
        ActivationFunction.GeluTanh => gate.gelu_(TorchSharp.Modules.GELU.Approximate.tanh),
        _ => gate.relu_(),
    };
}
