using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Tokenization.Folders;

/// <summary>The files of a tokenizer's folder, read whole, and a fingerprint of those that were read.</summary>
internal sealed class FolderFiles(string folder) : IDisposable
{
    private const long LargestFile = 64L << 20;

    private readonly List<(string Name, Task<string> Hash)> _read = [];
    private readonly List<TokenizerJson> _parsed = [];

    /// <summary>
    /// SHA-256 in lower-case hexadecimal: of the file where one was read, else of the lines "name hash" of all in the order in which they were.
    /// It is computed beside the reading, and waited for where it is asked for.
    /// </summary>
    public Lazy<string> Sha256 => new(() => _read.Count == 1
        ? _read[0].Hash.Result
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(_read.Select(f => $"{f.Name} {f.Hash.Result}\n"))))));

    /// <summary>The path of a file.</summary>
    public string Path(string name) => System.IO.Path.Combine(folder, name);

    /// <summary>The bytes of a file; null where there is none.</summary>
    /// <exception cref="LapeException">TokenizerInvalid where it is too large, TokenizerUnreadable where it cannot be read.</exception>
    public byte[]? Bytes(string name)
    {
        var path = System.IO.Path.GetFullPath(Path(name));
        if (!File.Exists(path))
            return null;
        try
        {
            var bytes = BoundedFile.ReadUnchanged(path, LargestFile)
                ?? throw new LapeException("TokenizerInvalid", $"{path}: more than {LargestFile:N0} bytes are too many for a tokenizer's file.");
            _read.Add((name, Task.Run(() => Convert.ToHexStringLower(SHA256.HashData(bytes)))));
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("TokenizerUnreadable", $"{path}: it cannot be read ({e.Message}).", e);
        }
    }

    /// <summary>The JSON object of a file; null where there is none.</summary>
    /// <exception cref="LapeException">TokenizerInvalid where it holds none, and what <see cref="Bytes"/> throws.</exception>
    public TokenizerSection? Json(string name)
    {
        if (Bytes(name) is not { } bytes)
            return null;
        var path = Path(name);
        try
        {
            var json = new TokenizerJson(bytes, path);
            _parsed.Add(json);
            return json.Root.Element.ValueKind == JsonValueKind.Object
                ? json.Root
                : throw new LapeException("TokenizerInvalid", $"{path}: it holds no JSON object.");
        }
        catch (JsonException e)
        {
            throw new LapeException("TokenizerInvalid", $"{path}: it is no valid JSON ({e.Message}). Take the file as its publisher gives it.", e);
        }
    }

    /// <summary>Frees the JSON.</summary>
    public void Dispose() => _parsed.ForEach(d => d.Dispose());
}
