using System.Globalization;

namespace LapeOps.PowerShell.Tests;

/// <summary>
/// The paper's claim (arXiv 2402.16438) on the demo model, with every default: it holds for all seven languages. With rows of 128 tokens it
/// holds for five: one of the controls happens to hit a neuron that hurts every language, and switching Indonesian off hurts Spanish more.
/// </summary>
public sealed class ClaimTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Switching_off_a_languages_neurons_hurts_that_language_most_and_more_than_chance()
    {
        var languages = _session.Run("""
            $measured = Measure-LapeActivation $demo $texts -Sums None
            $neurons = Get-LapeNeurons $measured -Model $demo
            $measured.Languages
            """).Clean().Select(l => l.ToString()).ToArray();
        var changes = _session.Run("$measured.Languages | ForEach-Object { $l = $_; $neurons | Set-LapeMask -Language $l } | Measure-LapePerplexity -Statistics $measured -Corpus $texts")
            .Clean().ToDictionary(p => (Mask: p.Text("Mask")!, Language: p.Text("Language")!), p => p.Get<double>("NllChange"));
        var controls = languages.ToDictionary(l => l, l =>
            _session.Run("$neurons | Set-LapeMask -Language $l -Random 3 | Measure-LapePerplexity -Statistics $measured -Corpus $texts -Language $l | Where-Object Mask -ne none", ("l", l))
                .Clean().Select(p => p.Get<double>("NllChange")).ToArray());
        var holds = languages.Where(l => languages.Append("controls").All(other =>
            other == l || (other == "controls" ? controls[l].Max() : changes[(l, other)]) < changes[(l, l)])).ToArray();
        Assert.True(holds.Length >= 6, $"It holds for {holds.Length} of {languages.Length}: {string.Join(' ', holds)}.{Environment.NewLine}{Table()}");

        // A row a mask, a column a language of the text, controls at the end.
        string Table() => string.Join(Environment.NewLine, languages.Select(mask => string.Join(' ', languages.Select(l => changes[(mask, l)]).Concat(controls[mask])
            .Select(c => c.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture)).Prepend(mask))));
    }
}
