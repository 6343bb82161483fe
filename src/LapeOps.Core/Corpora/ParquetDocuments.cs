using LapeOps.Formats;
using Parquet;
using Parquet.Schema;

namespace LapeOps.Corpora;

/// <summary>Documents of a Parquet file: the strings of one column, a row group at a time. Rows without a text are passed over.</summary>
internal static class ParquetDocuments
{
    // What a row group's column may take: writers make groups of 128 MB of all columns together.
    private const long MostGroupBytes = 1L << 30;

    public static IEnumerable<string> Read(string path, string column)
    {
        using var unpacked = UnpackedFile.Of(path);
        using var stream = CorpusStream.Guard(path, () => new FileStream(unpacked?.Path ?? path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
        var reader = Wait(path, () =>
        {
            ParquetFooter.Require(stream);
            return ParquetReader.CreateAsync(new EndingStream(stream));
        });
        try
        {
            var field = Column(path, reader.Schema, column);
            for (var group = 0; group < reader.RowGroupCount; group++)
                foreach (var text in ReadGroup(path, reader, group, field, stream.Length))
                    yield return text;
        }
        finally
        {
            Wait(path, async () =>
            {
                await reader.DisposeAsync().ConfigureAwait(false);
                return 0;
            });
        }
    }

    private static DataField Column(string path, ParquetSchema schema, string column)
    {
        var fields = schema.Fields.OfType<DataField>().ToArray();
        var field = fields.FirstOrDefault(f => f.Name == column)
            ?? throw Invalid(path, $"it has no column '{column}', but {string.Join(", ", fields.Take(8).Select(f => f.Name))}. Name the column with -TextField");
        return field.ClrType == typeof(ReadOnlyMemory<char>) && !field.IsArray && field.MaxRepetitionLevel == 0
            ? field
            : throw Invalid(path, $"its column '{column}' does not hold strings");
    }

    private static IEnumerable<string> ReadGroup(string path, ParquetReader reader, int group, DataField field, long fileLength)
    {
        var rows = Wait(path, async () =>
        {
            using var open = reader.OpenRowGroupReader(group);
            var chunk = open.GetMetadata(field)?.MetaData ?? throw new InvalidDataException($"row group {group} lacks the column");
            if (chunk.TotalUncompressedSize is < 0 or > MostGroupBytes)
                throw new LapeException("CorpusTooLarge", $"{path}: row group {group} has {chunk.TotalUncompressedSize:N0} bytes of '{field.Name}', and is read whole. Write the file with smaller row groups.");
            // A level or a length takes at least a bit of a page, before compression.
            if (open.RowCount < 0 || open.RowCount > 8 * (chunk.TotalUncompressedSize + fileLength))
                throw new InvalidDataException($"row group {group} announces {open.RowCount} rows in {chunk.TotalUncompressedSize} bytes");
            // Strings of all rows at once would double what the library holds.
            var texts = new ReadOnlyMemory<char>?[open.RowCount];
            await open.ReadAsync<ReadOnlyMemory<char>>(field, texts.AsMemory()).ConfigureAwait(false);
            return texts;
        });
        foreach (var text in rows)
        {
            if (text is null)
                continue;
            DocumentLimit.Require(path, text.Value.Length, bomb: false);
            yield return text.Value.ToString();
        }
    }

    // The library throws what its code happens to meet in a broken file, so that anything it throws is a file that cannot be read.
    private static T Wait<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (LapeException or OperationCanceledException))
        {
            throw Invalid(path, $"it cannot be read as Parquet: {e.Message}", e);
        }
    }

    private static LapeException Invalid(string path, string what, Exception? inner = null) => new("CorpusInvalid", $"{path}: {what}.", inner);
}
