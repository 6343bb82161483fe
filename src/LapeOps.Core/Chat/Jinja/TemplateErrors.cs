namespace LapeOps.Chat.Jinja;

/// <summary>The errors of a template, each with its file and line.</summary>
/// <param name="file">The file that holds the template.</param>
internal sealed class TemplateErrors(string file)
{
    private const int LongestQuote = 60;

    /// <summary>The template is none.</summary>
    public LapeException Invalid(int line, string what) =>
        Of("ChatTemplateInvalid", line, $"{what}. Take the template as its publisher gives it.");

    /// <summary>The template asks for what is not here.</summary>
    public LapeException Unsupported(int line, string what) =>
        Of("ChatTemplateUnsupported", line, $"{what} is not supported in chat templates. Write a simpler chat_template.jinja into the model's folder, or give plain prompts.");

    /// <summary>The template cannot render this conversation.</summary>
    public LapeException Failed(int line, string what) =>
        Of("ChatTemplateFailed", line, $"the conversation cannot be rendered: {what}. Check the roles and contents of its messages.");

    /// <summary>The template itself refuses the conversation.</summary>
    public LapeException Refused(int line, string what) => Of("ChatTemplateRefused", line, $"the template refuses the conversation: {what}");

    /// <summary>Rendering went beyond a limit.</summary>
    public LapeException TooLong(int line, string what) =>
        Of("ChatTemplateTooLong", line, $"{what}. The template may loop for ever, or the conversation is too long.");

    /// <summary>A text short enough for a message.</summary>
    public static string Quote(string text) => text.Length <= LongestQuote ? $"'{text}'" : $"'{text[..LongestQuote]}...'";

    private LapeException Of(string id, int line, string what) => new(id, $"{file}, line {line} of the chat template: {what}");
}
