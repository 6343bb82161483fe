using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Tokenization.Folders;

/// <summary>The fields of a protocol-buffers message, one after another (protobuf.dev, Encoding). What is no message is a FormatException.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;
    private const int MostVarintBytes = 10;

    private ReadOnlySpan<byte> _rest = message;
    private int _wire;

    /// <summary>The number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; every field has to be read or skipped.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = ReadVarint();
        (Field, _wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        return true;
    }

    /// <summary>The field as a message, bytes or text.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(LengthDelimited);
        var length = ReadVarint();
        return Take(length <= (ulong)_rest.Length ? (int)length : throw new FormatException("a field ends beyond its message"));
    }

    /// <summary>The field as a text.</summary>
    public string Text()
    {
        var bytes = Bytes();
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new FormatException("a text is not UTF-8");
    }

    /// <summary>The field as an int32, a bool or an enum.</summary>
    public int Int()
    {
        Expect(Varint);
        return unchecked((int)ReadVarint());
    }

    /// <summary>The field as a float.</summary>
    public float Float()
    {
        Expect(Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>Passes over the field.</summary>
    public void Skip()
    {
        switch (_wire)
        {
            case Varint:
                ReadVarint();
                break;
            case LengthDelimited:
                Bytes();
                break;
            case Fixed64:
                Take(8);
                break;
            case Fixed32:
                Take(4);
                break;
            default:
                throw new FormatException($"a field has the wire type {_wire}");
        }
    }

    private readonly void Expect(int wire)
    {
        if (_wire != wire)
            throw new FormatException($"field {Field} has the wire type {_wire}, not {wire}");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw new FormatException("it ends within a field");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var i = 0; i < MostVarintBytes; i++)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
                return value;
        }
        throw new FormatException("a number has more than 10 bytes");
    }
}
