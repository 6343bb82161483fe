using System.Buffers.Binary;

namespace LapeOps.Fuzz.Mutations;

/// <summary>Changes to a safetensors file: to its bytes, to its data, or to its header, whose length is then made to fit.</summary>
internal static class SafetensorsMutator
{
    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (input.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(input) is not (>= 0 and var length) || length > input.Length - 8 || random.Next(5) == 0)
            return ByteMutator.Mutate(input, other, random);
        var (header, data) = (input[8..(8 + (int)length)], input[(8 + (int)length)..]);
        if (random.Next(4) == 0)
            data = ByteMutator.Mutate(data, data, random);
        else
            header = random.Next(2) == 0 && JsonMutator.MutateInner(header, random) is { } changed ? changed : JsonMutator.Mutate(header, random);
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. data];
    }
}
