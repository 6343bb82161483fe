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
        Assert.Equal(expected, Assert.Single(TextDocuments.Read(new("x", [folder.Write("a.txt", written)]), DocumentKind.File)));
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
        Assert.Equal(expected, TextDocuments.Read(new("x", [folder.Write("a.txt", written)]), DocumentKind.Line));
    }

    [Fact]
    public void Files_follow_one_another()
    {
        using var folder = new TempFolder();
        var corpus = new LanguageCorpus("x", [folder.Write("b.txt", "1\n2"), folder.Write("a.txt", "3")]);
        Assert.Equal(["1\n2", "3"], TextDocuments.Read(corpus, DocumentKind.File));
        Assert.Equal(["1", "2", "3"], TextDocuments.Read(corpus, DocumentKind.Line));
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 }, 1)]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0xC3 }, 4)]
    [InlineData(new byte[] { 0x61, 0x62, 0xED, 0xA0, 0x80 }, 2)]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, 0)]
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
