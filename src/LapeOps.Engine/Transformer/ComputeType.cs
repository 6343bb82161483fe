using LapeOps.Native;
using static TorchSharp.torch;

namespace LapeOps.Transformers;

/// <summary>The type that linear layers and attention products compute in.</summary>
public enum ComputeType
{
    /// <summary>float32, the default on a CPU: masks then do not depend on the machine.</summary>
    Float32,
    /// <summary>bfloat16.</summary>
    BFloat16,
    /// <summary>Whichever multiplies faster on the device, measured when a model is opened; a model's own type is never this.</summary>
    Auto,
}

/// <summary>Types as torch has them.</summary>
public static class ComputeTypes
{
    /// <summary>The type to compute in on a device: the one asked for; by default float32 on a CPU and bfloat16 on CUDA.</summary>
    public static ComputeType Resolve(ComputeType? asked, Device device) => asked switch
    {
        ComputeType.Auto => Seconds(ScalarType.BFloat16, device) < Seconds(ScalarType.Float32, device) ? ComputeType.BFloat16 : ComputeType.Float32,
        { } type => type,
        null => device.type == TorchSharp.DeviceType.CUDA ? ComputeType.BFloat16 : ComputeType.Float32,
    };

    /// <summary>The torch type.</summary>
    public static ScalarType ToTorch(this ComputeType type) => type switch
    {
        ComputeType.Float32 => ScalarType.Float32,
        ComputeType.BFloat16 => ScalarType.BFloat16,
        _ => throw new ArgumentException($"{type} is a choice and no type.", nameof(type)),
    };

    /// <summary>Bytes an element.</summary>
    public static int ElementBytes(this ScalarType type) => type is ScalarType.BFloat16 or ScalarType.Float16 ? 2 : 4;

    // Of a product as large as a layer's.
    private static double Seconds(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ones([256, 1024], type, device), ones([1024, 1024], type, device));
        return Devices.Seconds(device, TimeSpan.Zero, () => nn.functional.linear(x, weight).Dispose());
    }
}
