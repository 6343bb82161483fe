using LapeOps.Reports;
using Microsoft.Playwright;

namespace LapeOps.Core.Tests.Reports;

/// <summary>The page in a browser: it runs without an error, draws its data in both themes, and asks nothing of a network.</summary>
public sealed class ReportInBrowserTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chromium_shows_every_chart_with_its_data_in_both_themes()
    {
        var chromium = Chromium();
        Assert.SkipWhen(chromium is null, "No Chromium is on the path, and LAPE_CHROMIUM names none.");
        var summary = SampleSummary.Small();
        ReportFolder.Write(summary, _folder.Path);
        using var playwright = await Playwright.CreateAsync();
        // Root has no sandbox to give.
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Environment.UserName == "root" ? ["--no-sandbox"] : [] });
        var paper = new Dictionary<ColorScheme, string>();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = 390, Height = 844 } });
            List<string> told = [], asked = [];
            page.Console += (_, message) => told.Add(message.Text);
            page.PageError += (_, error) => told.Add(error);
            page.Dialog += (_, dialog) => told.Add(dialog.Message);
            page.Request += (_, request) => asked.Add(request.Url);
            await page.GotoAsync(new Uri(_folder["report.html"]).AbsoluteUri);
            paper[scheme] = await Paper(page);

            var curve = summary.Stability!.Curve.Count;
            var parts = summary.Tables.Single(t => t.Name == "neurons-by-layer").Rows.Count(r => r[2] is > 0L);
            foreach (var (marks, expected) in new[]
            {
                ("#chart-neurons rect.part", parts), ("#chart-stability circle.dot", curve), ("#chart-steering circle.full", summary.Steering!.Rows.Count),
                ("#heat-perplexity td:not(.beside)", summary.Matrix!.Rows.Count * 3), ("#heat-overlap td:not(.beside)", 9),
            })
                Assert.Equal(expected, await page.Locator(marks).EvaluateAllAsync<int>("all => all.filter(e => e.getBoundingClientRect().width > 0 && getComputedStyle(e).visibility === 'visible').length"));
            Assert.True(await page.Locator("table.data").EvaluateAllAsync<bool>("all => all.every(t => t.tBodies[0].rows.length === Number(t.dataset.rows))"));
            // A phone scrolls charts in their boxes and never the page.
            Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            Assert.Equal(0, await page.Locator("img, iframe, main script, [onmouseover], [onerror]").CountAsync());
            Assert.Equal([], told);
            Assert.Single(asked, a => !a.StartsWith("data:", StringComparison.Ordinal));

            if (scheme == ColorScheme.Light)
                await ThemesAndOrder(page);
            await page.CloseAsync();
        }
        Assert.NotEqual(paper[ColorScheme.Light], paper[ColorScheme.Dark]);
    }

    private static async Task ThemesAndOrder(IPage page)
    {
        var light = await Paper(page);
        await page.ClickAsync("#theme");
        Assert.Equal(light, await Paper(page));
        await page.ClickAsync("#theme");
        Assert.NotEqual(light, await Paper(page));
        await page.ReloadAsync();
        Assert.NotEqual(light, await Paper(page));

        const string column = "#table-ablation tbody td:nth-child(5)";
        var head = page.Locator("#table-ablation th:nth-child(5) button");
        await head.ClickAsync();
        var ascending = await page.Locator(column).EvaluateAllAsync<double[]>("all => all.map(c => Number(c.dataset.value))");
        Assert.Equal(ascending.Order(), ascending);
        await head.ClickAsync();
        Assert.Equal(ascending.Reverse(), await page.Locator(column).EvaluateAllAsync<double[]>("all => all.map(c => Number(c.dataset.value))"));
    }

    private static Task<string> Paper(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static string? Chromium()
    {
        if (Environment.GetEnvironmentVariable("LAPE_CHROMIUM") is { Length: > 0 } named)
            return named;
        string[] names = OperatingSystem.IsWindows() ? ["chrome.exe", "msedge.exe"] : ["chromium", "chromium-browser", "google-chrome", "microsoft-edge"];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(_ => names, Path.Combine).Append("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome").FirstOrDefault(File.Exists);
    }
}
