using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>The type that linear layers and attention products compute in.</summary>
public enum ComputeType
{
    /// <summary>float32, the default on a CPU: masks then do not depend on the machine.</summary>
    Float32,
    /// <summary>bfloat16.</summary>
    BFloat16,
}

/// <summary>Types as torch has them.</summary>
public static class ComputeTypes
{
    /// <summary>The torch type.</summary>
    public static ScalarType ToTorch(this ComputeType type) => type == ComputeType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Bytes an element.</summary>
    public static int ElementBytes(this ScalarType type) => type is ScalarType.BFloat16 or ScalarType.Float16 ? 2 : 4;
}
