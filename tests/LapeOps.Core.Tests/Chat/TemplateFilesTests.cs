using LapeOps.Core.Tests;

namespace LapeOps.Chat.Tests;

/// <summary>Where a model's template and special tokens are found.</summary>
public sealed class TemplateFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_a_text_in_tokenizer_config()
    {
        Config("""{ "bos_token": "<s>", "eos_token": { "content": "</s>", "special": true }, "chat_template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}" }""");
        Assert.Equal("<s>Hi</s>", Render());
    }

    [Fact]
    public void It_is_the_default_of_several()
    {
        Config("""{ "chat_template": [ { "name": "rag", "template": "no" }, { "name": "default", "template": "yes" } ] }""");
        Assert.Equal("yes", Render());
    }

    [Fact]
    public void A_file_of_its_own_goes_first_and_special_tokens_may_have_one_too()
    {
        Config("""{ "bos_token": null, "eos_token": "</s>", "chat_template": "no" }""");
        _folder.Write("special_tokens_map.json", """{ "bos_token": { "content": "<s>" }, "eos_token": "<other>" }""");
        _folder.Write("chat_template.jinja", "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}\n");
        Assert.Equal("<s></s>False", Render());
    }

    [Fact]
    public void Without_one_the_error_says_what_to_do()
    {
        var error = Assert.Throws<LapeException>(Render);
        Assert.Equal("ChatTemplateMissing", error.ErrorId);
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("chat_template.jinja", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_conversations_is_read_line_by_line()
    {
        var path = _folder.Write("a.jsonl", "\uFEFF{\"messages\":[{\"role\":\"user\",\"content\":\"é\"}]}\r\n\r\n[{\"role\":\"user\",\"content\":\"b\"},{\"role\":\"assistant\",\"content\":\"c\"}]");
        var lines = ConversationFile.Lines(path).ToArray();
        Assert.Equal([1, 3], lines.Select(l => l.Number));
        Assert.Equal([1, 2], lines.Select(l => l.Parse().Count));
        Assert.Equal("ConversationInvalid", Assert.Throws<LapeException>(() => ConversationFile.Lines(_folder.Write("b.jsonl", [0xC0, 0x20])).ToArray()).ErrorId);
        Assert.Equal("FileNotFound", Assert.Throws<LapeException>(() => ConversationFile.Lines(_folder["c.jsonl"]).ToArray()).ErrorId);
    }

    private void Config(string json) => _folder.Write("tokenizer_config.json", json);

    private string Render() => ChatTemplate.Open(_folder.Path).Render(ChatConversation.OfUser("Hi"), addGenerationPrompt: false);
}
