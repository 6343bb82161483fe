using System.Text.Json;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>Chat templates that loop, grow, nest or reach out: the error and the template.</summary>
internal static class HostileTemplates
{
    private const string Endless = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
    private const string Doubling = "{% set ns = namespace(x='a') %}{% for a in range(1000) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}";
    private const string DoublingList = "{% set ns = namespace(x=[1]) %}{% for a in range(1000) %}{% set ns.x = ns.x + ns.x %}{% endfor %}";

    public static SortedDictionary<string, (string ErrorId, string Template)> Cases { get; } = new(StringComparer.Ordinal)
    {
        ["loops in loops"] = ("ChatTemplateTooLong", Endless),
        ["a macro that calls itself"] = ("ChatTemplateTooLong", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
        ["a macro that calls itself twice"] = ("ChatTemplateTooLong", "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"),
        ["a text that doubles"] = ("ChatTemplateTooLong", Doubling),
        ["a list that doubles"] = ("ChatTemplateTooLong", DoublingList),
        ["a text times a billion"] = ("ChatTemplateTooLong", "{{ 'abcdefgh' * 1000000000 }}"),
        ["a list times a billion"] = ("ChatTemplateTooLong", "{{ [1] * 1000000000 }}"),
        ["a text times what overflows"] = ("ChatTemplateUnsupported", "{{ 'abcdefgh' * 9000000000000000000 }}"),
        ["a replacement that explodes"] = ("ChatTemplateTooLong", "{% set x = 'a' * 1000000 %}{{ x | replace('a', x) }}"),
        ["an indentation of a billion"] = ("ChatTemplateTooLong", "{{ [[1]] | tojson(indent=1000000000) }}{{ 'a' | indent(1000000000) }}"),
        ["a join that explodes"] = ("ChatTemplateTooLong", "{{ range(100000) | join('a' * 100000) }}"),
        ["output without end"] = ("ChatTemplateTooLong", "{% set x = 'a' * 1000000 %}{% for a in range(100000) %}{{ x }}{% endfor %}"),
        ["a list in a list, and so on"] = ("ChatTemplateTooLong", "{% set ns = namespace(x=[]) %}{% for a in range(50000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}"),
        ["a list twice in a list, and so on"] = ("ChatTemplateTooLong", "{% set ns = namespace(x=[]) %}{% for a in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}"),
        ["equal lists without end"] = ("ChatTemplateTooLong",
            "{% set ns = namespace(x=[], y=[]) %}{% for a in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}"),
        ["a search that compares for ever"] = ("ChatTemplateTooLong", "{% set x = 'a' * 2000000 %}{{ ('a' * 1000000 ~ 'b' ~ 'a' * 10) in x ~ x }}"),
        ["a namespace in itself"] = ("ChatTemplateUnsupported", "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns.x }}"),
        ["a range of a billion"] = ("ChatTemplateFailed", "{% for a in range(1000000000) %}{% endfor %}"),
        ["a power of a billion"] = ("ChatTemplateUnsupported", "{{ 3 ** 1000000000 }}"),
        ["a million brackets"] = ("ChatTemplateInvalid", "{{ " + new string('[', 1_000_000) + " }}"),
        ["a hundred thousand parentheses that close"] = ("ChatTemplateUnsupported", "{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}"),
        ["a hundred thousand nots"] = ("ChatTemplateUnsupported", "{{ " + string.Concat(Enumerable.Repeat("not ", 100_000)) + "1 }}"),
        ["a sum of a hundred thousand"] = ("ChatTemplateTooLong", "{{ 1" + string.Concat(Enumerable.Repeat("+1", 100_000)) + " }}"),
        ["a chain of a hundred thousand attributes"] = ("ChatTemplateTooLong", "{{ x" + string.Concat(Enumerable.Repeat(".x", 100_000)) + " }}"),
        ["ten thousand ifs"] = ("ChatTemplateUnsupported", string.Concat(Enumerable.Repeat("{% if 1 %}", 10_000))),
        ["a template of two million characters"] = ("ChatTemplateUnsupported", new string('x', 2_000_000)),
        ["nothing but tags"] = ("ChatTemplateInvalid", string.Concat(Enumerable.Repeat("{%", 500_000))),
        ["Python's way out"] = ("ChatTemplateFailed", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
        ["an include"] = ("ChatTemplateUnsupported", "{% include '/etc/hostname' %}"),
        ["a refusal"] = ("ChatTemplateRefused", "{{ raise_exception('never') }}"),
        ["an unknown filter"] = ("ChatTemplateUnsupported", "{{ 'x' | system }}"),
    };

    /// <summary>A tokenizer_config.json with a template.</summary>
    public static string Config(string template) => JsonSerializer.Serialize(new { chat_template = template });

    /// <summary>Files of tokenizer_config.json that have no template that can be read: the error and the text.</summary>
    public static SortedDictionary<string, (string ErrorId, string Text)> Configs { get; } = new(StringComparer.Ordinal)
    {
        ["no template"] = ("ChatTemplateMissing", "{}"),
        ["a template of nothing"] = ("ChatTemplateMissing", """{ "chat_template": null }"""),
        ["a number"] = ("ChatTemplateInvalid", """{ "chat_template": 5 }"""),
        ["a list of numbers"] = ("ChatTemplateInvalid", """{ "chat_template": [5] }"""),
        ["a list without default"] = ("ChatTemplateInvalid", """{ "chat_template": [{ "name": "rag", "template": "x" }] }"""),
        ["half of a surrogate pair"] = ("ChatTemplateInvalid", """{ "chat_template": "\ud800" }"""),
        ["half of a surrogate pair in a key"] = ("ChatTemplateInvalid", """{ "\ud800_chat_template": "", "chat_template": "a" }"""),
        ["no JSON"] = ("ChatTemplateInvalid", "{"),
        ["a list"] = ("ChatTemplateInvalid", "[]"),
        ["a million brackets"] = ("ChatTemplateInvalid", new string('[', 1_000_000)),
        ["100 MB of nested lists"] = ("ChatTemplateInvalid", new string('[', 100_000_000)),
    };

    /// <summary>Files of conversations: the error, what it names, and the text.</summary>
    public static SortedDictionary<string, (string ErrorId, string Names, string Text)> Conversations { get; } = new(StringComparer.Ordinal)
    {
        ["a broken line"] = ("ConversationInvalid", "line 3", """{"messages":[{"role":"user","content":"a"}]}""" + "\n\n{\"messages\":\n"),
        ["no messages"] = ("ConversationInvalid", "line 1", "{}"),
        ["empty messages"] = ("ConversationInvalid", "line 1", """{"messages":[]}"""),
        ["a message that is a text"] = ("ConversationInvalid", "line 1, message 1", """{"messages":["a"]}"""),
        ["a message without a role"] = ("ConversationInvalid", "line 1, message 2", """{"messages":[{"role":"user","content":"a"},{"content":"a"}]}"""),
        ["a message without content"] = ("ConversationInvalid", "line 1, message 1", """{"messages":[{"role":"user"}]}"""),
        ["half of a surrogate pair"] = ("ConversationInvalid", "line 1", """{"messages":[{"role":"user","content":"\ud800"}]}"""),
        ["half of a surrogate pair in a key"] = ("ConversationInvalid", "line 1", """{"messages":[{"\udc00_role":"","role":"user","content":"a"}]}"""),
        ["a line of nested lists"] = ("ConversationInvalid", "line 1", new string('[', 10_000_000)),
        ["a line of 100 MB"] = ("ConversationInvalid", "line 1", new string('a', 100_000_000)),
        ["a content of twelve million characters"] = ("ChatTemplateTooLong", "chat_template.jinja", $$"""{"messages":[{"role":"user","content":"{{new string('a', 12_000_000)}}"}]}"""),
    };
}
