using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Invoke-LapeGenerate with a chat template: the demo model, which has none, in a folder with a small one.</summary>
public sealed class ChatTests : IDisposable
{
    private const string Template = """
        {{ bos_token }}{% for m in messages %}
        {% if m.role == 'tool' %}{{ raise_exception('No tools here.') }}{% endif %}
        {{ m.role }}: {{ m.content }}
        {% endfor %}
        {% if add_generation_prompt %}assistant:{% endif %}
        """;

    private readonly ModuleFixture _module;
    private readonly Session _session;

    public ChatTests(ModuleFixture module)
    {
        _module = module;
        _session = module.Open();
        var folder = ModelCopy.Of(RepositoryFiles.Demo, module.New("chat"));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), Template);
        _session.Set("chat", folder);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_prompt_is_a_message_of_the_user()
    {
        var answer = _session.Run("Invoke-LapeGenerate $chat 'The cat {{ x }}' -Chat -MaxTokens 4").Single();
        Assert.Equal("<|begin|>user: The cat {{ x }}\nassistant:", answer.Text("Prompt"));
        // The template writes the row start itself, as a special token, and it is not put there twice.
        var plain = _session.Run("Invoke-LapeGenerate $chat \"user: The cat {{ x }}`nassistant:\" -MaxTokens 4").Single();
        Assert.Equal(plain.Text("PromptTokens"), answer.Text("PromptTokens"));
        Assert.Equal(plain.Text("TokenIds"), answer.Text("TokenIds"));
        Assert.Equal(["user: a", "user: b"], Prompts("'a', 'b' | Invoke-LapeGenerate $chat -Chat -MaxTokens 1"));
        Assert.Equal(["user: a", "user: b"], Prompts("Open-LapeModel $chat | Invoke-LapeGenerate -Prompt 'a', 'b' -Chat -MaxTokens 1"));
    }

    [Theory]
    [InlineData("Invoke-LapeGenerate $chat -Conversation $system, $user -MaxTokens 1")]
    [InlineData("Invoke-LapeGenerate $chat -Conversation @{ messages = $system, $user } -MaxTokens 1")]
    [InlineData("$system, $user | Invoke-LapeGenerate $chat -MaxTokens 1")]
    [InlineData("@{ messages = $system, $user } | Invoke-LapeGenerate $chat -MaxTokens 1")]
    [InlineData("[PSCustomObject]@{ messages = [PSCustomObject]$system, [PSCustomObject]$user } | Invoke-LapeGenerate $chat -Chat -MaxTokens 1")]
    [InlineData(", @($system, $user) | Invoke-LapeGenerate $chat -MaxTokens 1")]
    [InlineData("& { @{ messages = $system, $user }; Open-LapeModel $chat } | Invoke-LapeGenerate -MaxTokens 1")]
    public void A_conversation_comes_in_many_ways(string line) =>
        Assert.Equal(["system: Be brief.|user: Hi"], Prompts($"$system = @{{ role = 'system'; content = 'Be brief.' }}; $user = @{{ role = 'user'; content = 'Hi' }}; {line}"));

    [Fact]
    public void Several_conversations_are_answered_in_order() =>
        Assert.Equal(["user: a", "user: b|assistant: c|user: d"], Prompts("""
            $one = @{ role = 'user'; content = 'a' }
            $two = @{ role = 'user'; content = 'b' }, @{ role = 'assistant'; content = 'c' }, @{ role = 'user'; content = 'd' }
            Invoke-LapeGenerate $chat -Conversation @{ messages = @($one) }, $two -MaxTokens 1
            """));

    [Fact]
    public void A_file_has_a_conversation_a_line_and_a_bad_one_does_not_end_the_others()
    {
        var folder = _module.NewFolder();
        File.WriteAllText(Path.Combine(folder, "a.jsonl"), """
            {"messages": [{"role": "user", "content": "¿Qué?"}]}
            {"messages": [

            {"messages": [{"role": "tool", "content": "5"}]}
            [{"role": "user", "content": "end"}]
            """);
        _session.Go(folder);
        var outcome = _session.Run("Invoke-LapeGenerate $chat -ConversationPath ./*.jsonl -MaxTokens 1");
        Assert.Equal(["<|begin|>user: ¿Qué?\nassistant:", "<|begin|>user: end\nassistant:"], outcome.Output.Select(a => a.Text("Prompt")));
        Assert.Equal(["ConversationInvalid", "ChatTemplateRefused"], outcome.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Contains("a.jsonl, line 2", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("No tools here.", outcome.Errors[1].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(folder, "a.jsonl") + ", line 4", outcome.Errors[1].TargetObject);
        Assert.False(outcome.Ended);
    }

    [Fact]
    public void What_is_missing_or_broken_is_said()
    {
        Assert.Contains("chat_template.jinja", _session.Run("Invoke-LapeGenerate $demo 'x' -Chat").Fails("ChatTemplateMissing"), StringComparison.Ordinal);
        _session.Run("Open-LapeModel $demo | Invoke-LapeGenerate -Prompt 'x' -Chat").Fails("ChatTemplateMissing");
        _session.Run("Invoke-LapeGenerate $chat -ConversationPath ./nowhere.jsonl").Fails("FileNotFound");
        _session.Run("Invoke-LapeGenerate $chat -Conversation @{ role = 'user' }").Fails("ConversationInvalid");
        _session.Run("Invoke-LapeGenerate $chat -Conversation 5").Fails("ConversationInvalid");
        _session.Run("$h = @{ role = 'user' }; $h.content = $h; $h | Invoke-LapeGenerate $chat").Fails("ConversationInvalid");
        var outcome = _session.Run("@{ messages = @() }, @{ messages = @(@{ role = 'user'; content = 'a' }) } | Invoke-LapeGenerate $chat -MaxTokens 1");
        outcome.Fails("ConversationInvalid");
        Assert.Single(outcome.Output);
    }

    // Rendered prompts between row start and answer, a message a part.
    private string[] Prompts(string script) =>
        [.. _session.Run(script).Clean().Select(a => a.Text("Prompt")!["<|begin|>".Length..^"\nassistant:".Length].Replace('\n', '|'))];
}
