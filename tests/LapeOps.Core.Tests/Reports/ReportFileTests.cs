using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using CsvHelper;
using LapeOps.Evaluation;
using LapeOps.Formats;
using LapeOps.Reports;

namespace LapeOps.Core.Tests.Reports;

/// <summary>What a report's files hold, in any culture and with any text in it.</summary>
public sealed partial class ReportFileTests : IDisposable
{
    private static readonly XNamespace _html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("en-US")]
    [InlineData("de-DE")]
    [InlineData("fa-IR")]
    public void Every_file_is_as_it_was_approved(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            var files = ReportFolder.Write(SampleSummary.Small(), _folder.Path);
            Assert.Equal(files.Order(), Directory.GetFiles(_folder.Path).Order());
            Assert.All(files, file => Approved.Check(Path.GetFileName(file), WithoutCode(file, File.ReadAllText(file, new UTF8Encoding(false, throwOnInvalidBytes: true)))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_page_is_XML_and_nothing_in_it_leads_elsewhere_or_runs_but_its_own_script()
    {
        var text = Html(SampleSummary.Small());
        var page = Xml(text);
        var policy = page.Descendants(_html + "meta").Single(m => (string?)m.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (var name in new[] { "style", "script" })
            Assert.Contains($"{name}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page.Descendants(_html + name).Single().Value)))}'", policy, StringComparison.Ordinal);

        string[] elements = ["img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image", "foreignObject", "animate"];
        Assert.DoesNotContain(page.Descendants(), e => elements.Contains(e.Name.LocalName));
        var attributes = page.Descendants().Attributes().Where(a => !a.IsNamespaceDeclaration).ToArray();
        Assert.DoesNotContain(attributes, a => a.Name.LocalName is "style" or "src" or "srcset" or "action" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.All(attributes.Where(a => a.Name.LocalName == "href"), a => Assert.Matches("^(#[a-z]+|data:,)$", a.Value));
        Assert.All(Address().Matches(text), a => Assert.StartsWith("xmlns=", a.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_is_text_and_what_is_hidden_in_it_is_seen()
    {
        var page = Xml(Html(SampleSummary.Small()));
        var shown = page.Descendants(_html + "div").Where(d => (string?)d.Attribute("class") is "says" or "prompt").Select(d => d.Value).ToHashSet();
        Assert.All(SampleSummary.Hostile.Where(t => t.All(c => c is >= ' ' and < '\u007F')), t => Assert.Contains(t, shown));
        Assert.Contains("invoice[U+202E]gpj.exe", shown);
        Assert.Contains("a␀b␇␛[31m␡[U+0085]", shown);
        Assert.Contains("half \uFFFD and \uFFFD pairs", shown);
        Assert.Contains("Three languages <&>", page.Descendants(_html + "h1").Select(h => h.Value));
        Assert.DoesNotContain(page.DescendantNodes().OfType<XText>(), t => t.Value.Any(c => c is '\u202E' or '\u2067' or '\0'));
    }

    [Fact]
    public void Names_of_masks_and_languages_are_escaped_as_prompts_are()
    {
        const string name = "\"><script>x</script>";
        var page = Xml(Html(SampleSummary.Of([name, "</table>"], 2, steered: true)));
        Assert.Single(page.Descendants(_html + "script"));
        Assert.Contains(page.Descendants(_svg + "title"), t => t.Value.Contains(name, StringComparison.Ordinal));
        Assert.Contains(page.Descendants(_html + "th"), t => t.Value == name);
    }

    [Fact]
    public void Every_chart_has_a_text_and_its_data_as_a_table()
    {
        var summary = SampleSummary.Small();
        var page = Xml(Html(summary));
        var charts = page.Descendants(_svg + "svg").Where(s => s.Attribute("aria-hidden") is null).ToArray();
        Assert.Equal(["chart-neurons", "chart-stability", "chart-steering"], charts.Select(c => c.Attribute("id")!.Value));
        foreach (var chart in charts)
        {
            Assert.Equal("img", (string?)chart.Attribute("role"));
            var names = chart.Attribute("aria-labelledby")!.Value.Split(' ');
            Assert.All(names, n => Assert.NotEmpty(chart.Elements().Single(e => (string?)e.Attribute("id") == n).Value));
        }
        var tables = page.Descendants(_html + "table").ToDictionary(t => t.Attribute("id")!.Value);
        foreach (var table in summary.Tables.Where(t => t.Name is not ("answers" or "examples")))
            Assert.Equal(table.Rows.Count, tables[$"table-{table.Name}"].Element(_html + "tbody")!.Elements().Count());
        Assert.All(tables.Values, t => Assert.NotEmpty(t.Element(_html + "caption")!.Value));
        Assert.Superset(new HashSet<string> { "heat-perplexity", "heat-overlap" }, tables.Keys.ToHashSet());
    }

    [Fact]
    public void Thirty_six_languages_have_each_a_row_and_at_most_nine_colours()
    {
        string[] languages = [.. Enumerable.Range(0, 36).Select(k => $"l{k}")];
        var page = Xml(Html(SampleSummary.Of(languages, 26, steered: false)));
        Assert.Equal(36, page.Descendants(_html + "table").Single(t => (string?)t.Attribute("id") == "heat-neurons").Element(_html + "tbody")!.Elements().Count());
        var classes = page.Descendants(_svg + "rect").Select(r => (string)r.Attribute("class")!).Where(c => c.StartsWith("part ", StringComparison.Ordinal)).Distinct().ToArray();
        Assert.InRange(classes.Length, 2, 9);
        Assert.Contains("part other", classes);
    }

    [Fact]
    public void Text_is_laid_out_in_its_own_direction_and_marked_with_its_language()
    {
        var page = Xml(Html(SampleSummary.Small()));
        var arabic = page.Descendants(_html + "div").First(d => d.Value == SampleSummary.Greeting("ar"));
        Assert.Equal(("auto", "ar"), ((string?)arabic.Attribute("dir"), (string?)arabic.Attribute("lang")));
        Assert.All(page.Descendants(_html + "div").Where(d => (string?)d.Attribute("class") is "says" or "prompt"), d => Assert.Equal("auto", (string?)d.Attribute("dir")));
    }

    [Fact]
    public void Tables_read_back_from_CSV_and_JSON_as_they_are()
    {
        var summary = SampleSummary.Small();
        ReportFolder.Write(summary, _folder.Path);
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder["report.json"]));
        Assert.Equal(summary.Tables.Select(t => t.Name), json.RootElement.GetProperty("tables").EnumerateObject().Select(t => t.Name));
        foreach (var table in summary.Tables)
        {
            var rows = json.RootElement.GetProperty("tables").GetProperty(table.Name).GetProperty("rows").EnumerateArray().ToArray();
            using var csv = CsvReader.Create(new StreamReader(_folder[$"{table.Name}.csv"]), new() { FormatProvider = CultureInfo.InvariantCulture }, leaveOpen: false);
            csv.ReadHeader();
            Assert.Equal(table.Columns.Select(c => c.Name), csv.Headers);
            foreach (var (i, row) in table.Rows.Index())
            {
                Assert.True(csv.Read());
                for (var k = 0; k < row.Count; k++)
                {
                    var (name, field) = (table.Columns[k].Name, csv.GetString(table.Columns[k].Name));
                    Assert.Equal(InFile(row[k]), Unescaped(field, row[k]));
                    var value = rows[i].GetProperty(name);
                    Assert.Equal(InFile(row[k]), value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.Number => Number(value.GetDouble()), _ => value.ToString() });
                }
            }
            Assert.False(csv.Read());
        }
    }

    [Fact]
    public void Text_that_a_spreadsheet_would_run_is_text_in_CSV_and_numbers_stay_numbers()
    {
        ReportFolder.Write(SampleSummary.Small(), _folder.Path);
        var examples = File.ReadAllText(_folder["examples.csv"]);
        foreach (var start in new[] { "=cmd", "+1+1", "-2+3", "@SUM", "\t=1", "\r=1" })
            Assert.Contains($"'{start}", examples, StringComparison.Ordinal);
        Assert.DoesNotMatch("""(^|[,\n])"?[=+@\t\r-]""", examples);
        Assert.Contains(",-0.046875,", File.ReadAllText(_folder["perplexity.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_has_no_section_and_no_file()
    {
        var summary = new EvaluationSummary { Ablation = [new AblationRow(AblationStudy.Layer, 3, "zh", 12, null, double.NaN, 0)] };
        Assert.Equal(["report.html", "report.json", "ablation.csv"], ReportFolder.Write(summary, _folder.Path).Select(Path.GetFileName));
        Assert.Equal(["ablation"], Xml(File.ReadAllText(_folder["report.html"])).Descendants(_html + "section").Select(s => s.Attribute("id")!.Value));
        Assert.Equal("Study,Step,Language,Neurons,OwnChange,OthersChange,ValuesChanged\nLayer,3,zh,12,,,0\n", File.ReadAllText(_folder["ablation.csv"]));
    }

    [Fact]
    public void Tables_of_an_older_report_do_not_stay_and_other_files_do()
    {
        ReportFolder.Write(SampleSummary.Of(["en", "zh"], 2, steered: true) with { Ablation = [new AblationRow(AblationStudy.Layer, 3, "zh", 12, 0, 0, 0)] }, _folder.Path);
        File.WriteAllText(_folder["mine.csv"], "");
        var written = ReportFolder.Write(new EvaluationSummary { Examples = [new("", "", "")] }, _folder.Path);
        Assert.Equal([.. written.Append(_folder["mine.csv"]).Order()], Directory.GetFiles(_folder.Path, "*.*").Where(f => Path.GetExtension(f) is ".csv" or ".html" or ".json").Order());
    }

    [Fact]
    public void A_report_that_cannot_be_written_leaves_the_old_one()
    {
        ReportFolder.Write(SampleSummary.Small(), _folder.Path);
        var before = File.ReadAllBytes(_folder["report.html"]);
        using (OutputLock.Take(_folder["report.html"]))
            Assert.Equal("OutputInUse", Assert.Throws<LapeException>(() => ReportFolder.Write(new EvaluationSummary(), _folder.Path)).ErrorId);
        Assert.Equal(before, File.ReadAllBytes(_folder["report.html"]));
        Assert.Equal("OutputNotWritable", Assert.Throws<LapeException>(() => ReportFolder.Write(new EvaluationSummary(), _folder["report.html"])).ErrorId);
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(40, true)]
    [InlineData(40, false)]
    public void A_terminal_shows_a_bar_for_each_layer_and_no_line_is_too_long(int width, bool unicode)
    {
        var lines = SampleSummary.Of(["en", "zh", "fr", "es"], 6, steered: true).ToText(width, unicode).Split('\n');
        Assert.All(lines, l => Assert.InRange(l.Length, 0, width));
        Assert.All(lines, l => Assert.True(unicode || l.All(char.IsAscii), l));
        var bars = lines.SkipWhile(l => l != "Neurons in each layer").Skip(1).Take(6).ToArray();
        Assert.Equal(Enumerable.Range(0, 6), bars.Select(b => int.Parse(b.AsSpan(0, 4), CultureInfo.InvariantCulture)));
        Assert.Contains(bars, b => b.Length == width);
        Assert.All(bars, b => Assert.Contains(unicode ? '█' : '#', b));
    }

    private string Html(EvaluationSummary summary)
    {
        ReportFolder.Write(summary, _folder.Path);
        return File.ReadAllText(_folder["report.html"]);
    }

    private static XDocument Xml(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    // Style and script are read where they are written.
    private static string WithoutCode(string file, string text) =>
        file.EndsWith(".html", StringComparison.Ordinal) ? Code().Replace(Hash().Replace(text, "sha256-…"), "<$1>…</$1>") : text;

    private static string InFile(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "True" : "False",
        long number => Number(number),
        double number => Number(number),
        _ => string.Concat(((string)value).EnumerateRunes()), // half a surrogate pair becomes U+FFFD
    };

    private static string Unescaped(string field, object? value) => value switch
    {
        long or double => Number(double.Parse(field, CultureInfo.InvariantCulture)),
        string { Length: > 0 } text when "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) => field[1..],
        _ => field,
    };

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    [GeneratedRegex("<(style|script)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("sha256-[A-Za-z0-9+/=]{44}")]
    private static partial Regex Hash();

    [GeneratedRegex("""(\S*?)["'\s]*(https?:|//)[a-z]""")]
    private static partial Regex Address();
}
