using LapeOps.Evaluation;
using LapeOps.Masks;

namespace LapeOps.Core.Tests.Evaluation;

public sealed class ResultFileTests
{
    private static readonly PerplexityMatrix Matrix = new(["en", "zh"],
    [
        new("none", MatrixRowKind.None, null, 0, [[1.5, 2.25], [0.1]], null),
        new("zh", MatrixRowKind.Language, "zh", 3, [[1.5, 2.5], [1 / 3.0]], [12, 9_007_199_254_740_993]),
    ]);

    [Fact]
    public void A_result_comes_back_as_it_was()
    {
        using var folder = new TempFolder();
        ResultFile.Write(folder["matrix.json"], "key", Matrix);
        var read = ResultFile.Read<PerplexityMatrix>(folder["matrix.json"], "key")!;
        Assert.Equal(Matrix.Texts, read.Texts);
        Assert.Equal(Matrix.Rows.Select(r => (r.Mask, r.Kind, r.Language, r.Neurons)), read.Rows.Select(r => (r.Mask, r.Kind, r.Language, r.Neurons)));
        Assert.Equal(Matrix.Rows.SelectMany(r => r.RowNll).SelectMany(n => n), read.Rows.SelectMany(r => r.RowNll).SelectMany(n => n));
        Assert.Equal(Matrix.Rows[1].ValuesChanged, read.Rows[1].ValuesChanged);
        Assert.Null(read.Rows[0].ValuesChanged);

        var rate = new Rate(3, 10);
        var steering = new SteeringTable(["en", "zh"], [new("paper", "en", "zh", null, rate, rate, rate, rate, rate, rate, rate, rate, 5, 7, 0.5) { Length = 40 }],
            [new("paper", "en", "zh", 1.5, "Q: \"<&\u2028\nA:", "答", "zh", "zh", "", double.NaN, null, true)]);
        ResultFile.Write(folder["steering.json"], "key", steering);
        var table = ResultFile.Read<SteeringTable>(folder["steering.json"], "key")!;
        Assert.Equal(steering.Rows, table.Rows);
        Assert.Equal(steering.Answers, table.Answers);
    }

    [Fact]
    public void What_was_measured_with_something_else_is_refused_and_what_is_absent_is_nothing()
    {
        using var folder = new TempFolder();
        Assert.Null(ResultFile.Read<PerplexityMatrix>(folder["matrix.json"], "key"));
        ResultFile.Write(folder["matrix.json"], "key", Matrix);
        Assert.Equal("ResultMismatch", Refused(() => ResultFile.Read<PerplexityMatrix>(folder["matrix.json"], "other")));
        Assert.Equal("ResultInvalid", Refused(() => ResultFile.Read<SteeringTable>(folder["matrix.json"], "key")));
        var mask = new NeuronMask(1, 4, ["a"], [[[1]]]);
        Assert.Equal(ResultFile.Key(mask, "x", 1), ResultFile.Key(new NeuronMask(1, 4, ["a"], [[[1]]]), "x", 1));
        Assert.NotEqual(ResultFile.Key(mask, "x", 1), ResultFile.Key(new NeuronMask(1, 4, ["a"], [[[2]]]), "x", 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"Kind":"PerplexityMatrix","Key":"key","Result":null}""")]
    [InlineData("""{"Kind":"PerplexityMatrix","Key":"key","Result":{"Texts":["en"],"Rows":null}}""")]
    [InlineData("""{"Kind":"PerplexityMatrix","Key":"key","Result":{"Texts":["en"],"Rows":[{"Mask":1}]}}""")]
    [InlineData("""{"Kind":"PerplexityMatrix","Key":"key","Result":{"Texts":["en"]""")]
    public void What_is_no_result_is_refused(string text)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["matrix.json"], text);
        Assert.Equal("ResultInvalid", Refused(() => ResultFile.Read<PerplexityMatrix>(folder["matrix.json"], "key")));
    }

    [Fact]
    public void A_run_takes_its_file_and_a_second_one_is_refused()
    {
        using var folder = new TempFolder();
        var path = folder["matrix.json"];
        using (var first = new ResultOutput<PerplexityMatrix>(path, "key", force: false))
        {
            Assert.Null(first.Earlier);
            Assert.Equal("OutputInUse", Refused(() => new ResultOutput<PerplexityMatrix>(path, "key", force: false)));
            first.Write(Matrix);
        }
        using (var second = new ResultOutput<PerplexityMatrix>(path, "key", force: false))
            Assert.Equal(2, second.Earlier!.Rows.Count);
        Assert.Equal("ResultMismatch", Refused(() => new ResultOutput<PerplexityMatrix>(path, "other", force: false)));
        using var third = new ResultOutput<PerplexityMatrix>(path, "other", force: true);
        Assert.Null(third.Earlier);
    }

    private static string Refused(Func<object?> action) => Assert.Throws<LapeException>(action).ErrorId;
}
