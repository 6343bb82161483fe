namespace LapeOps.Formats;

/// <summary>Element types of the safetensors format that LapeOps reads, named as the format names them.</summary>
public enum SafetensorsDType
{
    /// <summary>One byte, 0 or 1.</summary>
    BOOL,
    /// <summary>Unsigned 8 bit.</summary>
    U8,
    /// <summary>Signed 8 bit.</summary>
    I8,
    /// <summary>Unsigned 16 bit.</summary>
    U16,
    /// <summary>Signed 16 bit.</summary>
    I16,
    /// <summary>IEEE half precision.</summary>
    F16,
    /// <summary>The upper half of a float32.</summary>
    BF16,
    /// <summary>Unsigned 32 bit.</summary>
    U32,
    /// <summary>Signed 32 bit.</summary>
    I32,
    /// <summary>IEEE single precision.</summary>
    F32,
    /// <summary>Unsigned 64 bit.</summary>
    U64,
    /// <summary>Signed 64 bit.</summary>
    I64,
    /// <summary>IEEE double precision.</summary>
    F64,
}

/// <summary>Sizes of <see cref="SafetensorsDType"/>.</summary>
public static class SafetensorsDTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Size(this SafetensorsDType type) => type switch
    {
        SafetensorsDType.BOOL or SafetensorsDType.U8 or SafetensorsDType.I8 => 1,
        SafetensorsDType.U16 or SafetensorsDType.I16 or SafetensorsDType.F16 or SafetensorsDType.BF16 => 2,
        SafetensorsDType.U32 or SafetensorsDType.I32 or SafetensorsDType.F32 => 4,
        _ => 8,
    };

    /// <summary>The type that holds elements of <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static SafetensorsDType Of<T>() where T : unmanaged => default(T) switch
    {
        bool => SafetensorsDType.BOOL,
        byte => SafetensorsDType.U8,
        sbyte => SafetensorsDType.I8,
        ushort => SafetensorsDType.U16,
        short => SafetensorsDType.I16,
        Half => SafetensorsDType.F16,
        uint => SafetensorsDType.U32,
        int => SafetensorsDType.I32,
        float => SafetensorsDType.F32,
        ulong => SafetensorsDType.U64,
        long => SafetensorsDType.I64,
        double => SafetensorsDType.F64,
        _ => throw new ArgumentException($"safetensors has no type for {typeof(T).Name}."),
    };
}
