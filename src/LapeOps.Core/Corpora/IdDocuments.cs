using LapeOps.Formats.Pickle;

namespace LapeOps.Corpora;

/// <summary>
/// Ids that a text was made into before: a tensor of int64 or int32 in torch's zip format, as the paper's code writes it for each language.
/// Its ids are one document, and are read piece by piece. Reading executes nothing.
/// </summary>
internal static class IdDocuments
{
    private const int Piece = 1 << 16;

    /// <summary>The ids of a file, in pieces.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabulary">Ids are below it.</param>
    /// <exception cref="LapeException">CorpusInvalid; TorchArchiveInvalid, PickleRefused; FileNotReadable.</exception>
    public static IEnumerable<int[]> Read(string path, int vocabulary)
    {
        using var unpacked = UnpackedFile.Of(path);
        using var archive = Open(path, unpacked?.Path ?? path);
        if (archive.Root is not TorchTensor { Type: TorchType.Long or TorchType.Int, Shape: [_] or [1, _] } tensor)
            throw Invalid(path, "it does not hold one tensor of int64 or int32 with one axis, as the paper's code writes ids");
        for (long start = 0; start < tensor.Count; start += Piece)
        {
            var ids = tensor.ReadInt64(start, (int)Math.Min(Piece, tensor.Count - start));
            for (var i = 0; i < ids.Length; i++)
                if (ids[i] < 0 || ids[i] >= vocabulary)
                    throw Invalid(path, $"the id at {start + i} is {ids[i]} and the model's vocabulary ends before {vocabulary}; the ids are of another tokenizer");
            yield return Array.ConvertAll(ids, id => (int)id);
        }
    }

    private static TorchArchive Open(string path, string unpacked)
    {
        try
        {
            return TorchArchive.Open(unpacked);
        }
        catch (LapeException e) when (unpacked != path)
        {
            throw new LapeException(e.ErrorId, e.Message.Replace(unpacked, path, StringComparison.Ordinal), e);
        }
    }

    private static LapeException Invalid(string path, string what) => new("CorpusInvalid", $"{path}: {what}.");
}
