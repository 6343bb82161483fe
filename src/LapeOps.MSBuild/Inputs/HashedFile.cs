using LapeOps.Corpora;

namespace LapeOps.MSBuild.Inputs;

/// <summary>A file by its content, with what tells that it was not touched since it was hashed.</summary>
/// <param name="Name">File name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Written">Time of the last change, in ticks of UTC.</param>
/// <param name="Sha256">SHA-256 of all bytes, lower-case hex.</param>
internal sealed record HashedFile(string Name, long Size, long Written, string Sha256)
{
    /// <summary>Hashes a file, or takes the hash over where name, size and time are those of an earlier one.</summary>
    /// <exception cref="LapeException">FileNotReadable.</exception>
    public static HashedFile Of(string path, IEnumerable<HashedFile> earlier)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            var file = new FileInfo(target);
            var (name, size, written) = (Path.GetFileName(path), file.Length, file.LastWriteTimeUtc.Ticks);
            if (earlier.FirstOrDefault(e => e.Name == name && e.Size == size && e.Written == written) is { } same)
                return same;
            return new(name, size, written, LanguageCorpus.HashOf(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }
}
