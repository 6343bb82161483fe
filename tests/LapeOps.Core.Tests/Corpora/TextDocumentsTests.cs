using LapeOps.Corpora;

namespace LapeOps.Core.Tests.Corpora;

public sealed class TextDocumentsTests
{
    [Theory]
    [InlineData("a\r\nb\n\u2028c", "a\r\nb\n\u2028c")]
    [InlineData("\uFEFFa", "a")]
    [InlineData("\uFEFF\uFEFFa", "\uFEFFa")]
    [InlineData("", "")]
    public void A_file_is_one_document_as_it_stands_without_its_byte_order_mark(string written, string expected)
    {
        using var folder = new TempFolder();
        Assert.Equal(expected, Assert.Single(TextDocuments.Read(folder.Write("a.txt", written), new())));
    }

    [Theory]
    [InlineData("a\nb\r\n\nc", new[] { "a", "b", "", "c" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\rb\n", new[] { "a\rb" })]
    [InlineData("\n", new[] { "" })]
    [InlineData("", new string[0])]
    public void A_line_is_a_document_without_its_end(string written, string[] expected)
    {
        using var folder = new TempFolder();
        Assert.Equal(expected, TextDocuments.Read(folder.Write("a.txt", written), new(DocumentKind.Line)));
    }

    [Theory]
    [InlineData("utf-16", "a\r\nä😀")]
    [InlineData("utf-16BE", "a\r\nä😀")]
    public void UTF_16_with_a_byte_order_mark_is_the_same_text(string encoding, string text)
    {
        using var folder = new TempFolder();
        var code = System.Text.Encoding.GetEncoding(encoding);
        var path = folder.Write("a.txt", [.. code.GetPreamble(), .. code.GetBytes(text)]);
        Assert.Equal(text, TextDocuments.ReadFile(path));
        Assert.Equal(["a", "ä😀"], TextDocuments.Read(path, new(DocumentKind.Line)));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00, 0x3D, 0xD8 }, 4)]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0xDE, 0x3D, 0xD8 }, 2)]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x61, 0x62 }, 4)]
    [InlineData(new byte[] { 0xFE, 0xFF, 0xD8, 0x3D, 0x00, 0x61 }, 2)]
    public void Half_characters_of_UTF_16_are_an_error_with_their_offset(byte[] bytes, int offset)
    {
        using var folder = new TempFolder();
        var refused = Assert.Throws<LapeException>(() => TextDocuments.ReadFile(folder.Write("a.txt", bytes)));
        Assert.Equal("CorpusNotUtf8", refused.ErrorId);
        Assert.Contains($"offset {offset} ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UTF_32_is_refused()
    {
        using var folder = new TempFolder();
        foreach (var code in new[] { System.Text.Encoding.UTF32, new System.Text.UTF32Encoding(bigEndian: true, byteOrderMark: true) })
            Assert.Equal("CorpusNotUtf8", Assert.Throws<LapeException>(() => TextDocuments.ReadFile(folder.Write("a.txt", [.. code.GetPreamble(), .. code.GetBytes("ab")]))).ErrorId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Characters_and_lines_across_the_borders_of_pieces_stay_whole(int shift)
    {
        using var folder = new TempFolder();
        string[] lines = [new('a', shift), .. Enumerable.Range(0, 3000).Select(i => string.Concat(Enumerable.Repeat("ä😀漢", i % 90)) + i)];
        var text = string.Join("\r\n", lines) + "\n";
        foreach (var (name, code) in new[] { ("8.txt", (System.Text.Encoding)new System.Text.UTF8Encoding(true)), ("16.txt", System.Text.Encoding.Unicode) })
        {
            var path = folder.Write(name, [.. code.GetPreamble(), .. code.GetBytes(text)]);
            Assert.Equal(text, TextDocuments.ReadFile(path));
            Assert.Equal(lines, TextDocuments.Read(path, new(DocumentKind.Line)));
        }
    }

    [Fact]
    public void Packed_texts_are_unpacked()
    {
        using var folder = new TempFolder();
        Assert.Equal(["a", "b"], TextDocuments.Read(folder.Gzip("a.txt.gz", "a\nb"u8.ToArray()), new(DocumentKind.Line)));
        Assert.Equal("a\nb", TextDocuments.ReadFile(folder.Gzip("b.txt.gz", "\uFEFFa\nb"u8.ToArray())));
        var cut = File.ReadAllBytes(folder.Gzip("c.txt.gz", [.. Enumerable.Range(0, 1000).Select(i => (byte)('a' + (i * i % 26)))]));
        foreach (var (path, what) in new[] { (folder.Write("no.txt.gz", "no gzip"), "gzip"), (folder.Write("damaged.txt.gz", [.. cut[..40], .. new byte[40]]), "gzip") })
        {
            var refused = Assert.Throws<LapeException>(() => TextDocuments.ReadFile(path));
            Assert.Equal("CorpusInvalid", refused.ErrorId);
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 }, 1)]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0xC3 }, 4)]
    [InlineData(new byte[] { 0x61, 0x62, 0xED, 0xA0, 0x80 }, 2)]
    [InlineData(new byte[] { 0xC3, 0xA4, 0xC0, 0xAF }, 2)]
    public void Bytes_that_are_not_UTF_8_are_an_error_with_file_and_offset(byte[] bytes, int offset)
    {
        using var folder = new TempFolder();
        var path = folder.Write("bad.txt", bytes);
        var refused = Assert.Throws<LapeException>(() => TextDocuments.ReadFile(path));
        Assert.Equal("CorpusNotUtf8", refused.ErrorId);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"offset {offset} ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_an_error()
    {
        using var folder = new TempFolder();
        Assert.Equal("FileNotReadable", Assert.Throws<LapeException>(() => TextDocuments.ReadFile(folder.Path)).ErrorId);
    }
}
