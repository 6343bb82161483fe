using System.IO.Compression;

namespace LapeOps.Fuzz.Mutations;

/// <summary>Changes to the records of a zip file, which is put together again with right sizes and checksums, so that they reach the reader.</summary>
internal static class ZipMutator
{
    public static byte[] Mutate(byte[] zip, byte[] other, Random random)
    {
        if (Unpack(zip) is not { } records || records.FindIndex(r => r.Name.EndsWith("data.pkl", StringComparison.Ordinal)) is not (>= 0 and var pickle))
            return ByteMutator.Mutate(zip, other, random);
        var chosen = random.Next(records.Count);
        switch (random.Next(16))
        {
            case 0:
                records[chosen] = records[chosen] with { Bytes = ByteMutator.Mutate(records[chosen].Bytes, records[pickle].Bytes, random) };
                break;
            case 1:
                records.RemoveAt(chosen);
                break;
            case 2:
                records.Add(records[chosen]);
                break;
            case 3:
                records[chosen] = records[chosen] with { Name = records[random.Next(records.Count)].Name };
                break;
            default:
                var others = Unpack(other)?.Find(r => r.Name.EndsWith("data.pkl", StringComparison.Ordinal))?.Bytes ?? records[pickle].Bytes;
                records[pickle] = records[pickle] with { Bytes = PickleMutator.Mutate(records[pickle].Bytes, others, random) };
                break;
        }
        return Pack(records);
    }

    private sealed record Entry(string Name, byte[] Bytes);

    private static List<Entry>? Unpack(byte[] bytes)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            return [.. zip.Entries.Where(e => e.FullName.Length > 0 && e.Length <= bytes.Length).Select(entry =>
            {
                using var stream = entry.Open();
                var content = new byte[entry.Length];
                return new Entry(entry.FullName, content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)]);
            })];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[] Pack(List<Entry> records)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in records)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }
}
