using System.Text.Json;

namespace LapeOps.Tokenization.Models;

/// <summary>Reads the Unigram model of a tokenizer.json and checks it.</summary>
internal static class UnigramReader
{
    /// <summary>The model: <c>{"vocab": [[TOKEN, SCORE], ..], "unk_id": .., "byte_fallback": ..}</c>.</summary>
    public static UnigramModel Read(TokenizerSection section)
    {
        var vocabulary = new Dictionary<string, int>();
        var scores = new List<double>();
        foreach (var item in section.Items("vocab"))
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item[1].ValueKind != JsonValueKind.Number
                || !item[1].TryGetDouble(out var score) || !double.IsFinite(score))
                throw section.Invalid($"vocab[{scores.Count}] is no list of a token and its score");
            var token = section.String(item[0], "vocab");
            if (!vocabulary.TryAdd(token, scores.Count))
                throw section.Invalid($"vocab has {TokenizerSection.Quote(token)} twice");
            scores.Add(score);
        }
        if (section.Value("unk_id") is null)
            throw section.Unsupported("a model without unk_id");
        var unknown = section.Id("unk_id");
        if (unknown >= scores.Count)
            throw section.Invalid($"unk_id {unknown} is beyond the {scores.Count} tokens of vocab");
        return new(vocabulary, [.. scores], vocabulary, unknown, section.Flag("byte_fallback", absent: false));
    }
}
