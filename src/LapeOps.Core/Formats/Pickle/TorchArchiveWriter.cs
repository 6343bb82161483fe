using System.Globalization;
using System.Text;

namespace LapeOps.Formats.Pickle;

/// <summary>
/// Writes torch's zip format as torch.save does: data.pkl, byteorder, a record for each storage, version and .data/serialization_id.
/// The same object under the same file name always gives the same bytes.
/// </summary>
internal static class TorchArchiveWriter
{
    /// <summary>Writes a file whole or not at all. The archive's root folder is the file's name without its extension, as with torch.save.</summary>
    /// <param name="path">The file.</param>
    /// <param name="root">What <see cref="PickleWriter.Write"/> takes.</param>
    public static void Write(string path, object root)
    {
        var (pickle, storages) = PickleWriter.Write(root);
        AtomicFile.Write(path, stream =>
        {
            var zip = new StoredZipWriter(stream, Path.GetFileNameWithoutExtension(path));
            zip.Add("data.pkl", pickle);
            zip.Add("byteorder", "little"u8);
            // Torch sorts the keys as strings: 0, 1, 10, 100, 11, ...
            foreach (var (key, bytes) in storages.Select((b, i) => (Key: i.ToString(CultureInfo.InvariantCulture), Bytes: b)).OrderBy(s => s.Key, StringComparer.Ordinal))
                zip.Add($"data/{key}", bytes);
            zip.Add("version", "3\n"u8);
            zip.Add(".data/serialization_id", Encoding.ASCII.GetBytes(SerializationId(zip.Records)));
            zip.Finish();
        });
    }

    /// <summary>
    /// 20 digits of a hash of the records' names and 20 of their checksums. The second half is torch's own value (c10::hash_combine over
    /// the records that have bytes); torch's first half depends on its C++ library, so ours is the same combination of FNV-1a hashes.
    /// </summary>
    private static string SerializationId(IReadOnlyList<ZipRecord> records)
    {
        var names = records.Aggregate(0UL, (seed, r) => Combine(seed, Fnv1a(r.Name)));
        var checksums = records.Where(r => r.Length > 0).Aggregate(0UL, (seed, r) => Combine(seed, r.Crc));
        return string.Create(CultureInfo.InvariantCulture, $"{names:D20}{checksums:D20}");
    }

    private static ulong Combine(ulong seed, ulong value) => seed ^ unchecked(value + 0x9e3779b9 + (seed << 6) + (seed >> 2));

    private static ulong Fnv1a(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(14695981039346656037UL, (hash, b) => unchecked((hash ^ b) * 1099511628211UL));
}
