using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace LapeOps.Tokenization;

/// <summary>
/// The tokenizer of a Hugging Face tokenizer.json, with the ids that the library <c>tokenizers</c> gives. Supported so far: byte-level
/// BPE without a normalizer. What a file asks for and this reader has not is refused by name. Its truncation and padding are not
/// applied. Half surrogate pairs in a text count as U+FFFD. Safe to use from several threads.
/// </summary>
/// <remarks>
/// Through the base class (EncodeToIds, CountTokens and so on) texts are encoded without special tokens and decoded with them;
/// normalization and pre-tokenization are part of the ids and cannot be switched off.
/// </remarks>
public sealed class HuggingFaceTokenizer : Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenMatcher _plainTokens;
    private readonly AddedTokenMatcher _normalizedTokens;
    private readonly HashSet<int> _special;

    private HuggingFaceTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _plainTokens = new(parts.AddedTokens.Where(t => !t.Normalized));
        _normalizedTokens = new(parts.AddedTokens.Where(t => t.Normalized));
        _special = [.. parts.AddedTokens.Where(t => t.Special).Select(t => t.Id)];
    }

    /// <summary>The highest id + 1, added tokens included.</summary>
    public int VocabularySize => _parts.Tokens.Length;

    /// <summary>The ids that stand before a text encoded with special tokens; may be empty.</summary>
    public IReadOnlyList<int> RowStart => _parts.PostProcessor.Before;

    /// <summary>SHA-256 of the file's bytes, in lower-case hexadecimal.</summary>
    public string Sha256 => _parts.Sha256;

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="LapeException">TokenizerNotFound; TokenizerInvalid where the file is broken or contradicts itself;
    /// TokenizerUnsupported where it asks for what this reader has not.</exception>
    public static HuggingFaceTokenizer Load(string path) => new(TokenizerReader.Read(path));

    /// <summary>The ids of a text.</summary>
    /// <param name="text">The text; special tokens written in it are those tokens.</param>
    /// <param name="addSpecialTokens">Whether to put the file's special tokens around it.</param>
    /// <param name="stop">Looked at between and within pieces.</param>
    public int[] Encode(string text, bool addSpecialTokens, CancellationToken stop = default)
    {
        var ids = Collect(text, withSources: false, stop).Ids;
        return addSpecialTokens ? [.. _parts.PostProcessor.Before, .. ids, .. _parts.PostProcessor.After] : [.. ids];
    }

    /// <summary>The text of ids; ids beyond the vocabulary are left out.</summary>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        var decoder = StreamDecoder(skipSpecialTokens);
        var text = new StringBuilder();
        foreach (var id in ids)
            text.Append(decoder.Push(id));
        return text.Append(decoder.Flush()).ToString();
    }

    /// <summary>A decoder for ids that come one by one.</summary>
    public IncrementalDecoder StreamDecoder(bool skipSpecialTokens) =>
        new(_parts.Decoder, id => IsToken(id) && !(skipSpecialTokens && IsSpecial(id)) ? _parts.Tokens[id] : null);

    /// <summary>Whether the id is that of a special token.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The id of a token by its content as the vocabulary has it; null where there is none.</summary>
    public int? TokenId(string content) => _parts.Ids.TryGetValue(content, out var id) ? id : null;

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        var decoder = StreamDecoder(skipSpecialTokens: false);
        (idsConsumed, charsWritten) = (0, 0);
        foreach (var id in ids)
        {
            if (!Append(decoder.Push(id), destination, ref charsWritten))
                return OperationStatus.DestinationTooSmall;
            idsConsumed++;
        }
        return Append(decoder.Flush(), destination, ref charsWritten) ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        if (!settings.ConsiderNormalization || !settings.ConsiderPreTokenization)
            throw new NotSupportedException(
                "The ids of a tokenizer.json include its normalization and pre-tokenization; they cannot be switched off.");
        var characters = text is null ? textSpan : text;
        var collected = Collect(characters, withSources: true);
        var count = Math.Min(collected.Ids.Count, settings.MaxTokenCount);
        var tokens = new EncodedToken[count];
        for (var i = 0; i < count; i++)
        {
            var (id, source) = (collected.Ids[i], collected.Sources[i]);
            tokens[i] = new(id, _parts.Tokens[id], source.Start..source.End);
        }
        var isAll = count == collected.Ids.Count;
        return new() { Tokens = tokens, CharsConsumed = isAll ? characters.Length : collected.Sources[count].Start };
    }

    private static bool Append(string text, Span<char> destination, ref int written)
    {
        if (!text.TryCopyTo(destination[written..]))
            return false;
        written += text.Length;
        return true;
    }

    private bool IsToken(int id) => id >= 0 && id < _parts.Tokens.Length;

    /// <summary>
    /// The one way from text to ids: added tokens, normalizer, added tokens of the normalized text, pre-tokenizer, model.
    /// </summary>
    private TokenCollector Collect(ReadOnlySpan<char> text, bool withSources, CancellationToken stop = default)
    {
        var ids = new TokenCollector(withSources, stop);
        var sink = _parts.Model.Open(ids);
        sink = _parts.PreTokenizer.Open(sink);
        sink = _normalizedTokens.Open(ids, sink);
        sink = _parts.Normalizer.Open(sink);
        sink = _plainTokens.Open(ids, sink);
        if (!text.IsEmpty)
            sink.Take(new(WholeCharacters(text), default, 0, withSources));
        return ids;
    }

    /// <summary>The text with U+FFFD in place of each half of a surrogate pair.</summary>
    private static ReadOnlySpan<char> WholeCharacters(ReadOnlySpan<char> text)
    {
        char[]? mended = null;
        for (var at = 0; text[at..].IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var skip;)
        {
            at += skip;
            if (Rune.DecodeFromUtf16(text[at..], out _, out var width) != OperationStatus.Done)
            {
                mended ??= text.ToArray();
                mended[at] = '\uFFFD';
            }
            at += width;
        }
        return mended ?? text;
    }
}
