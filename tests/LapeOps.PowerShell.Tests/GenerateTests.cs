namespace LapeOps.PowerShell.Tests;

/// <summary>Invoke-LapeGenerate.</summary>
public sealed class GenerateTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_completion_says_everything_and_reads_as_its_text()
    {
        var answer = _session.Run("Invoke-LapeGenerate $demo 'The cat' -MaxTokens 5").Single();
        Assert.Equal(answer.Text("Text"), answer.ToString());
        Assert.Equal("The cat", answer.Text("Prompt"));
        Assert.Equal("Length", answer.Text("FinishReason"));
        Assert.Equal(5, answer.Get<int[]>("TokenIds").Length);
        Assert.True(answer.Get<int>("PromptTokens") > 1);
        Assert.True(answer.Get<double>("TokensPerSecond") > 0);
        Assert.Equal("none", answer.Text("Mask"));
        Assert.Equal([null, null, null], new[] { "Neurons", "ValuesChanged", "KlDivergence" }.Select(answer.Text));
    }

    [Fact]
    public void An_answer_under_a_mask_carries_its_proof()
    {
        var answers = _session.Run("$m = Open-LapeModel $demo; $v = Get-LapeNeurons $s | Set-LapeMask -Model $m -Language zh; $m, $v | Invoke-LapeGenerate -Prompt 'Q: 你好' -MaxTokens 5").Clean();
        var proof = answers[1];
        Assert.Equal(_session.Run("$v").Single().Get<int>("Neurons"), proof.Get<int>("Neurons"));
        Assert.True(proof.Get<long>("ValuesChanged") > 0);
        Assert.True(proof.Get<double>("KlDivergence") > 0);
    }

    [Fact]
    public void Streaming_writes_the_text_to_the_host_and_still_emits_the_object()
    {
        const string prompts = "'La maison', '今天'";
        var answers = _session.Run($"{prompts} | Invoke-LapeGenerate $demo -MaxTokens 12").Clean();
        Assert.DoesNotContain(answers[0].ToString(), _session.Host.Written, StringComparison.Ordinal);
        var streamed = _session.Run($"{prompts} | Invoke-LapeGenerate $demo -MaxTokens 12 -Stream").Clean();
        Assert.Equal(answers.Select(a => a.ToString()), streamed.Select(a => a.ToString()));
        Assert.Equal(string.Concat(answers.Select(a => a + Environment.NewLine)), _session.Host.Written);
    }

    [Fact]
    public void Stop_strings_end_an_answer()
    {
        var text = _session.Run("Invoke-LapeGenerate $demo 'The government' -MaxTokens 24").Single().ToString();
        var word = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        var stopped = _session.Run("Invoke-LapeGenerate $demo 'The government' -MaxTokens 24 -Stop 'never in there', $word", ("word", word)).Single();
        Assert.Equal(text[..text.IndexOf(word, StringComparison.Ordinal)], stopped.ToString());
        Assert.Equal("StopString", stopped.Text("FinishReason"));
    }

    [Fact]
    public void Sampling_follows_its_seed_whatever_the_batch_size()
    {
        const string sample = "'The cat', 'Le chat', 'El gato' | Invoke-LapeGenerate $demo -MaxTokens 12 -Temperature 0.9 -TopP 0.95";
        var first = Texts($"{sample} -Seed 1");
        Assert.Equal(first, Texts($"{sample} -Seed 1 -BatchSize 2"));
        Assert.NotEqual(first, Texts($"{sample} -Seed 2"));
        Assert.NotEqual(first, Texts("'The cat', 'Le chat', 'El gato' | Invoke-LapeGenerate $demo -MaxTokens 12"));

        string[] Texts(string script) => [.. _session.Run(script).Clean().Select(a => a.ToString())];
    }

    [Fact]
    public void A_repetition_penalty_changes_what_is_said() =>
        Assert.NotEqual(
            _session.Run("Invoke-LapeGenerate $demo 'The cat the cat the cat' -MaxTokens 16 -RepetitionPenalty 1").Single().ToString(),
            _session.Run("Invoke-LapeGenerate $demo 'The cat the cat the cat' -MaxTokens 16 -RepetitionPenalty 1.8").Single().ToString());

    [Theory]
    [InlineData("-Temperature -1")]
    [InlineData("-TopP 0")]
    [InlineData("-RepetitionPenalty 0")]
    [InlineData("-Stop ''")]
    public void Values_that_make_no_sense_are_refused_before_anything_is_answered(string parameters) =>
        _session.Run($"Invoke-LapeGenerate $demo 'x' {parameters}").Fails("ParameterOutOfRange");

    [Fact]
    public void What_is_missing_is_said()
    {
        _session.Run("Invoke-LapeGenerate $demo").Fails("PromptMissing");
        _session.Run("Invoke-LapeGenerate -Prompt 'x'").Fails("ModelMissing");
        _session.Run("Invoke-LapeGenerate ./nowhere 'x'").Fails("ModelNotFound");
        var outcome = _session.Run("'a', 5, 'b' | Invoke-LapeGenerate $demo -MaxTokens 1");
        outcome.Fails("InputUnexpected");
        Assert.Equal(2, outcome.Output.Count);
    }
}
