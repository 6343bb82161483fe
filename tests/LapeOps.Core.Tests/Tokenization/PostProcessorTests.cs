namespace LapeOps.Tokenization.Tests;

public sealed class PostProcessorTests
{
    private const string Tokens = """
        [{"id": 4, "content": "<s>", "special": true}, {"id": 5, "content": "</s>", "special": true}]
        """;

    private const string SpecialTokens = """
        "special_tokens": {
          "<s>": {"id": "<s>", "ids": [4], "tokens": ["<s>"]},
          "</s>": {"id": "</s>", "ids": [5], "tokens": ["</s>"]}}
        """;

    [Theory]
    [InlineData("""[{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]""", new[] { 4 }, new[] { 4, 0, 1 })]
    [InlineData("""[{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}]""", new int[0], new[] { 0, 1, 5 })]
    [InlineData("""[{"SpecialToken": {"id": "<s>"}}, {"SpecialToken": {"id": "</s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}]""", new[] { 4, 5 }, new[] { 4, 5, 0, 1, 5 })]
    public void A_template_puts_special_tokens_around_the_text(string single, int[] rowStart, int[] ids)
    {
        var tokenizer = Load(Template(single));
        Assert.Equal(rowStart, tokenizer.RowStart);
        Assert.Equal(ids, tokenizer.Encode("ab", addSpecialTokens: true));
        Assert.Equal([0, 1], tokenizer.Encode("ab", addSpecialTokens: false));
    }

    [Fact]
    public void Without_a_post_processor_a_row_starts_with_nothing()
    {
        var tokenizer = TokenizerFile.Load();
        Assert.Empty(tokenizer.RowStart);
        Assert.Equal([0, 1], tokenizer.Encode("ab", addSpecialTokens: true));
    }

    [Fact]
    public void In_a_sequence_the_later_goes_around_the_earlier()
    {
        var inner = Template("""[{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "<s>"}}]""");
        var outer = Template("""[{"SpecialToken": {"id": "</s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}]""");
        var tokenizer = Load($$"""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {{inner}}, {{outer}}]}""");
        Assert.Equal([5, 4, 0, 4, 5], tokenizer.Encode("a", addSpecialTokens: true));
    }

    [Theory]
    [InlineData("""[{"SpecialToken": {"id": "<s>"}}]""", "no sequence A")]
    [InlineData("""[{"Sequence": {"id": "B"}}]""", "sequence A once")]
    [InlineData("""[{"Sequence": {"id": "A"}}, {"Sequence": {"id": "A"}}]""", "sequence A once")]
    [InlineData("""[{"SpecialToken": {"id": "<x>"}}, {"Sequence": {"id": "A"}}]""", "lacks \"<x>\"")]
    public void A_template_that_contradicts_itself_is_refused(string single, string named)
    {
        var error = Assert.Throws<LapeException>(() => Load(Template(single)));
        Assert.Equal("TokenizerInvalid", error.ErrorId);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void A_template_whose_ids_are_not_the_vocabulary_s_is_refused()
    {
        var template = Template("""[{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]""").Replace("[4]", "[3]");
        Assert.Equal("TokenizerInvalid", Assert.Throws<LapeException>(() => Load(template)).ErrorId);
    }

    [Theory]
    [InlineData("RobertaProcessing")]
    [InlineData("BertProcessing")]
    public void BERT_s_kinds_put_a_token_on_either_side(string type) => Assert.Equal(
        [4, 0, 5], Load($$"""{"type": "{{type}}", "cls": ["<s>", 4], "sep": ["</s>", 5]}""").Encode("a", addSpecialTokens: true));

    [Theory]
    [InlineData("""{"type": "BertProcessing", "cls": ["<s>", 4], "sep": ["</s>", 4]}""", "sep: 4")]
    [InlineData("""{"type": "BertProcessing", "cls": ["<s>", 4]}""", "sep")]
    [InlineData("""{"type": "RobertaProcessing", "cls": "<s>", "sep": ["</s>", 5]}""", "cls")]
    public void A_side_that_is_no_token_of_the_vocabulary_is_refused(string processor, string named) =>
        Assert.Contains(named, Assert.Throws<LapeException>(() => Load(processor)).Message);

    private static string Template(string single) => $$"""{"type": "TemplateProcessing", "single": {{single}}, "pair": [], {{SpecialTokens}}}""";

    private static HuggingFaceTokenizer Load(string postProcessor) => TokenizerFile.Load(addedTokens: Tokens, postProcessor: postProcessor);
}
