using LapeOps.Corpora;
using LapeOps.Tokenization.Tests;

namespace LapeOps.Core.Tests.Corpora;

public sealed class TextTransformTests
{
    private static readonly CorpusReading Shuffled = new(Transform: TextTransform.Shuffle, Seed: 1);

    [Fact]
    public void Words_change_their_places_within_lines()
    {
        using var folder = new TempFolder();
        const string text = "  one two\tthree four five.\r\n\r\nsix seven eight nine ten eleven\nlast";
        var path = folder.Write("a.txt", text);
        var shuffled = Assert.Single(TextDocuments.Read(path, Shuffled));
        Assert.NotEqual(text, shuffled);
        foreach (var (before, after) in text.Split('\n').Zip(shuffled.Split('\n')))
        {
            Assert.Equal(Sorted(before), Sorted(after));
            // Every white space is where it was among the words.
            Assert.Equal(Spaces(before), Spaces(after));
        }
        Assert.Equal(shuffled, Assert.Single(TextDocuments.Read(path, Shuffled)));
        Assert.NotEqual(shuffled, Assert.Single(TextDocuments.Read(path, Shuffled with { Seed = 2 })));
        // The same lines as documents.
        Assert.Equal(shuffled.Split('\n').Select(l => l.TrimEnd('\r')), TextDocuments.Read(path, Shuffled with { Documents = DocumentKind.Line }));

        static string[] Sorted(string line) => [.. line.Split((char[])[], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        static string Spaces(string line) => string.Concat(line.Where((c, i) => char.IsWhiteSpace(c) || i == 0 || char.IsWhiteSpace(line[i - 1])).Select(c => char.IsWhiteSpace(c) ? c : 'w'));
    }

    [Theory]
    [InlineData("文件和目录的名称不能包含空格。")]
    [InlineData("ファイルの名前が長すぎますから")]
    [InlineData("ภาษาไทยเขียนติดกันทั้งหมด")]
    public void Characters_are_the_words_of_scripts_without_spaces(string line)
    {
        using var folder = new TempFolder();
        var shuffled = Assert.Single(TextDocuments.Read(folder.Write("a.txt", line), Shuffled));
        Assert.NotEqual(line, shuffled);
        Assert.Equal(Characters(line).Order(StringComparer.Ordinal), Characters(shuffled).Order(StringComparer.Ordinal));

        static IEnumerable<string> Characters(string text)
        {
            var elements = System.Globalization.StringInfo.GetTextElementEnumerator(text);
            while (elements.MoveNext())
                yield return elements.GetTextElement();
        }
    }

    [Fact]
    public void Latin_words_among_Han_stay_whole()
    {
        using var folder = new TempFolder();
        var shuffled = Assert.Single(TextDocuments.Read(folder.Write("a.txt", "在LibreOffice中打开文件"), Shuffled));
        Assert.Contains("LibreOffice", shuffled, StringComparison.Ordinal);
    }

    [Fact]
    public void Romanized_text_has_Latin_letters_and_its_lines()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.txt", "文件\nПривет, мир\r\nかな naïve 😀\n");
        Assert.Equal("WenJian\nPrivet, mir\r\nkana naive :grinning:\n", Assert.Single(TextDocuments.Read(path, new(Transform: TextTransform.Romanize))));
        var json = folder.Write("a.jsonl", "{\"text\":\"文件\"}\n{\"text\":\"мир\"}\n");
        Assert.Equal(["WenJian", "mir"], TextDocuments.Read(json, new(Transform: TextTransform.Romanize)));
    }

    [Theory]
    [InlineData(TextTransform.Shuffle)]
    [InlineData(TextTransform.Romanize)]
    public void Long_texts_are_transformed_in_parts_and_duplicates_stay_duplicates(TextTransform transform)
    {
        using var folder = new TempFolder();
        var tokenizer = TokenizerFile.Load(preTokenizer: """{"type": "WhitespaceSplit"}""");
        // A line of 200,000 characters, and short ones.
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => "abcd"[i % 4] + (i % 7 == 0 ? " " : ""))) + "\nb a d c\n";
        string[] files = [folder.Write("1.txt", text), folder.Write("2.txt", text)];
        var reading = new CorpusReading(Transform: transform, Deduplicate: true);
        var parts = TokenRows.Cut(new("x", files), reading, tokenizer, new RowPlan(100, [], HoldOut: 0));
        var whole = TokenRows.Cut(new("x", files), reading, t => tokenizer.Encode(t, addSpecialTokens: false), parts.Plan);
        Assert.Equal(whole.Rows, parts.Rows);
        Assert.Equal((2L, 1L), (parts.Documents.Count, parts.Documents.Duplicates));
        Assert.InRange(parts.Documents.HeldCharacters, 1, 1 << 18);
    }

    [Fact]
    public void A_word_longer_than_any_piece_stays_whole()
    {
        using var folder = new TempFolder();
        var text = new string('x', 200_000) + " a " + new string('y', 70_000);
        var shuffled = Assert.Single(TextDocuments.Read(folder.Write("a.txt", text), Shuffled));
        Assert.Equal(text.Length, shuffled.Length);
        Assert.Equal(text.Count(c => c == 'x'), shuffled.Count(c => c == 'x'));
    }

    [Fact]
    public void Ids_have_no_words()
    {
        using var folder = new TempFolder();
        var corpus = new LanguageCorpus("x", [folder.Write("x.pth", "")]);
        Assert.Contains("-Transform", Assert.Throws<LapeException>(() => TokenRows.Cut(corpus, Shuffled, _ => [1], new RowPlan(2, []))).Message, StringComparison.Ordinal);
    }
}
