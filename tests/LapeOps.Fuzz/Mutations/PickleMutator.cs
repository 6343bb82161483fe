using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Fuzz.Mutations;

/// <summary>Changes to a pickle of protocol 2, opcode by opcode.</summary>
internal static class PickleMutator
{
    // Opcodes without an argument, and with one of so many bytes.
    private const string Bare = "().NQR]aestu}0123bo\u0085\u0086\u0087\u0088\u0089\u0093";

    private static readonly Dictionary<byte, int> _fixed = new()
    {
        [(byte)'G'] = 8,
        [(byte)'J'] = 4,
        [(byte)'K'] = 1,
        [(byte)'M'] = 2,
        [(byte)'h'] = 1,
        [(byte)'j'] = 4,
        [(byte)'q'] = 1,
        [(byte)'r'] = 4,
        [0x80] = 1,
    };

    private static readonly string[] _globals =
    [
        "torch._utils\n_rebuild_tensor_v2\n", "collections\nOrderedDict\n", "torch\nLongStorage\n", "torch\nIntStorage\n", "torch\nFloatStorage\n", "torch\nDoubleStorage\n",
        "torch\nBoolStorage\n", "torch\nHalfStorage\n", "os\nsystem\n", "builtins\neval\n", "\n\n",
    ];

    private static readonly string[] _texts = ["storage", "cpu", "0", "1", "00", "n", "over_zero", "total_tokens", "../0", "", "\u00e4", "\ud83d\ude00"];

    public static byte[] Mutate(byte[] pickle, byte[] other, Random random)
    {
        var starts = Starts(pickle);
        if (starts.Count < 2)
            return ByteMutator.Mutate(pickle, other, random);
        // PROTO stays what it is: without it nothing else is looked at.
        var index = random.Next(1, starts.Count);
        var (begin, end) = (starts[index], End(index));
        switch (random.Next(10))
        {
            case 0: // deleted
                return Replace(pickle, begin, end, []);
            case 1: // several times
                var last = Math.Min(index + random.Next(12), starts.Count - 1);
                var slice = pickle[begin..End(last)];
                var times = random.Next(8) == 0 ? random.Next(20_000) : random.Next(1, 4);
                return Replace(pickle, begin, begin, [.. Enumerable.Repeat(slice, Math.Min(times, (1 << 20) / slice.Length)).SelectMany(s => s)]);
            case 2: // moved
                var to = starts[random.Next(1, starts.Count)];
                return Replace(pickle, to, to, pickle[begin..end]);
            case 3:
            case 4:
                return Replace(pickle, begin, begin, Opcode(random));
            case 5:
                return Replace(pickle, begin, end, Opcode(random));
            case 6:
            case 7: // a number of it
                for (var attempt = 0; attempt < 100; attempt++)
                    if (random.Next(1, starts.Count) is var number && pickle[starts[number]] is (byte)'J' or (byte)'K' or (byte)'M' or 0x8a)
                        return Replace(pickle, starts[number], End(number), Integer(random));
                return Replace(pickle, begin, end, Integer(random));
            case 8: // what another pickle has
                var others = Starts(other);
                return others.Count == 0 ? pickle : Replace(pickle, begin, begin, other[others[random.Next(others.Count)]..]);
            default:
                return ByteMutator.Mutate(pickle, other, random);
        }

        int End(int opcode) => opcode + 1 < starts.Count ? starts[opcode + 1] : pickle.Length;
    }

    private static List<int> Starts(byte[] pickle)
    {
        var starts = new List<int>();
        for (long at = 0; at < pickle.Length && Length(pickle.AsSpan((int)at)) is { } length; at += length)
            starts.Add((int)at);
        return starts;
    }

    // Of an opcode with its argument; null where it is none.
    private static long? Length(ReadOnlySpan<byte> rest)
    {
        if (_fixed.TryGetValue(rest[0], out var argument))
            return 1 + argument;
        if (Bare.Contains((char)rest[0]))
            return 1;
        switch (rest[0])
        {
            case (byte)'X' when rest.Length >= 5:
                return 5 + (long)BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            case 0x8a when rest.Length >= 2:
                return 2 + rest[1];
            case (byte)'c':
                var module = rest.IndexOf((byte)'\n');
                var name = module < 0 ? -1 : rest[(module + 1)..].IndexOf((byte)'\n');
                return name < 0 ? null : module + 1 + name + 1;
            default:
                return null;
        }
    }

    private static byte[] Opcode(Random random) => random.Next(6) switch
    {
        0 => [(byte)'c', .. Encoding.UTF8.GetBytes(_globals[random.Next(_globals.Length)])],
        1 => Text(_texts[random.Next(_texts.Length)]),
        2 => Integer(random),
        3 => [(byte)(random.Next(2) == 0 ? 'h' : 'q'), (byte)random.Next(random.Next(2) == 0 ? 8 : 256)],
        4 => [(byte)random.Next(256)],
        _ => [(byte)Bare[random.Next(Bare.Length)]],
    };

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    private static byte[] Integer(Random random)
    {
        var number = ByteMutator.Numbers[random.Next(ByteMutator.Numbers.Count)];
        return random.Next(4) switch
        {
            0 => [(byte)'K', (byte)number],
            1 => [(byte)'J', .. BitConverter.GetBytes((int)number)],
            2 => [0x8a, 8, .. BitConverter.GetBytes(number)],
            _ => [0x8a, (byte)random.Next(1, 9), .. BitConverter.GetBytes(number)],
        };
    }

    private static byte[] Replace(byte[] bytes, int begin, int end, byte[] by) => [.. bytes.AsSpan(0, begin), .. by, .. bytes.AsSpan(Math.Min(end, bytes.Length))];
}
