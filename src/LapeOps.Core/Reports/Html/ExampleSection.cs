using System.Globalization;
using System.Text.RegularExpressions;

namespace LapeOps.Reports.Html;

/// <summary>Answers to the same prompt side by side, in whatever language and direction they are.</summary>
internal static partial class ExampleSection
{
    private const int MostPrompts = 40;
    private const int QuestionsEach = 2;

    private sealed record Answer(string By, string Text, string? Language, string? Verdict);

    /// <summary>Writes completions by prompt, then steered answers by question and target.</summary>
    public static void Write(HtmlWriter html, EvaluationSummary summary)
    {
        var prompts = summary.Examples.GroupBy(e => e.Prompt).ToArray();
        foreach (var prompt in prompts.Take(MostPrompts))
            Card(html, prompt.Key, prompt.Select(e => new Answer(e.By, e.Text, null, null)));
        More(html, prompts.Length, MostPrompts, "prompts", "examples");

        var targets = (summary.Steering?.Answers ?? []).GroupBy(a => (a.Source, a.Target)).ToArray();
        foreach (var target in targets)
        {
            html.Element("h3", $"{target.Key.Source} → {target.Key.Target}");
            var questions = target.GroupBy(a => a.Prompt).ToArray();
            foreach (var question in questions.Take(QuestionsEach))
                Card(html, question.Key, question.Select(a => new Answer(EffectSections.Method(a.Method, a.Strength), a.Text, a.Language, Verdict(a.Language, a.Joint))));
            More(html, questions.Length, QuestionsEach, "questions", "answers");
        }
    }

    private static string Verdict(string language, bool joint) => $"{(language.Length == 0 ? "no language" : language)}{(joint ? ", success" : "")}";

    private static void Card(HtmlWriter html, string prompt, IEnumerable<Answer> answers)
    {
        html.Open("div", ("class", "example")).Element("div", prompt, ("class", "prompt"), ("dir", "auto")).Open("div", ("class", "answers"));
        foreach (var answer in answers)
        {
            html.Open("div", ("class", "answer")).Open("div", ("class", "by")).Open("b").Element("bdi", answer.By).Close();
            if (answer.Verdict is not null)
                html.Element("span", answer.Verdict);
            html.Close();
            if (string.IsNullOrWhiteSpace(answer.Text))
                html.Element("div", "empty answer", ("class", "says empty"));
            else
                html.Element("div", answer.Text, ("class", "says"), ("dir", "auto"), ("lang", LanguageTag().IsMatch(answer.Language ?? "") ? answer.Language : null));
            html.Close();
        }
        html.Close().Close();
    }

    private static void More(HtmlWriter html, int all, int shown, string what, string table)
    {
        if (all > shown)
            html.Element("p", string.Create(CultureInfo.InvariantCulture, $"{shown} of {all:N0} {what}; all are in {table}.csv."), ("class", "note"));
    }

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    private static partial Regex LanguageTag();
}
