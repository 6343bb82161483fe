using LapeOps.Evaluation;

namespace LapeOps.Core.Tests.Evaluation;

public class PerplexityMatrixTests
{
    [Fact]
    public void Controls_are_compared_with_the_language_that_they_are_matched_with_and_shared_ones_with_all()
    {
        var matrix = Matrix(["en", "zh"],
            Row("en", MatrixRowKind.Language, "en", [5, 6, 8], [0, 1, 0]),
            Row("zh", MatrixRowKind.Language, "zh", [1, 0, 1], [3, 5, 4]),
            Row("shared", MatrixRowKind.Control, null, [1, 1, 0], [0, 0, 1]),
            Row("like en", MatrixRowKind.Control, "en", [0, 0, 1], [9, 9, 9]));
        Assert.Equal(["en/zh", "en/shared", "en/like en", "zh/en", "zh/shared"], matrix.Comparisons.Select(c => $"{c.Language}/{c.Against}"));
        Assert.Equal(["en", "zh"], matrix.DiagonalLargestInRow);
        Assert.Equal(["en", "zh"], matrix.DiagonalAboveControls);
        Assert.Equal(["en", "zh"], matrix.DiagonalLargestInColumn);
        Assert.Equal((19 + 12) / 6.0, matrix.DiagonalMean!.Value, 12);
        Assert.Equal((1 + 2) / 6.0, matrix.OffDiagonalMean!.Value, 12);
    }

    [Fact]
    public void Changes_are_against_the_unmodified_model()
    {
        // zh has no mask and id has no text: neither has a diagonal, and both count where another language's mask meets them.
        var matrix = new PerplexityMatrix(["en", "zh"],
        [
            Row("none", MatrixRowKind.None, null, [2, 4], [1, 1]),
            Row("en", MatrixRowKind.Language, "en", [3, 6], [1, 3]),
            Row("id", MatrixRowKind.Language, "id", [2, 4], [2, 2]),
        ]);
        var only = Assert.Single(matrix.Comparisons);
        Assert.Equal(("en", "id", 1), (only.Language, only.Against, only.DegreesOfFreedom));
        Assert.Equal(3, only.T, 12); // differences 1 and 2
        Assert.Equal((3, 0.25, "exact"), (only.W, only.PW, only.WMethod));
        Assert.Equal(1.5, matrix.DiagonalMean!.Value, 12);
        Assert.Equal((1 + 0 + 1) / 3.0, matrix.OffDiagonalMean!.Value, 12);
        Assert.Equal(["en"], matrix.DiagonalLargestInRow);
        Assert.Empty(matrix.Significant);
    }

    [Fact]
    public void A_mask_with_the_same_effect_on_all_rows_and_another_with_none_have_their_extreme_probabilities()
    {
        var matrix = Matrix(["en"], Row("en", MatrixRowKind.Language, "en", [1, 1, 1]), Row("a", MatrixRowKind.Control, null, [1, 1, 1]), Row("b", MatrixRowKind.Control, null, [0, 0, 0]));
        Assert.Equal([(0, 1, 1), (double.PositiveInfinity, 0, 0)], matrix.Comparisons.Select(c => (c.T, c.PT, c.PTTwoSided)));
        Assert.Equal([1, 0.0416322583317752], matrix.Comparisons.Select(c => c.PW), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void A_single_row_of_text_has_no_comparison_and_without_masks_there_are_no_figures()
    {
        Assert.Empty(Matrix(["en"], Row("en", MatrixRowKind.Language, "en", [1]), Row("a", MatrixRowKind.Control, null, [0])).Comparisons);
        var bare = Matrix(["en"], Row("a", MatrixRowKind.Control, null, [0]));
        Assert.Equal((null, null, 0), (bare.DiagonalMean, bare.OffDiagonalMean, bare.Significant.Length));
    }

    [Fact]
    public void Rows_that_do_not_pair_and_numbers_that_are_none_are_refused()
    {
        foreach (double[] other in new double[][] { [1, 2], [1, 2, double.NaN] })
        {
            var matrix = Matrix(["en"], Row("en", MatrixRowKind.Language, "en", [1, 2, 3]), Row("a", MatrixRowKind.Control, null, other));
            var error = Assert.Throws<LapeException>(() => matrix.Comparisons);
            Assert.Equal("MatrixInvalid", error.ErrorId);
            Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        }
    }

    private static PerplexityMatrix Matrix(string[] texts, params MatrixRow[] rows) =>
        new(texts, [new MatrixRow("none", MatrixRowKind.None, null, 0, [.. rows[0].RowNll.Select(r => new double[r.Count])], null), .. rows]);

    private static MatrixRow Row(string mask, MatrixRowKind kind, string? language, params double[][] rows) => new(mask, kind, language, 1, rows, null);
}
