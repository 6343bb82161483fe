using LapeOps.Evaluation;

namespace LapeOps.Core.Tests.Evaluation;

public sealed class AnswerQualityTests
{
    // By hand: 1 2 3 4 1 2 3 4 1 has the 4-grams 1234 2341 3412 4123 1234 2341, of which two stood before.
    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 7, 7, 7 }, 0)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6 }, 0)]
    [InlineData(new[] { 1, 2, 3, 4, 1, 2, 3, 4, 1 }, 2 / 6.0)]
    [InlineData(new[] { 7, 7, 7, 7, 7, 7 }, 2 / 3.0)]
    public void Repetition_is_the_share_of_4_grams_that_stood_before(int[] ids, double expected) => Assert.Equal(expected, AnswerQuality.Repetition(ids));

    [Fact]
    public void Bar_of_the_likelihood_is_two_deviations_above_native_text()
    {
        // Mean 3, squared deviations 4 + 0 + 4, over n - 1: a deviation of 2.
        Assert.Equal(7, AnswerQuality.MostNll([1, 3, 5]), 12);
        Assert.Throws<ArgumentException>(() => AnswerQuality.MostNll([1]));
    }

    [Theory]
    [InlineData(0.29, 6.9, false)]
    [InlineData(0.3, 6.9, true)]
    [InlineData(0, 7.0, true)]
    [InlineData(0, double.NaN, true)]
    [InlineData(0, null, true)]
    public void Degenerate_is_what_repeats_itself_or_is_unlikely_or_empty(double repetition, double? nll, bool expected) =>
        Assert.Equal(expected, AnswerQuality.IsDegenerate(repetition, nll, 7));

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("abcd", "ab")]
    [InlineData("abcde", "abc")]
    [InlineData("a\U0001F600b", "a\U0001F600")]
    [InlineData("ab\U0001F600", "ab")]
    public void First_half_cuts_no_character(string text, string expected) => Assert.Equal(expected, AnswerQuality.FirstHalf(text));

    // Known intervals (Wilson 1927, 95 %): 8 of 10 are 49.0 to 94.3 %, 0 of 10 at most 27.8 %, 10 of 10 at least 72.2 %.
    [Theory]
    [InlineData(8, 10, 0.4902, 0.9433)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(0, 0, 0, 1)]
    public void Interval_of_a_rate_is_Wilsons(int count, int of, double low, double high)
    {
        var rate = new Rate(count, of);
        Assert.Equal(low, rate.Low, 4);
        Assert.Equal(high, rate.High, 4);
    }

    [Fact]
    public void Rate_reads_as_per_cent()
    {
        Assert.Equal("80 % (49-94)", new Rate(8, 10).ToString());
        Assert.Equal("-", default(Rate).ToString());
    }
}
