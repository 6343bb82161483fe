using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace LapeOps.Tokenization.Tests;

/// <summary>What users of Microsoft.ML.Tokenizers see.</summary>
public sealed class HuggingFaceTokenizerTests
{
    // a 0, é's bytes Ã 1 and © 2, ab 3, b 4, <s> 5
    private static readonly Tokenizer Toolkit = TokenizerFile.Load(
        TokenizerFile.Bpe(["a", "Ã", "©", "ab", "b"], ["a b"]),
        """{"type": "ByteLevel", "add_prefix_space": false}""",
        """[{"id": 5, "content": "<s>", "special": true}]""",
        """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}}""",
        """{"type": "ByteLevel"}""");

    [Fact]
    public void Ids_come_without_special_tokens_but_those_written_in_the_text()
    {
        Assert.Equal([3, 1, 2, 5, 0], Toolkit.EncodeToIds("abé<s>a"));
        Assert.Equal([3, 1, 2, 5, 0], Toolkit.EncodeToIds("abé<s>a".AsSpan()));
        Assert.Equal(5, Toolkit.CountTokens("abé<s>a"));
        Assert.Equal("abé<s>a", Toolkit.Decode([3, 1, 2, 5, 0]));
    }

    [Fact]
    public void Offsets_are_those_of_whole_characters_of_the_text()
    {
        var tokens = Toolkit.EncodeToTokens("abé<s>a", out var normalized);
        Assert.Null(normalized);
        Assert.Equal(["ab", "Ã", "©", "<s>", "a"], tokens.Select(t => t.Value));
        Assert.Equal([0..2, 2..3, 2..3, 3..6, 6..7], tokens.Select(t => t.Offset));
    }

    [Theory]
    [InlineData(1, new[] { 3 }, 2)]
    [InlineData(2, new[] { 3, 1 }, 2)]      // half of é: its text is not consumed
    [InlineData(3, new[] { 3, 1, 2 }, 3)]
    [InlineData(9, new[] { 3, 1, 2, 5, 0 }, 7)]
    public void A_limit_of_tokens_says_how_much_text_it_covers(int most, int[] ids, int consumed)
    {
        Assert.Equal(ids, Toolkit.EncodeToIds("abé<s>a", most, out _, out var characters));
        Assert.Equal(consumed, characters);
    }

    [Fact]
    public void Decoding_into_a_span_stops_where_it_is_full()
    {
        Span<char> two = stackalloc char[2];
        Assert.Equal(OperationStatus.DestinationTooSmall, Toolkit.Decode([3, 1, 2, 0], two, out var consumed, out var written));
        Assert.Equal((2, 2), (consumed, written));
        Span<char> four = stackalloc char[4];
        Assert.Equal(OperationStatus.Done, Toolkit.Decode([3, 1, 2, 0], four, out consumed, out written));
        Assert.Equal((4, 4), (consumed, written));
        Assert.Equal("abéa", four);
    }

    [Fact]
    public void Pre_tokenization_cannot_be_switched_off() =>
        Assert.Throws<NotSupportedException>(() => Toolkit.EncodeToIds("ab", considerPreTokenization: false));

    [Fact]
    public void The_hash_is_that_of_the_file()
    {
        var json = TokenizerFile.Json();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json))), TokenizerFile.LoadText(json).Sha256);
    }
}
