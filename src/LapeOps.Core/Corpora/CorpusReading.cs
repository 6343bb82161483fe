namespace LapeOps.Corpora;

/// <summary>What a document of a text file is; tokenization never crosses documents.</summary>
public enum DocumentKind
{
    /// <summary>A file, line ends kept as they are.</summary>
    File,
    /// <summary>A line without its line end; \n stands between documents.</summary>
    Line,
}

/// <summary>How files become documents. A line of .jsonl and a row of .parquet are documents whatever the kind.</summary>
/// <param name="Documents">What a document of a text file is. With lines, \n stands between the documents of every format.</param>
/// <param name="TextField">The field of .jsonl and the column of .parquet that hold the text.</param>
/// <param name="Deduplicate">Whether a document that a language had before is left out.</param>
/// <param name="Transform">What texts are changed into before they become tokens.</param>
/// <param name="Seed">Of the order of words where they are shuffled; else 0.</param>
public sealed record CorpusReading(
    DocumentKind Documents = DocumentKind.File, string TextField = CorpusReading.DefaultTextField, bool Deduplicate = false,
    TextTransform Transform = TextTransform.None, ulong Seed = 0)
{
    /// <summary>Name of the text's field where none is given.</summary>
    public const string DefaultTextField = "text";
}
