using LapeOps.Core.Tests.Formats;
using LapeOps.Corpora;
using LapeOps.Tokenization.Tests;

namespace LapeOps.Core.Tests.Corpora;

/// <summary>Small corpora cut by hand. A character is a token, its code the id.</summary>
public sealed class TokenRowsTests
{
    [Fact]
    public void Rows_are_row_start_and_text_and_what_fills_no_row_is_dropped()
    {
        var rows = TokenRows.FromIds("x", "hash", [1, 2, 3, 4, 5, 6, 7, 8], new RowPlan(4, [0], HoldOut: 0));
        Assert.Equal(new("hash", 8, 2, 2, 0, 2), rows.Rows);
        Assert.Equal([0, 1, 2, 3, 0, 4, 5, 6], Filled(rows, 0, 2));
    }

    [Fact]
    public void Without_a_row_start_a_row_is_text_alone()
    {
        var rows = TokenRows.FromIds("x", "", [1, 2, 3, 4, 5, 6, 7, 8], new RowPlan(4, [], HoldOut: 0));
        Assert.Equal((2, 0L), (rows.Rows.CountedRows, rows.Rows.TokensDropped));
        Assert.Equal([5, 6, 7, 8], Filled(rows, 1, 1));
    }

    [Fact]
    public void Documents_are_packed_one_after_another()
    {
        using var folder = new TempFolder();
        var corpus = new LanguageCorpus("x", [folder.Write("1.txt", "ab\ncd\r\n"), folder.Write("2.txt", "e")]);
        Assert.Equal("ab\ncd\r\ne", Text(DocumentKind.File, 4));
        Assert.Equal("ab\ncd\ne", Text(DocumentKind.Line, 3) + "e");

        string Text(DocumentKind kind, int context)
        {
            var rows = TokenRows.Cut(corpus, new(kind), Encode, new RowPlan(context, [], HoldOut: 0));
            Assert.Equal(kind == DocumentKind.File ? 8 : 7, rows.Rows.TokensFound);
            return string.Concat(Filled(rows, 0, rows.Rows.CountedRows).Select(id => (char)id));
        }
    }

    [Fact]
    public void Formats_can_be_mixed_and_the_cap_ends_reading()
    {
        using var folder = new TempFolder();
        string[] files = [folder.Write("1.txt", "ab"), folder.Write("2.jsonl", "{\"text\":\"cd\"}\n{\"text\":\"ef\"}\n{"), Ids("3.pth", 1, 2)];
        var corpus = new LanguageCorpus("x", files);
        var rows = TokenRows.Cut(corpus, new(), Encode, new RowPlan(2, [], HoldOut: 0, MaxTokens: 5));
        // The document that reaches the cap is counted whole; what comes after it is not read, broken or not.
        Assert.Equal((6L, 2L, 2), (rows.Rows.TokensFound, rows.Rows.TokensDropped, rows.Rows.CountedRows));
        Assert.Equal(new DocumentFacts(3, 0, 6, 2, 2), rows.Documents);
        Assert.Equal("CorpusInvalid", Assert.Throws<LapeException>(() => TokenRows.Cut(corpus, new(), Encode, new RowPlan(2, []))).ErrorId);
        var ids = TokenRows.Cut(new("x", [files[2], files[0]]), new(DocumentKind.Line), Encode, new RowPlan(2, [], HoldOut: 0), vocabulary: 3);
        Assert.Equal([1L, 2, '\n', 'a'], Filled(ids, 0, 2));

        string Ids(string name, params long[] ids) => folder.Write(name, ArchiveBuilder.ZipBytes(
            [("a/data.pkl", ArchiveBuilder.Pickle(ArchiveBuilder.Tensor("0", ids.Length, 0, [ids.Length], [1]))), ("a/data/0", ArchiveBuilder.Longs(ids))]));
    }

    [Fact]
    public void Duplicates_are_told_and_left_out_on_request()
    {
        using var folder = new TempFolder();
        var corpus = new LanguageCorpus("x", [folder.Write("1.txt", "ab\ncd\n\nab\n\nabc\nab")]);
        var kept = TokenRows.Cut(corpus, new(DocumentKind.Line), Encode, new RowPlan(2, [], HoldOut: 0));
        var dropped = TokenRows.Cut(corpus, new(DocumentKind.Line, Deduplicate: true), Encode, new RowPlan(2, [], HoldOut: 0));
        Assert.Equal((7L, 2L), (kept.Documents.Count, kept.Documents.Duplicates));
        Assert.Equal((7L, 2L), (dropped.Documents.Count, dropped.Documents.Duplicates));
        Assert.Equal("ab\ncd\n\n\nabc".Length, dropped.Rows.TokensFound);
    }

    [Fact]
    public void Every_duplicate_is_found_among_many_documents()
    {
        using var folder = new TempFolder();
        const int different = 300_000;
        // 7919 has no factor in common with it: each number comes twice, the whole set before any comes again.
        File.WriteAllLines(folder["1.txt"], Enumerable.Range(0, 2 * different).Select(i => $"{i * 7919L % different}").Concat(["new", "new"]));
        var rows = TokenRows.Cut(new("x", [folder["1.txt"]]), new(DocumentKind.Line, Deduplicate: true), _ => [1], new RowPlan(2, [], HoldOut: 0));
        Assert.Equal(((2L * different) + 2, different + 1L), (rows.Documents.Count, rows.Documents.Duplicates));
        Assert.Equal((2L * (different + 1)) - 1, rows.Rows.TokensFound);
    }

    [Theory]
    [InlineData(DocumentKind.File)]
    [InlineData(DocumentKind.Line)]
    public void A_long_document_is_held_in_parts_and_has_the_ids_of_the_whole(DocumentKind kind)
    {
        using var folder = new TempFolder();
        var tokenizer = TokenizerFile.Load(preTokenizer: """{"type": "WhitespaceSplit"}""");
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => "abcd"[i % 4] + (i % 7 == 0 ? " " : "")));
        // The same once more, and once without a place to cut.
        string[] files = [folder.Write("1.txt", text + "\r\n"), folder.Write("2.txt", text + "\r\n"), folder.Write("3.txt", text.Replace(" ", "", StringComparison.Ordinal))];
        foreach (var deduplicate in new[] { false, true })
        {
            var parts = Rows(new(kind, Deduplicate: deduplicate), files[..2]);
            var whole = TokenRows.Cut(new("x", files[..2]), new(kind, Deduplicate: deduplicate), t => tokenizer.Encode(t, addSpecialTokens: false), parts.Plan);
            Assert.Equal(whole.Rows, parts.Rows);
            Assert.Equal(Filled(whole, 0, whole.Rows.CountedRows), Filled(parts, 0, parts.Rows.CountedRows));
            Assert.Equal(whole.Documents with { HeldCharacters = 0 }, parts.Documents with { HeldCharacters = 0 });
            Assert.Equal((2L, 1L), (parts.Documents.Count, parts.Documents.Duplicates));
            Assert.InRange(parts.Documents.HeldCharacters, 1, 1 << 17);
            Assert.Equal(whole.Documents.LongestCharacters, whole.Documents.HeldCharacters);
        }
        Assert.Equal(200_000, Rows(new(kind), files[2..]).Documents.HeldCharacters);

        TokenRows Rows(CorpusReading reading, string[] files) => TokenRows.Cut(new("x", files), reading, tokenizer, new RowPlan(100, [], HoldOut: 0));
    }

    [Fact]
    public void Millions_of_ids_and_documents_are_kept_apart_from_memory()
    {
        using var folder = new TempFolder();
        const int documents = 700_000;
        File.WriteAllLines(folder["1.txt"], Enumerable.Range(0, documents).Select(i => $"{i}").Append("7"));
        var rows = TokenRows.Cut(new("x", [folder["1.txt"]]), new(DocumentKind.Line), Number, new RowPlan(2, [], HoldOut: 0));
        Assert.Equal(new DocumentFacts(documents + 1, 1, rows.Documents.TextBytes, 6, 6), rows.Documents);
        Assert.Equal([0L, -1, 1, -1, 2], Filled(rows, 0, 3)[..5]);
        Assert.Equal([documents - 3L, -1, documents - 2, -1], Filled(rows, documents - 3, 2));

        // A number is one token, a line end another.
        static int[] Number(string text) => [text == "\n" ? -1 : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)];
    }

    [Theory]
    [InlineData(4, 4, 0)]
    [InlineData(5, 4, 1)]
    [InlineData(9, 8, 1)]
    [InlineData(39, 32, 7)]
    [InlineData(40, 32, 8)]
    [InlineData(100, 92, 8)]
    public void Eight_rows_are_held_out_and_at_most_a_fifth(int rows, int counted, int heldOut)
    {
        var cut = TokenRows.FromIds("x", "", [.. Enumerable.Range(0, rows * 2)], new RowPlan(2, []));
        Assert.Equal((counted, heldOut), (cut.Rows.CountedRows, cut.Rows.HeldOutRows));
        // Those held out are the last.
        Assert.Equal([(rows * 2) - 2, (rows * 2) - 1], Filled(cut, rows - 1, 1));
    }

    [Fact]
    public void MaxTokens_caps_a_language_and_what_is_beyond_it_is_dropped()
    {
        var rows = TokenRows.FromIds("x", "", [.. Enumerable.Range(0, 100)], new RowPlan(10, [], HoldOut: 0, MaxTokens: 35));
        Assert.Equal((3, 100L, 70L), (rows.Rows.CountedRows, rows.Rows.TokensFound, rows.Rows.TokensDropped));
    }

    [Fact]
    public void Groups_are_of_equal_size_but_the_last()
    {
        var rows = TokenRows.FromIds("x", "", [.. Enumerable.Range(0, 22)], new RowPlan(2, [], HoldOut: 1, RowsPerGroup: 4));
        Assert.Equal((10, 1, 3), (rows.Rows.CountedRows, rows.Rows.HeldOutRows, rows.Rows.Groups));
        Assert.Equal([(0, 4), (4, 4), (8, 2)], Enumerable.Range(0, 3).Select(rows.Group));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    [InlineData(37, 0)]
    [InlineData(37, 2)]
    public void Too_small_a_corpus_is_an_error_with_the_tokens_found_and_a_context_that_fits(int tokens, int rowStart)
    {
        int[] ids = [.. Enumerable.Range(0, tokens)], start = [.. Enumerable.Repeat(0, rowStart)];
        var refused = Assert.Throws<LapeException>(() => TokenRows.FromIds("zh", "", ids, new RowPlan(64, start)));
        Assert.Equal("CorpusTooSmall", refused.ErrorId);
        Assert.Contains($"'zh' has {tokens} tokens", refused.Message, StringComparison.Ordinal);
        var fits = int.Parse(refused.Message.Split("a context of ")[^1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(2, TokenRows.FromIds("zh", "", ids, new RowPlan(fits, start)).Rows.CountedRows);
        Assert.Throws<LapeException>(() => TokenRows.FromIds("zh", "", ids, new RowPlan(fits + 1, start)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_corpus_for_which_no_context_is_short_enough_asks_for_more_text(int tokens)
    {
        var refused = Assert.Throws<LapeException>(() => TokenRows.FromIds("zh", "", [.. Enumerable.Range(0, tokens)], new RowPlan(64, [])));
        Assert.EndsWith("Use more text.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1, 8, 100, 1)]
    [InlineData(-5, 0, 8, 100, 1)]
    [InlineData(16, 0, -1, 100, 1)]
    [InlineData(16, 0, 8, 0, 1)]
    [InlineData(16, 0, 8, 100, 0)]
    public void Plans_without_sense_are_refused(int context, int rowStart, int holdOut, long maxTokens, int rowsPerGroup)
    {
        var plan = new RowPlan(context, [.. Enumerable.Repeat(0, rowStart)], holdOut, maxTokens, rowsPerGroup);
        Assert.Equal("ParameterOutOfRange", Assert.Throws<LapeException>(plan.Validate).ErrorId);
    }

    private static int[] Encode(string text) => [.. text.Select(c => (int)c)];

    private static long[] Filled(TokenRows rows, int first, int count)
    {
        var ids = new long[count * rows.Plan.Context];
        rows.Fill(ids, first, count);
        return ids;
    }
}
