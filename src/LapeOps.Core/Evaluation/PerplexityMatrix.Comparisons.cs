namespace LapeOps.Evaluation;

// Diagonal dominance and its significance. Lists are arrays, which PowerShell can slice. Own masks are the rows of languages whose text was measured; a language without neurons has none.
public sealed partial record PerplexityMatrix
{
    /// <summary>Languages with a q below this against every other mask are significant.</summary>
    public const double SignificanceLevel = 0.05;

    /// <summary>
    /// Every language's own mask against every other language's mask, shared control and control matched with it, on the rows of the
    /// language's text. Text of a single row cannot be tested and has no comparison.
    /// </summary>
    /// <exception cref="LapeException">MatrixInvalid: masks have different rows of a text, or an NLL is not a number.</exception>
    public MaskComparison[] Comparisons
    {
        get
        {
            var tests = (
                from own in OwnMasks
                from other in Others(own.Row)
                let differences = Differences(own.Row, other, own.Text)
                where differences.Length > 1
                select (Language: Texts[own.Text], Against: Rows[other].Mask, Student: PairedTests.Student(differences), Rank: PairedTests.SignedRank(differences))).ToArray();
            var qt = BenjaminiHochberg.Correct([.. tests.Select(t => t.Student.P)]);
            var qw = BenjaminiHochberg.Correct([.. tests.Select(t => t.Rank.P)]);
            return tests.Select((t, i) => new MaskComparison(t.Language, t.Against,
                t.Student.T, t.Student.DegreesOfFreedom, t.Student.P, t.Student.PTwoSided, t.Rank.W, t.Rank.P, t.Rank.Method, qt[i], qw[i])).ToArray();
        }
    }

    /// <summary>Languages whose own mask hurts their text more than every other mask does, at <see cref="SignificanceLevel"/> by the t-test.</summary>
    /// <exception cref="LapeException">MatrixInvalid, as <see cref="Comparisons"/>.</exception>
    public string[] Significant =>
        Comparisons.GroupBy(c => c.Language).Where(language => language.All(c => c.QT < SignificanceLevel)).Select(language => language.Key).ToArray();

    /// <summary>Languages whose mask hurts their own text more than any other text.</summary>
    public string[] DiagonalLargestInRow =>
        OwnMasks.Where(own => Others(own.Text, Texts.Count).All(text => Change(own.Row, own.Text) > Change(own.Row, text))).Select(own => Texts[own.Text]).ToArray();

    /// <summary>Languages whose text their own mask hurts more than any mask that it is compared with, controls included.</summary>
    public string[] DiagonalLargestInColumn =>
        OwnMasks.Where(own => Others(own.Row).All(row => Change(own.Row, own.Text) > Change(row, own.Text))).Select(own => Texts[own.Text]).ToArray();

    /// <summary>Languages whose text their own mask hurts more than every control that it is compared with; none without controls.</summary>
    public string[] DiagonalAboveControls =>
        [.. OwnMasks.Where(own => Others(own.Row).Where(row => Rows[row].Kind == MatrixRowKind.Control).ToArray() is { Length: > 0 } controls
            && controls.All(row => Change(own.Row, own.Text) > Change(row, own.Text))).Select(own => Texts[own.Text])];

    /// <summary>Mean change of a language's text under its own mask, in nats; null without one.</summary>
    public double? DiagonalMean => Mean(OwnMasks.Select(own => Change(own.Row, own.Text)));

    /// <summary>Mean change of the other texts under languages' masks (controls are left out), in nats; null without one.</summary>
    public double? OffDiagonalMean => Mean(LanguageRows.SelectMany(row => Enumerable.Range(0, Texts.Count).Where(text => Texts[text] != Rows[row].Language).Select(text => Change(row, text))));

    private IEnumerable<int> LanguageRows => Enumerable.Range(0, Rows.Count).Where(row => Rows[row].Kind == MatrixRowKind.Language);

    private IEnumerable<(int Row, int Text)> OwnMasks =>
        LanguageRows.SelectMany(_ => Enumerable.Range(0, Texts.Count), (row, text) => (Row: row, Text: text)).Where(own => Rows[own.Row].Language == Texts[own.Text]);

    // Controls that are matched with another language are of another size, and say nothing about this one's mask.
    private IEnumerable<int> Others(int own) => Others(own, Rows.Count).Where(row => Rows[row].Kind switch
    {
        MatrixRowKind.Language => true,
        MatrixRowKind.Control => Rows[row].Language is not { } matched || matched == Rows[own].Language,
        _ => false,
    });

    private static IEnumerable<int> Others(int own, int count) => Enumerable.Range(0, count).Where(i => i != own);

    private double[] Differences(int own, int other, int text)
    {
        var (mine, theirs) = (Rows[own].RowNll[text], Rows[other].RowNll[text]);
        if (mine.Count != theirs.Count)
            throw Invalid($"'{Rows[own].Mask}' has {mine.Count} rows and '{Rows[other].Mask}' {theirs.Count}");
        double[] differences = [.. mine.Zip(theirs, (a, b) => a - b)];
        return differences.All(double.IsFinite) ? differences : throw Invalid($"an NLL under '{Rows[own].Mask}' or '{Rows[other].Mask}' is not a finite number");

        LapeException Invalid(string what) => new("MatrixInvalid", $"The masks cannot be compared on the text of '{Texts[text]}': {what}. Measure them again.");
    }

    private static double? Mean(IEnumerable<double> values) => values.Select(v => (double?)v).Average();
}
