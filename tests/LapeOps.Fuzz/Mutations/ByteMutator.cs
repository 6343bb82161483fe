using System.Buffers.Binary;

namespace LapeOps.Fuzz.Mutations;

/// <summary>Changes that know nothing of a format.</summary>
internal static class ByteMutator
{
    /// <summary>Numbers at which sizes, counts and offsets go wrong.</summary>
    public static IReadOnlyList<long> Numbers { get; } =
    [
        0, 1, 2, 7, 8, 16, 127, 128, 255, 256, 1000, short.MaxValue, 1 << 15, ushort.MaxValue, 1 << 16, 1 << 20, 100_000_000, 1 << 30, int.MaxValue, 1L << 31,
        uint.MaxValue, 1L << 32, 1L << 53, 1L << 61, 1L << 62, long.MaxValue, -1, -2, -128, short.MinValue, int.MinValue, long.MinValue,
    ];

    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (input.Length == 0)
            return [.. other];
        var at = random.Next(input.Length);
        // Short pieces are the likeliest, long ones happen.
        var length = Math.Min(1 + (int)(Math.Pow(random.NextDouble(), 4) * 4096), input.Length - at);
        byte[] changed = [.. input];
        switch (random.Next(10))
        {
            case 0:
                changed[at] ^= (byte)(1 << random.Next(8));
                return changed;
            case 1:
                changed[at] = (byte)random.Next(256);
                return changed;
            case 2:
            case 3:
                PutNumber(changed.AsSpan(at), random);
                return changed;
            case 4: // deleted
                return [.. input[..at], .. input[(at + length)..]];
            case 5: // twice
                return [.. input[..(at + length)], .. input[at..]];
            case 6: // moved over others
                input.AsSpan(at, length).CopyTo(changed.AsSpan(random.Next(input.Length - length + 1)));
                return changed;
            case 7:
                var inserted = new byte[length];
                if (random.Next(2) == 0)
                    random.NextBytes(inserted);
                else
                    Array.Fill(inserted, input[at]);
                return [.. input[..at], .. inserted, .. input[at..]];
            case 8: // cut
                return input[..at];
            default: // spliced
                return [.. input[..at], .. other.AsSpan(random.Next(other.Length + 1))];
        }
    }

    private static void PutNumber(Span<byte> place, Random random)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[random.Next(Numbers.Count)]);
        var width = 1 << random.Next(4);
        number = number[..width];
        if (random.Next(4) == 0)
            number.Reverse();
        number[..Math.Min(width, place.Length)].CopyTo(place);
    }
}
