using System.Text;

namespace LapeOps.Tokenization.Tests;

/// <summary>Writes messages of protocol buffers, for models of SentencePiece by hand.</summary>
internal sealed class ProtoWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public static ProtoWriter Piece(string text, float score, int type) => new ProtoWriter().Field(1, Encoding.UTF8.GetBytes(text)).Field(2, score).Field(3, type);

    public ProtoWriter Field(int number, byte[] bytes)
    {
        Varint((ulong)(number << 3 | 2));
        Varint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtoWriter Field(int number, ProtoWriter message) => Field(number, message.Bytes);

    public ProtoWriter Field(int number, float value)
    {
        Varint((ulong)(number << 3 | 5));
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtoWriter Field(int number, int value)
    {
        Varint((ulong)(number << 3));
        Varint((ulong)value);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
