using System.Globalization;
using System.Text.Json;
using LapeOps.Evaluation;
using LapeOps.Formats;

namespace LapeOps.GoldenRunner;

/// <summary>Compares paired tests and a perplexity matrix's figures with the reference: scorers/statistics/*.json.</summary>
public static class StatisticsGolden
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<string> Files => Reference.Find(Path.Combine("scorers", "statistics"), "*.json");

    /// <summary>Runs a case.</summary>
    public static Verdict Run(string goldenFile) =>
        Verdict.Of("scorers", "statistics", Path.GetFileNameWithoutExtension(goldenFile), () => Differences(goldenFile));

    /// <summary>A line a difference.</summary>
    public static IEnumerable<string> Differences(string goldenFile)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(goldenFile));
        return (golden.RootElement.TryGetProperty("masks", out _) ? OfMatrix(golden.RootElement, goldenFile) : OfCorrection(golden.RootElement)).ToArray();
    }

    private static IEnumerable<string> OfCorrection(JsonElement root) => root.GetProperty("p").EnumerateObject().SelectMany(p =>
        BenjaminiHochberg.Correct(Numbers(p.Value)).Zip(Numbers(root.GetProperty("q").GetProperty(p.Name)), (found, expected) => Off(p.Name, found, expected, 1e-9 * expected))
            .SelectMany(lines => lines));

    private static IEnumerable<string> OfMatrix(JsonElement root, string goldenFile)
    {
        var matrix = Matrix(root, goldenFile);
        var (found, expected) = (matrix.Comparisons, root.GetProperty("comparisons").EnumerateArray().ToArray());
        if (found.Length != expected.Length)
            return [$"{found.Length} comparisons, expected {expected.Length}"];
        return found.Zip(expected, OfComparison).SelectMany(lines => lines)
            .Concat(Same("significant", matrix.Significant))
            .Concat(Same("diagonal_largest_in_row", matrix.DiagonalLargestInRow))
            .Concat(Same("diagonal_largest_in_column", matrix.DiagonalLargestInColumn))
            .Concat(Off("diagonal_mean", matrix.DiagonalMean!.Value, root.GetProperty("diagonal_mean").GetDouble(), 1e-9))
            .Concat(Off("off_diagonal_mean", matrix.OffDiagonalMean!.Value, root.GetProperty("off_diagonal_mean").GetDouble(), 1e-9))
            .Concat(OfMeans(matrix, goldenFile));

        IEnumerable<string> Same(string name, IReadOnlyList<string> languages) =>
            languages.SequenceEqual(root.GetProperty(name).EnumerateArray().Select(l => l.GetString()!)) ? [] : [$"{name}: {string.Join(", ", languages)}"];
    }

    private static IEnumerable<string> OfComparison(MaskComparison found, JsonElement expected)
    {
        var name = $"{found.Language} against {found.Against}";
        if ((found.Language, found.Against, found.DegreesOfFreedom, found.WMethod)
            != (Text("language"), Text("against"), expected.GetProperty("df").GetInt32(), Text("w_method")))
            return [$"{name}: {found.DegreesOfFreedom} degrees of freedom, {found.WMethod}"];
        return Relative("t", found.T).Concat(Relative("w", found.W))
            .Concat(P("p_t", found.PT)).Concat(P("p_t_two_sided", found.PTTwoSided)).Concat(P("p_w", found.PW)).Concat(P("q_t", found.QT)).Concat(P("q_w", found.QW));

        string? Text(string property) => expected.GetProperty(property).GetString();

        IEnumerable<string> Relative(string property, double value) => Near(property, value, 1e-9);

        // Sharper than the page, which lets anything below 1e-12 pass as 0: tails have to be right where they are small.
        IEnumerable<string> P(string property, double value) => Near(property, value, 1e-6);

        IEnumerable<string> Near(string property, double value, double tolerance) =>
            expected.GetProperty(property).GetDouble() is var right ? Off($"{name} {property}", value, right, tolerance * Math.Abs(right)) : [];
    }

    private static IEnumerable<string> OfMeans(PerplexityMatrix matrix, string goldenFile)
    {
        using var arrays = SafetensorsFile.Open(Path.ChangeExtension(goldenFile, ".safetensors"));
        var found = Enumerable.Range(1, matrix.Rows.Count - 1).SelectMany(_ => Enumerable.Range(0, matrix.Texts.Count), matrix.Change).ToArray();
        return Difference.Absolute<double>("mean_delta", arrays.Read<double>("mean_delta", matrix.Rows.Count - 1, matrix.Texts.Count).ToArray(), found, 1e-9).ToArray();
    }

    private static PerplexityMatrix Matrix(JsonElement root, string goldenFile)
    {
        string[] languages = Names("languages"), masks = Names("masks");
        using var arrays = SafetensorsFile.Open(Path.ChangeExtension(goldenFile, ".safetensors"));
        var rows = root.GetProperty("comparisons")[0].GetProperty("df").GetInt32() + 1;
        var delta = arrays.Read<double>("delta", masks.Length, languages.Length, rows).ToArray();
        var none = new MatrixRow("none", MatrixRowKind.None, null, 0, [.. languages.Select(_ => new double[rows])], null);
        return new PerplexityMatrix(languages, [none, .. masks.Select((mask, m) => new MatrixRow(mask,
            languages.Contains(mask) ? MatrixRowKind.Language : MatrixRowKind.Control, languages.FirstOrDefault(l => l == mask), 1,
            [.. languages.Select((_, k) => delta.AsSpan(((m * languages.Length) + k) * rows, rows).ToArray())], null))]);

        string[] Names(string property) => [.. root.GetProperty(property).EnumerateArray().Select(l => l.GetString()!)];
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    private static IEnumerable<string> Off(string name, double found, double expected, double tolerance) => Math.Abs(found - expected) <= tolerance
        ? []
        : [string.Create(CultureInfo.InvariantCulture, $"{name}: {found:g17}, expected {expected:g17}")];
}
