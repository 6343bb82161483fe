using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LapeOps.Masks;

namespace LapeOps.Reports.Html;

/// <summary>
/// A summary as one HTML file that asks nothing of a network: style and script are in it, and its policy allows these two by their hashes
/// and nothing else. It is read the same as XML.
/// </summary>
internal static class ReportPage
{
    private static readonly string _style = Resource("report.css");
    private static readonly string _script = Resource("report.js");

    /// <summary>The page.</summary>
    public static string Of(EvaluationSummary summary)
    {
        var tables = summary.Tables.ToDictionary(t => t.Name);
        var sections = Sections(summary, tables).ToArray();
        var html = new HtmlWriter();
        html.Open("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")).Open("head").Empty("meta", ("charset", "utf-8"))
            .Empty("meta", ("http-equiv", "Content-Security-Policy"),
                ("content", $"default-src 'none'; style-src '{Hash(_style)}'; script-src '{Hash(_script)}'; img-src data:; base-uri 'none'; form-action 'none'"))
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Empty("meta", ("name", "color-scheme"), ("content", "light dark")).Empty("link", ("rel", "icon"), ("href", "data:,"))
            .Element("title", summary.Title).Code("style", _style).Close();
        html.Open("body").Open("header").Open("div", ("class", "top")).Element("h1", summary.Title, ("dir", "auto"))
            .Element("button", "Theme", ("id", "theme"), ("type", "button"), ("hidden", "hidden")).Close();
        if (Lead(summary) is { Length: > 0 } lead)
            html.Element("p", lead, ("class", "lead"));
        html.Open("nav", ("aria-label", "Sections"));
        foreach (var (id, title, _) in sections)
            html.Element("a", title, ("href", $"#{id}"));
        html.Close();
        Figures(html, summary);
        html.Close().Open("main");
        foreach (var (id, title, write) in sections)
        {
            html.Open("section", ("id", id)).Element("h2", title);
            write(html);
            html.Close();
        }
        html.Close().Open("footer").Element("p", "Made by LapeOps. Every table of this page lies beside it as CSV, and all of them in report.json.").Close()
            .Code("script", _script).Close().Close();
        return html.ToString();
    }

    private static IEnumerable<(string Id, string Title, Action<HtmlWriter> Write)> Sections(EvaluationSummary summary, IReadOnlyDictionary<string, ReportTable> tables)
    {
        if (tables.ContainsKey("languages"))
            yield return ("neurons", summary.Mask is null ? "Languages" : "Neurons of each language", html => NeuronSections.Neurons(html, summary.Mask, tables));
        if (summary.Matrix is { } matrix)
            yield return ("effect", "What switching them off does", html => EffectSections.Perplexity(html, matrix, tables));
        if (summary.Ablation.Count > 0)
            yield return ("ablation", "Ablation", html => EffectSections.Ablation(html, tables));
        if (summary.Overlap is { } overlap)
            yield return ("overlap", "What languages share", html => NeuronSections.Overlap(html, overlap, tables));
        if (summary.Stability is { } stability)
            yield return ("stability", "How far to trust it", html => NeuronSections.Stability(html, stability, tables));
        if (summary.Steering is { } steering)
            yield return ("steering", "Steering answers to another language", html => EffectSections.Steering(html, steering, tables));
        if (summary.Examples.Count > 0 || summary.Steering?.Answers.Count > 0)
            yield return ("examples", "Answers side by side", html => ExampleSection.Write(html, summary));
        if (tables.TryGetValue("provenance", out var provenance))
            yield return ("provenance", "Provenance", html => TableView.Write(html, provenance));
    }

    private static string Lead(EvaluationSummary summary)
    {
        var (known, parts) = (summary.Provenance, new List<string>());
        if (known.TryGetValue(MaskProvenance.ModelName, out var model))
            parts.Add(model);
        if (summary.Mask is { } mask)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{mask.Layers} layers{(mask.Width is { } width ? $" of {width:N0} neurons" : "")}"));
        var tokens = summary.Tables.FirstOrDefault(t => t.Name == "languages")?.Rows.Sum(r => r[4] as long? ?? 0) ?? 0;
        if (tokens > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{tokens:N0} tokens counted"));
        if (known.TryGetValue("context", out var context))
            parts.Add($"rows of {context}");
        return string.Join(" · ", parts);
    }

    private static void Figures(HtmlWriter html, EvaluationSummary summary)
    {
        var figures = KeyFigures.Of(summary).ToArray();
        if (figures.Length == 0)
            return;
        html.Open("ul", ("class", "figures"));
        foreach (var (value, text) in figures)
            html.Open("li").Element("b", value).Element("span", text).Close();
        html.Close();
    }

    private static string Hash(string code) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(code)))}";

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream($"LapeOps.Reports.{name}")!, Encoding.UTF8);
        // A parser makes a line feed of each line's end before it hashes.
        return "\n" + reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
