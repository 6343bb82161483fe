namespace LapeOps.Corpora;

/// <summary>Reads the documents of files of every format but that of ids, one after another, and holds no more than one, or a part of one.</summary>
public static class TextDocuments
{
    /// <summary>The documents of a file, in order.</summary>
    /// <exception cref="LapeException">
    /// CorpusNotUtf8, naming the file and the offset of the first invalid byte; CorpusInvalid, naming file and line or row; DocumentTooLarge,
    /// CorpusTooLarge; FileNotReadable.
    /// </exception>
    public static IEnumerable<string> Read(string path, CorpusReading reading) => Parts(path, reading, WithoutSeams).Select(p => p.Text);

    /// <summary>The documents of a file, those of text in parts where seams are found in them, and so never whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">How it becomes documents.</param>
    /// <param name="lastSeam">The last place where a text may be cut before it becomes ids; 0 where there is none.</param>
    internal static IEnumerable<DocumentPart> Parts(string path, CorpusReading reading, Func<ReadOnlySpan<char>, int> lastSeam) => CorpusFileName.Of(path).Format switch
    {
        CorpusFormat.Jsonl => Whole(JsonlDocuments.Read(path, reading.TextField), TextTransformer.Of(reading)),
        CorpusFormat.Parquet => Whole(ParquetDocuments.Read(path, reading.TextField), TextTransformer.Of(reading)),
        CorpusFormat.Text when reading.Documents == DocumentKind.Line => Lines(path, new DocumentText(path, lastSeam, TextTransformer.Of(reading))),
        CorpusFormat.Text => WholeFile(path, new DocumentText(path, lastSeam, TextTransformer.Of(reading))),
        _ => throw new ArgumentException($"{path} holds ids, not text."),
    };

    /// <summary>A file's text without its byte order mark, line ends kept.</summary>
    public static string ReadFile(string path) => WholeFile(path, new DocumentText(path, WithoutSeams)).Single().Text;

    /// <summary>A file's lines, without \n or \r\n at their ends; what follows the last line end is a line where it is not empty.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostCharacters">What a line may have.</param>
    internal static IEnumerable<string> Lines(string path, int mostCharacters) => Lines(path, new DocumentText(path, WithoutSeams), mostCharacters).Select(p => p.Text);

    private static int WithoutSeams(ReadOnlySpan<char> text) => 0;

    private static IEnumerable<DocumentPart> Whole(IEnumerable<string> texts, TextTransformer? transformer) =>
        texts.Select(text => new DocumentPart(transformer?.Whole(text) ?? text, Ends: true));

    private static IEnumerable<DocumentPart> WholeFile(string path, DocumentText document)
    {
        using var text = new StrictText(path);
        var buffer = new char[1 << 15];
        for (int read; (read = text.Read(buffer)) > 0;)
        {
            document.Append(buffer.AsSpan(0, read), text.IsBomb);
            if (document.CutOff() is { } part)
                yield return new(part, Ends: false);
        }
        yield return new(document.TakeRest(line: false), Ends: true);
    }

    private static IEnumerable<DocumentPart> Lines(string path, DocumentText line, int mostHeld = DocumentLimit.MostCharacters)
    {
        var number = 1L;
        using var text = new StrictText(path);
        var buffer = new char[1 << 15];
        for (int read; (read = text.Read(buffer)) > 0;)
        {
            for (var start = 0; start < read;)
            {
                var length = buffer.AsSpan(start, read - start).IndexOf('\n');
                line.Append(buffer.AsSpan(start, length < 0 ? read - start : length), text.IsBomb);
                if (line.Length > mostHeld)
                    throw new LapeException("DocumentTooLarge", $"{path}, line {number}: it has more than {mostHeld:N0} characters. Cut its text into several lines.") { File = path, Line = number };
                if (length < 0)
                    break;
                yield return new(line.TakeRest(line: true), Ends: true);
                number++;
                start += length + 1;
            }
            if (line.CutOff() is { } part)
                yield return new(part, Ends: false);
        }
        if (line.Length > 0)
            yield return new(line.TakeRest(line: true), Ends: true);
    }
}
