using System.Text;
using LapeOps.Engine.Tests.Support;
using LapeOps.Generation;

namespace LapeOps.Engine.Tests.Generation;

public sealed class EndingTests
{
    private static readonly int[] Prompt = Values.Ids(6, seed: 3);
    private static readonly GenerationOptions Greedy = new() { MaxTokens = 12 };

    [Fact]
    public void MaxTokens_is_the_number_of_new_tokens()
    {
        using var folder = new TempFolder();
        using var model = new TinyModel().Open(folder);
        var answer = new ModelView(model).Answer(Prompt, Greedy with { MaxTokens = 7 });
        Assert.Equal((7, FinishReason.Length, 6), (answer.TokenIds.Count, answer.FinishReason, answer.PromptTokens));
        Assert.True(answer.TokensPerSecond > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_end_token_ends_an_answer_and_is_no_part_of_it(bool several)
    {
        using var folder = new TempFolder();
        var tiny = new TinyModel();
        using var model = tiny.Open(folder);
        var endless = new ModelView(model).Answer(Prompt, Greedy).TokenIds;
        var end = endless[4];
        File.WriteAllText(Path.Combine(tiny.Write(folder["ending"]), "generation_config.json"), several ? $$"""{ "eos_token_id": [259, {{end}}] }""" : $$"""{ "eos_token_id": {{end}} }""");
        using var ending = LanguageModel.Open(folder["ending"], "cpu");
        Assert.Contains(end, ending.EndIds);

        var answer = new ModelView(ending).Answer(Prompt, Greedy);
        Assert.Equal((FinishReason.EndToken, endless.TakeWhile(id => id != end)), (answer.FinishReason, answer.TokenIds), (a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2));
        Assert.Equal(endless, new ModelView(ending).Answer(Prompt, Greedy with { StopAtEnd = false }).TokenIds);
    }

    [Fact]
    public void A_stop_string_ends_the_text_before_it_also_where_tokens_split_it()
    {
        var view = new ModelView(DemoModel.Required());
        var request = GenerationRequest.Of(view, "The capital of France is", 0);
        var endless = Generator.Answer([request], Greedy with { MaxTokens = 24 })[0];
        // Every piece of three characters begins and ends somewhere inside tokens.
        for (var at = 4; at + 3 < endless.Text.Length; at += 5)
        {
            var stop = endless.Text.Substring(at, 3);
            var told = new StringBuilder();
            var answer = Generator.Answer([request], Greedy with { MaxTokens = 24, Stop = ["never there", stop] }, (_, text) => told.Append(text))[0];
            Assert.Equal(FinishReason.StopString, answer.FinishReason);
            Assert.Equal(endless.Text[..endless.Text.IndexOf(stop, StringComparison.Ordinal)], answer.Text);
            Assert.Equal(answer.Text, told.ToString());
            Assert.Equal(endless.TokenIds.Take(answer.TokenIds.Count), answer.TokenIds);
        }
    }

    [Fact]
    public void What_is_told_is_the_text_in_whole_code_points()
    {
        var model = DemoModel.Required();
        var view = new ModelView(model);
        string[] prompts = ["La capital de España es", "日本の首都は", "中国的首都是", "Thủ đô của Việt Nam là"];
        var told = prompts.Select(_ => new StringBuilder()).ToArray();
        var pieces = 0;
        var requests = prompts.Select((prompt, i) => GenerationRequest.Of(view, prompt, i)).ToArray();
        // At a high temperature bytes of unfinished characters come, too.
        foreach (var options in new[] { Greedy with { MaxTokens = 24 }, Greedy with { MaxTokens = 40, Temperature = 3, Seed = 5, Stop = ["zz"] } })
        {
            foreach (var text in told)
                text.Clear();
            var answers = Generator.Answer(requests, options, (number, text) =>
            {
                Assert.False(char.IsHighSurrogate(text[^1]) || char.IsLowSurrogate(text[0]), "A character was cut in two.");
                told[number].Append(text);
                pieces++;
            });
            Assert.Equal(answers.Select(a => a.Text), told.Select(t => t.ToString()));
            Assert.Equal(answers.Select(a => a.ToString()), answers.Select(a => a.Text));
        }
        Assert.True(pieces > 2 * prompts.Length, "The text came in one piece.");
    }

    [Fact]
    public void An_empty_prompt_is_the_row_start_and_nothing_where_there_is_none()
    {
        using var folder = new TempFolder();
        using var model = new TinyModel().Open(folder, tokenizer: true);
        Assert.Equal([ByteTokenizer.RowStart], GenerationRequest.Of(new ModelView(model), "", 0).Ids);
    }
}
