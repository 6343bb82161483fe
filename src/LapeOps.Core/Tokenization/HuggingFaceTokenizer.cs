using System.Buffers;
using System.Text;
using LapeOps.Tokenization.Folders;
using Microsoft.ML.Tokenizers;

namespace LapeOps.Tokenization;

/// <summary>
/// The tokenizer of a Hugging Face model, with the ids that the library <c>tokenizers</c> gives: of a tokenizer.json, of SentencePiece's
/// tokenizer.model, or of vocab.json and merges.txt. What a file asks for and this reader has not is refused by name. Truncation and
/// padding are not applied. Half surrogate pairs in a text count as U+FFFD. Safe to use from several threads.
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
    private readonly TokenizerSeams _seams;

    private HuggingFaceTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _plainTokens = new(parts.Vocabulary.Added.Where(t => !t.Normalized));
        _normalizedTokens = new(parts.Vocabulary.Added.Where(t => t.Normalized));
        _seams = new(parts, _plainTokens, _normalizedTokens);
    }

    /// <summary>The highest id + 1, added tokens included.</summary>
    public int VocabularySize => _parts.Vocabulary.Count;

    /// <summary>The ids that stand before a text encoded with special tokens; may be empty.</summary>
    public IReadOnlyList<int> RowStart => _parts.PostProcessor.Before;

    /// <summary>The file that the tokens were read from.</summary>
    public string File => _parts.File;

    /// <summary>
    /// SHA-256 in lower-case hexadecimal: of the file's bytes, or, where settings beside it were read as well, of the lines "name hash" of all.
    /// </summary>
    public string Sha256 => _parts.Sha256.Value;

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="LapeException">TokenizerNotFound; TokenizerInvalid where the file is broken or contradicts itself;
    /// TokenizerUnsupported where it asks for what this reader has not; TokenizerUnreadable where it cannot be read.</exception>
    public static HuggingFaceTokenizer Load(string path)
    {
        using var files = new FolderFiles("");
        return new(TokenizerReader.Read(files, path));
    }

    /// <summary>Whether a folder has a tokenizer: a tokenizer.json, a tokenizer.model, or a vocab.json with a merges.txt.</summary>
    public static bool Exists(string folder) => TokenizerFolder.Find(folder) is not null;

    /// <summary>Reads the tokenizer of a model's folder, from the first of these files that are there.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="LapeException">What <see cref="Load"/> throws; TokenizerNotFound where the folder has none.</exception>
    public static HuggingFaceTokenizer LoadFolder(string folder)
    {
        using var files = new FolderFiles(folder);
        return new(TokenizerFolder.Read(files, folder));
    }

    /// <summary>The ids of a text.</summary>
    /// <param name="text">The text; special tokens written in it are those tokens.</param>
    /// <param name="addSpecialTokens">Whether to put the file's special tokens around it.</param>
    /// <param name="stop">Looked at between and within pieces.</param>
    public int[] Encode(string text, bool addSpecialTokens, CancellationToken stop = default)
    {
        var ids = Collect(text, withSources: false, stop).Ids;
        return addSpecialTokens ? [.. _parts.PostProcessor.Before, .. ids, .. _parts.PostProcessor.After] : [.. ids];
    }

    /// <summary>
    /// The last place where a text may be cut so that the ids of both parts, without special tokens and one after the other, are those of the
    /// whole; what follows the text, or stands before it, does not matter. 0 where no place certainly is one: in a text of no words, or with a
    /// tokenizer that does not cut texts before it merges.
    /// </summary>
    public int LastSeam(ReadOnlySpan<char> text) => _seams.Last(text);

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
        new(_parts.Decoder, id => skipSpecialTokens && IsSpecial(id) ? null : _parts.Vocabulary.Written(id));

    /// <summary>Whether the id is that of a special token.</summary>
    public bool IsSpecial(int id) => _parts.Vocabulary.IsSpecial(id);

    /// <summary>The id of a token by its content as the vocabulary has it; null where there is none.</summary>
    public int? TokenId(string content) => _parts.Vocabulary.Id(content);

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
            tokens[i] = new(id, _parts.Vocabulary.Token(id)!, source.Start..source.End);
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

    /// <summary>
    /// The one way from text to ids: added tokens, normalizer, added tokens of the normalized text, pre-tokenizer, model.
    /// </summary>
    private TokenCollector Collect(ReadOnlySpan<char> text, bool withSources, CancellationToken stop = default)
    {
        var ids = new TokenCollector(withSources, stop);
        var sink = _parts.Vocabulary.Model.Open(ids);
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
