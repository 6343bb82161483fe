using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Native;

/// <summary>
/// Makes a needed symbol version of an ELF64 library weak (flag VER_FLG_WEAK of its vernaux entry in .gnu.version_r; ELF gABI and
/// the GNU symbol versioning specification). The dynamic loader then accepts a system library that lacks the version.
/// </summary>
/// <remarks>
/// libLibTorchSharp.so asks for GLIBCXX_3.4.32, which Debian 12 and Ubuntu 22.04 lack. The one symbol of that version,
/// _ZSt21ios_base_library_initv, is used by no relocation, so nothing is missed.
/// </remarks>
public static class ElfVersionNeeds
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Sets the flag in place. Returns whether the version was there; a library that does not need it stays as it is.</summary>
    /// <exception cref="LapeException">RuntimeIncomplete where the bytes are no little-endian ELF64 file.</exception>
    public static bool MakeWeak(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library.StartsWith("\u007fELF"u8) || library[4] != 2 || library[5] != 1)
            throw new LapeException("RuntimeIncomplete", "LibTorchSharp is not a 64-bit ELF library: the TorchSharp package is damaged. Restore it again.");
        var sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(library[0x28..]));
        int size = U16(library, 0x3a), count = U16(library, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var section = sections + (i * size);
            if (U32(library, section + 4) != SectionTypeVersionNeeds)
                continue;
            var strings = sections + ((int)U32(library, section + 0x28) * size);
            return MakeWeak(library, version, Offset(library, section), Offset(library, strings));
        }
        return false;
    }

    // A chain of verneed entries (one a library), each with a chain of vernaux entries (one a version).
    private static bool MakeWeak(Span<byte> library, string version, int need, int strings)
    {
        var wanted = Encoding.ASCII.GetBytes(version + "\0");
        while (true)
        {
            var entry = need + (int)U32(library, need + 8);
            while (true)
            {
                if (library[(strings + (int)U32(library, entry + 8))..].StartsWith(wanted))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(library[(entry + 4)..], (ushort)(U16(library, entry + 4) | Weak));
                    return true;
                }
                var next = (int)U32(library, entry + 12);
                if (next == 0)
                    break;
                entry += next;
            }
            var step = (int)U32(library, need + 12);
            if (step == 0)
                return false;
            need += step;
        }
    }

    private static int Offset(Span<byte> library, int section) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(library[(section + 0x18)..]));

    private static ushort U16(Span<byte> library, int at) => BinaryPrimitives.ReadUInt16LittleEndian(library[at..]);

    private static uint U32(Span<byte> library, int at) => BinaryPrimitives.ReadUInt32LittleEndian(library[at..]);
}
