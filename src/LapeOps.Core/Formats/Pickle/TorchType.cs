namespace LapeOps.Formats.Pickle;

/// <summary>Element types of tensors in torch's zip format, each by the name of its storage class without "Storage".</summary>
public enum TorchType
{
    /// <summary>IEEE double precision, torch.float64.</summary>
    Double,
    /// <summary>IEEE single precision, torch.float32.</summary>
    Float,
    /// <summary>IEEE half precision, torch.float16.</summary>
    Half,
    /// <summary>The upper half of a float32, torch.bfloat16.</summary>
    BFloat16,
    /// <summary>Signed 64 bit, torch.int64.</summary>
    Long,
    /// <summary>Signed 32 bit, torch.int32.</summary>
    Int,
    /// <summary>Signed 16 bit, torch.int16.</summary>
    Short,
    /// <summary>Signed 8 bit, torch.int8.</summary>
    Char,
    /// <summary>Unsigned 8 bit, torch.uint8.</summary>
    Byte,
    /// <summary>One byte, 0 or 1, torch.bool.</summary>
    Bool,
}

/// <summary>Sizes of <see cref="TorchType"/>.</summary>
public static class TorchTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Size(this TorchType type) => type switch
    {
        TorchType.Double or TorchType.Long => 8,
        TorchType.Float or TorchType.Int => 4,
        TorchType.Half or TorchType.BFloat16 or TorchType.Short => 2,
        _ => 1,
    };
}
