using System.Globalization;
using System.Security.Cryptography;

namespace LapeOps.Native.Install;

/// <summary>
/// Libraries that are too large for one package come in pieces: the first under the library's name, the others as NAME.fragment1, 2, ... in
/// packages of their own, and NAME.sha with the SHA-256 of the whole. TorchSharp's packages put them together in a build step; this does the same.
/// </summary>
internal static class LibraryFragments
{
    private const string Mark = ".fragment", HashMark = ".sha";

    /// <summary>Appends all pieces in a folder, and deletes them with the hashes that they were held against.</summary>
    /// <exception cref="LapeException">RuntimeIncomplete where a piece is missing, or the whole is not what it was.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task Join(string folder, CancellationToken stop)
    {
        var pieces = Directory.GetFiles(folder).Select(path => (Path: path, Number: Number(path))).Where(p => p.Number > 0)
            .OrderBy(p => p.Number).ToLookup(p => p.Path[..p.Path.LastIndexOf(Mark, StringComparison.Ordinal)], p => p.Path);
        foreach (var library in pieces)
        {
            if (!File.Exists(library.Key) || !File.Exists(library.Key + HashMark))
                throw new LapeException("RuntimeIncomplete", $"The packages have pieces of {Path.GetFileName(library.Key)} and not its beginning with its hash: a package is missing from the source. Add it.");
            await Append(library.Key, library, stop);
        }
        foreach (var hash in Directory.GetFiles(folder, "*" + HashMark))
        {
            await Check(hash[..^HashMark.Length], (await File.ReadAllTextAsync(hash, stop)).Trim(), stop);
            File.Delete(hash);
        }
    }

    private static async Task Append(string library, IEnumerable<string> pieces, CancellationToken stop)
    {
        await using var whole = new FileStream(library, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var piece in pieces)
        {
            await using (var stream = File.OpenRead(piece))
                await stream.CopyToAsync(whole, 1 << 18, stop);
            File.Delete(piece);
        }
    }

    private static async Task Check(string library, string expected, CancellationToken stop)
    {
        if (!File.Exists(library))
            return;
        await using var stream = File.OpenRead(library);
        var found = Convert.ToHexString(await SHA256.HashDataAsync(stream, stop));
        if (!found.Equals(expected, StringComparison.OrdinalIgnoreCase))
            throw new LapeException("RuntimeIncomplete", $"{Path.GetFileName(library)} has the SHA-256 {found.ToLowerInvariant()}, and its package says {expected}: a package with a piece of it is missing or damaged. Take the packages from another source.");
    }

    private static int Number(string path)
    {
        var at = path.LastIndexOf(Mark, StringComparison.Ordinal);
        return at >= 0 && int.TryParse(path.AsSpan(at + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
