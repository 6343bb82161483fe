namespace LapeOps.Packages;

/// <summary>A file while it is downloaded, and beside it the tag by which a server knows whether it still has the same.</summary>
/// <param name="Path">The file.</param>
internal sealed record PartFile(string Path)
{
    private string TagPath => Path + ".etag";

    /// <summary>Bytes that are there.</summary>
    public long Length => File.Exists(Path) ? new FileInfo(Path).Length : 0;

    /// <summary>The server's tag of the file; null where it gave none.</summary>
    public string? Tag => File.Exists(TagPath) ? File.ReadAllText(TagPath) : null;

    /// <summary>Opens it for writing, behind what is there or anew.</summary>
    /// <exception cref="DiskException">It cannot be written.</exception>
    public FileStream Open(bool goesOn, string? tag) => DiskException.Guard(() =>
    {
        if (!goesOn)
        {
            Delete();
            if (tag is not null)
                File.WriteAllText(TagPath, tag);
        }
        // Unbuffered: what was written is on disk when the process is killed, and nothing is left to be written by Dispose.
        return new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    });

    /// <summary>Deletes file and tag.</summary>
    public void Delete()
    {
        File.Delete(Path);
        File.Delete(TagPath);
    }
}
