using System.Text.Json;

namespace LapeOps.Chat.Tests;

/// <summary>What templates write, worked out by the rules of Jinja 3.1 and Python.</summary>
public sealed class TemplateTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    [Theory]
    // Whitespace: trim_blocks, lstrip_blocks, signs, comments, raw, the last newline.
    [InlineData("a\n  {% if true %}\n  b\n  {% endif %}\nc\n", "a\n  b\nc")]
    [InlineData("a\n\n", "a\n")]
    [InlineData("a\r\nb", "a\nb")]
    [InlineData("a  {%- if true -%}  b  {%- endif %}  c", "ab  c")]
    [InlineData("a\n  {%+ if true %}\nb{% endif +%}\nc", "a\n  b\nc")]
    [InlineData("a  {# x #}\nb", "a  b")]
    [InlineData("  {# x #}\nb", "b")]
    [InlineData("a  {#- x -#}  \n b", "ab")]
    [InlineData("{{ 'a' }}\n{{- 'b' -}}\n c", "abc")]
    [InlineData("{{ 'a' }}  {% if true %}b{% endif %}", "a  b")]
    [InlineData("  {{ 'a' }}", "  a")]
    [InlineData("{% raw %}{{ x }} {% if %}{% endraw %}\nb", "{{ x }} {% if %}b")]
    [InlineData("{{ {'a': {'b': 1}}['a']['b'] }}", "1")]
    // Literals and escapes.
    [InlineData(@"{{ 'it\'s' ~ ""\t\x41\u00e9\U0001F600\q"" }}", "it's\tAé😀\\q")]
    [InlineData("{{ 'a' 'b' }}{{ 1_000 }}{{ 1.5e3 }}{{ 2.0 }}", "ab10001500.02.0")]
    [InlineData("{{ [1, 'a', none, true, 1.5] }} {{ ('a',) }} {{ {'k': \"it's\"} }}", "[1, 'a', None, True, 1.5] ('a',) {'k': \"it's\"}")]
    [InlineData("{{ 1e16 }} {{ 123456789.125 }} {{ 0.0001 }} {{ 0.00001 }} {{ 1e23 }} {{ 1e15 }}", "1e+16 123456789.125 0.0001 1e-05 1e+23 1000000000000000.0")]
    // Operators.
    [InlineData("{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 1 + true }}", "3 -4 2 3.5 1024 2")]
    [InlineData("{{ 'a' * 3 }}{{ 2 * [1] }}{{ [1] + [2] }}{{ 1 ~ none ~ 'x' }}{{ +true }}", "aaa[1, 1][1, 2]1Nonex1")]
    [InlineData("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' in 'cat' }} {{ 'k' in {'k': 1} }} {{ 3 not in [1, 2] }}", "True False True True True")]
    [InlineData("{{ not 1 == 2 }} {{ '' or 'x' }} {{ 'x' and 'y' }} {{ 0 and 1 }}", "True x y 0")]
    [InlineData("{{ 'a' if false else 'b' if false else 'c' }}{{ 'x' if false }}", "c")]
    [InlineData("{{ 'a ' + ' b ' | trim + ' c' }}", "a b c")]
    [InlineData("{{ -3 | abs }}{{ 1 == 1.0 }}{{ [1, [2]] == [1, [2]] }}{{ none == false }}", "3TrueTrueFalse")]
    // Places and slices are Python's: code points, negative ones from the end.
    [InlineData("{{ 'a😀b'[1] }}{{ 'a😀b'[-1] }}{{ 'a😀b'[::-1] }}{{ 'a😀b' | length }}", "😀bb😀a3")]
    [InlineData("{{ [0,1,2,3][1:] }}{{ [0,1,2,3][:-1] }}{{ [0,1,2,3][::2] }}{{ [0,1,2,3][-9:9] }}{{ [0,1,2][5:] }}", "[1, 2, 3][0, 1, 2][0, 2][0, 1, 2, 3][]")]
    [InlineData("{{ [0,1][9] is defined }}{{ ''[0] is defined }}{{ {'a': {'b': [[5]]}}.a.b.0.0 }}", "FalseFalse5")]
    // Statements.
    [InlineData("{% if a %}1{% elif true %}2{% else %}3{% endif %}", "2")]
    [InlineData("{% for i in [1,2,3] if i != 2 %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ i }};{% else %}none{% endfor %}", "10TrueFalse21;21FalseTrue23;")]
    [InlineData("{% for i in [] %}x{% else %}none{% endfor %}", "none")]
    [InlineData("{% for i in [1,2,3] %}{{ loop.previtem }}-{{ loop.nextitem }} {% endfor %}", "-2 1-3 2- ")]
    [InlineData("{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "02")]
    [InlineData("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}", "a1b2")]
    [InlineData("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}", "21")]
    [InlineData("{% set ns = namespace(x=1) %}{% for i in [1] %}{% set ns.x = ns.x + 1 %}{% endfor %}{{ ns.x }}", "2")]
    [InlineData("{% set a, b = 1, 2 %}{{ b }}{{ a }}", "21")]
    [InlineData("{% set x | upper %}a{{ 'b' }}{% endset %}{{ x }}", "AB")]
    [InlineData("{% macro m(a, b='x') %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, b=2) }}{{ m() }}", "[1x][12][x]")]
    [InlineData("{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "321")]
    [InlineData("{% macro m(a) %}{{ a }}({{ caller(a + 1) }}){% endmacro %}{% call(x) m(1) %}[{{ x }}]{% endcall %}{% macro n(a, b) %}{{ b }}{{ a }}{% endmacro %}{{ n(*[1, 2]) }}", "1([2])21")]
    [InlineData("{% filter upper %}a{% endfilter %}{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}", "A3")]
    [InlineData("{% generation %}a{% set x = 1 %}{% endgeneration %}{{ x is defined }}", "aFalse")]
    // Filters.
    [InlineData("{{ ' a ' | trim }}{{ 'xax' | trim('x') }}{{ 'ab cd-ef' | title }}{{ 'aB' | capitalize }}{{ 'a' | upper }}{{ 'A' | lower }}", "aaAb Cd-EfAbAa")]
    [InlineData("{{ x | default('d') }}{{ '' | default('d', true) }}{{ none | default('d') }}{{ x | d }}", "ddNone")]
    [InlineData("{{ [1, 2] | join(', ') }}{{ [{'a': 1}, {'a': 2}] | join('-', attribute='a') }}", "1, 21-2")]
    [InlineData("{{ 'aXbX' | replace('X', 'yy') }}{{ 'aaa' | replace('a', 'b', 2) }}", "ayybyybba")]
    [InlineData("{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2, first=true) }}", "a\n    b\n\n    c|  a\n  b")]
    [InlineData("{{ [3, 1, 2] | sort }}{{ [1, 2] | reverse | list }}{{ {'b': 1, 'a': 2} | dictsort }}{{ {'b': 1} | items | list }}", "[1, 2, 3][2, 1][('a', 2), ('b', 1)][('b', 1)]")]
    [InlineData("{{ '3' | int + 1 }}{{ 'x' | int(7) }}{{ 2.7 | int }}{{ '1.5' | float }}{{ 2.5 | round }}{{ 3 | string + 'a' }}", "4721.52.03a")]
    [InlineData("{{ 'abc' | first }}{{ 'abc' | last }}{{ [1, 2, 2] | unique | list }}{{ [1, 2] | sum }}{{ [1, 3, 2] | max }}", "ac[1, 2]33")]
    [InlineData("{{ ['a', 'b'] | map('upper') | join }}{{ [{'n': 1}] | map(attribute='n') | list }}{{ [0, 1] | select | list }}{{ [1, 2] | reject('equalto', 1) | list }}", "AB[1][1][2]")]
    // Lazy filters are always true, have no length, and can be gone through once.
    [InlineData("{% set g = [] | select %}{{ 'true' if g }}{% set h = [1, 2] | map('string') %}{{ h | list }}{{ h | list }}", "true['1', '2'][]")]
    // JSON.
    [InlineData("{{ {'a': [1, 1.0, true, none, 'é<\"\\n']} | tojson }}", "{\"a\": [1, 1.0, true, null, \"é<\\\"\\n\"]}")]
    [InlineData("{{ {'b': 'é', 'a': 1} | tojson(ensure_ascii=true, separators=(';', '='), sort_keys=true) }}", "{\"a\"=1;\"b\"=\"\\u00e9\"}")]
    [InlineData("{{ {'a': [1, {}], 'b': []} | tojson(indent=2) }}", "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}")]
    // Tests.
    [InlineData("{{ 'a' is string }}{{ {} is mapping }}{{ [] is iterable }}{{ [] is sequence }}{{ 1 is number }}{{ true is boolean }}{{ none is none }}", "TrueTrueTrueTrueTrueTrueTrue")]
    [InlineData("{{ x is not defined }}{{ 2 is even }}{{ 2 is odd }}{{ 1 is in [1] }}{{ 1 is equalto 1 }}{{ true is true }}{{ 1 is true }}{{ {} is string or 1 }}", "TrueTrueFalseTrueTrueTrueFalse1")]
    // Methods.
    [InlineData("{{ ' a '.strip() }}{{ 'xa'.lstrip('x') }}{{ 'ax'.rstrip('x') }}{{ 'a,b,c'.split(',') }}{{ ' a b '.split() }}{{ 'a,b,c'.split(',', 1) }}{{ 'a,b,c'.rsplit(',', 1) }}",
        "aaa['a', 'b', 'c']['a', 'b']['a', 'b,c']['a,b', 'c']")]
    [InlineData("{{ 'abc'.startswith('a') }}{{ 'abc'.endswith(('x', 'c')) }}{{ 'a b'.title() }}{{ 'aa'.replace('a', 'b') }}{{ '-'.join(['a', 'b']) }}{{ 'abc'.find('c') }}{{ 'a\nb'.splitlines() }}", "TrueTrueA Bbba-b2['a', 'b']")]
    [InlineData("{{ {'a': 1}.get('a') }}{{ {}.get('a') }}{{ {}.get('a', 'd') }}{{ {'a': 1}.keys() | list }}{{ {'a': 1}.values() | list }}{{ {'items': 1}['items'] }}{{ {'a': none}.a }}", "1Noned['a'][1]1None")]
    // What the template knows.
    [InlineData("{{ bos_token }}{{ eos_token }}{{ unk_token }}{{ tools is none }}{{ documents }}{{ add_generation_prompt }}", "<s></s>TrueNoneTrue")]
    [InlineData("{{ strftime_now('%d %b %Y, %B %-d %H:%M %p %j') }}", "05 Mar 2024, March 5 16:07 PM 065")]
    [InlineData("{{ messages[0].role }}{{ messages[0]['content'] }}{{ messages | selectattr('role', 'equalto', 'user') | list | length }}", "user{{ 1 }}1")]
    public void It_writes_what_jinja_writes(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% if %}", "ChatTemplateInvalid", "line 1")]
    [InlineData("a\n{{ 'x }}", "ChatTemplateInvalid", "line 2")]
    [InlineData("{% if true %}", "ChatTemplateInvalid", "endif")]
    [InlineData("{% endif %}", "ChatTemplateInvalid", "endif")]
    [InlineData("{{ (1] }}", "ChatTemplateInvalid", "]")]
    [InlineData("{% for a in b %}{% else %}{% break %}{% endfor %}", "ChatTemplateInvalid", "Break")]
    [InlineData("{{ 1 +", "ChatTemplateInvalid", "}}")]
    [InlineData("{# x", "ChatTemplateInvalid", "comment")]
    [InlineData("{% include 'x' %}", "ChatTemplateUnsupported", "'include'")]
    [InlineData("{% import 'x' as y %}", "ChatTemplateUnsupported", "'import'")]
    [InlineData("{% extends 'x' %}", "ChatTemplateUnsupported", "'extends'")]
    [InlineData("{{ 1 | frobnicate }}", "ChatTemplateUnsupported", "the filter frobnicate")]
    [InlineData("{{ 1 is frobnicated }}", "ChatTemplateUnsupported", "the test frobnicated")]
    [InlineData("{{ frobnicate() }}", "ChatTemplateUnsupported", "the function frobnicate")]
    [InlineData("{{ [].append(1) }}", "ChatTemplateUnsupported", "append")]
    [InlineData("{{ '%s' % 1 }}", "ChatTemplateUnsupported", "%")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "ChatTemplateUnsupported", "64 bits")]
    [InlineData("{{ raise_exception('No ' ~ 'way') }}", "ChatTemplateRefused", "No way")]
    [InlineData("\n\n{{ messages[0].nothing.more }}", "ChatTemplateFailed", "line 3")]
    [InlineData("{{ 'a' + 1 }}", "ChatTemplateFailed", "a text + a number")]
    [InlineData("{{ [1, 'a', 2] | sort }}", "ChatTemplateFailed", "no order")]
    [InlineData("{{ 1 / 0 }}", "ChatTemplateFailed", "zero")]
    [InlineData("{{ ''.__class__.__mro__ }}", "ChatTemplateFailed", "'__mro__'")]
    [InlineData("{{ [1] | map('string') | length }}", "ChatTemplateFailed", "no length")]
    public void What_it_cannot_do_is_said_with_id_and_line(string template, string errorId, string names)
    {
        var error = Assert.Throws<LapeException>(() => Render(template));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(names, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("t.jinja, line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_messages_stay_whole_or_not()
    {
        var conversation = ChatConversation.Parse("""[{"role": "user", "content": [1, 1.0, 1e3, true, null, {"a": -5}]}]""", "test");
        Assert.Equal("[1, 1.0, 1000.0, True, None, {'a': -5}]", ChatTemplate.Parse("{{ messages[0].content }}", "t.jinja", Variables).Render(conversation, addGenerationPrompt: false));
    }

    [Theory]
    [InlineData("{% macro m(n) %}{{ [[m(n + 1)]] | map('string') | list }}{% endmacro %}{{ m(0) }}")]
    [InlineData("{% macro m() %}{% if 1 %}{% for a in [1] %}{% set x %}{{ ['a'] | map('default', m()) | join }}{% endset %}{% endfor %}{% endif %}{% endmacro %}{{ m() }}")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for a in range(5000) %}{% set ns.x = [{'a': ns.x}] %}{% endfor %}{{ ns.x | tojson }}")]
    public void Nesting_ends_before_a_small_stack_does(string template)
    {
        LapeException? error = null;
        var thread = new Thread(() => error = Assert.Throws<LapeException>(() => Render(template)), maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        Assert.Equal("ChatTemplateTooLong", error?.ErrorId);
    }

    private static string Render(string template)
    {
        using var messages = JsonDocument.Parse("""[{"role": "user", "content": "{{ 1 }}"}]""");
        return ChatTemplate.Parse(template, "t.jinja", Variables)
            .Render(ChatConversation.Of(messages.RootElement, "test"), addGenerationPrompt: true, new DateTimeOffset(2024, 3, 5, 16, 7, 9, TimeSpan.Zero));
    }
}
