using LapeOps.Chat.Jinja;

namespace LapeOps.Chat;

/// <summary>
/// The chat template of a model: how its publisher writes a conversation as one text. It renders as <c>apply_chat_template</c> of
/// transformers 5 does (Jinja 3.1 with trim_blocks and lstrip_blocks, the functions raise_exception and strftime_now, <c>tools</c> and
/// <c>documents</c> none). Messages are content: nothing in them is taken for a template or escaped. Nothing that is outside of the
/// conversation can be reached, and steps, nesting and text are limited. Safe to use from several threads.
/// </summary>
public sealed class ChatTemplate
{
    private const int MostTemplateCharacters = 1 << 20;
    private readonly Statement _body;
    private readonly TemplateErrors _errors;
    private readonly IReadOnlyDictionary<string, string> _variables;

    private ChatTemplate(string source, TemplateErrors errors, Statement body, IReadOnlyDictionary<string, string> variables)
    {
        Source = source;
        _errors = errors;
        _body = body;
        _variables = variables;
    }

    /// <summary>The template as it is written.</summary>
    public string Source { get; }

    /// <summary>
    /// Reads the template of a model's folder: chat_template.jinja, else chat_template in tokenizer_config.json (a text, or a list of
    /// named ones, of which "default" is taken). Special tokens come from tokenizer_config.json and special_tokens_map.json.
    /// </summary>
    /// <exception cref="LapeException">ChatTemplateMissing; ChatTemplateInvalid; ChatTemplateUnsupported where it needs what is not here;
    /// FileNotReadable.</exception>
    public static ChatTemplate Open(string folder)
    {
        var (file, source, variables) = TemplateFiles.Read(Path.GetFullPath(folder));
        return Parse(source, file, variables);
    }

    /// <summary>A template from its text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="file">What errors call its file.</param>
    /// <param name="variables">What it knows beside the conversation, such as bos_token.</param>
    /// <exception cref="LapeException">ChatTemplateInvalid; ChatTemplateUnsupported.</exception>
    public static ChatTemplate Parse(string source, string file, IReadOnlyDictionary<string, string> variables)
    {
        var errors = new TemplateErrors(file);
        if (source.Length > MostTemplateCharacters)
            throw errors.Unsupported(1, $"a template of more than {MostTemplateCharacters:N0} characters");
        return new ChatTemplate(source, errors, TemplateParser.Parse(source, errors), variables);
    }

    /// <summary>The text of a conversation.</summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="addGenerationPrompt">Whether to begin the answer's turn at the end.</param>
    /// <param name="now">The time for templates that write it; null for the local time.</param>
    /// <exception cref="LapeException">ChatTemplateRefused with the template's own words; ChatTemplateFailed where the conversation is not
    /// what it expects; ChatTemplateUnsupported; ChatTemplateTooLong.</exception>
    public string Render(ChatConversation conversation, bool addGenerationPrompt, DateTimeOffset? now = null)
    {
        var rendering = new Rendering(_errors, now ?? DateTimeOffset.Now);
        var scope = new Scope(rendering, null);
        foreach (var (name, value) in _variables)
            scope.Set(name, value);
        scope.Set("messages", conversation.Messages);
        scope.Set("tools", null);
        scope.Set("documents", null);
        scope.Set("add_generation_prompt", addGenerationPrompt);
        _body.Execute(scope);
        return rendering.Output;
    }
}
