using System.Text;
using LapeOps.Tokenization.Decoders;
using LapeOps.Tokenization.Models;
using LapeOps.Tokenization.Normalizers;
using LapeOps.Tokenization.Patterns;
using LapeOps.Tokenization.PreTokenizers;

namespace LapeOps.Tokenization.Folders;

/// <summary>
/// Reads SentencePiece's tokenizer.model. Ids are those of the pieces. Special pieces written in a text are those tokens, and the text after
/// one is treated like that at the beginning: SentencePiece itself reads them as text, but that is not what models were trained on.
/// </summary>
internal static class SentencePieceReader
{
    /// <summary>The file in a model's folder.</summary>
    public const string FileName = "tokenizer.model";

    private const string Space = "\u2581";

    /// <summary>Classes of transformers that give the pieces other ids.</summary>
    private static readonly string[] Renumbering =
    [
        "Barthez", "BigBirdPegasus", "Camembert", "DebertaV2", "M2M100", "MBart", "MBart50", "Nllb", "Pegasus", "Speech2Text", "XGLM", "XLMRoberta",
    ];

    /// <summary>Reads and checks the file and what stands beside it.</summary>
    public static TokenizerParts Read(FolderFiles files)
    {
        var errors = new TokenizerSection(default, files.Path(FileName), "");
        var model = Parse(files, errors);
        var settings = FolderSettings.Read(files);
        Refuse(model, settings, errors);
        var ids = Ids(model, errors);
        var normalizer = Normalizers(model, errors);
        var vocabulary = TokenizerVocabulary.Of(
            errors, model.Kind == SentencePieceKind.Bpe ? Bpe(model, ids) : Unigram(model, ids, errors), Added(model, settings, ids, normalizer));
        var begins = Edge(settings.Role("bos_token"), model.BeginId);
        var ends = Edge(settings.Role("eos_token"), model.EndId);
        return new(
            files.Path(FileName), files.Sha256, vocabulary, normalizer, PreTokenizerOf(model),
            // Where the folder does not say: LLaMA puts the first token in front, T5, which has none, the last at the end.
            new(settings.AddBegin ?? true ? begins : [], settings.AddEnd ?? begins.Length == 0 ? ends : []), Decoder(model));

        int[] Edge(string? content, int id) =>
            content is not null && vocabulary.Id(content) is { } named ? [named]
            : id >= 0 && id < model.Pieces.Count && model.Pieces[id].Type == PieceType.Control ? [id]
            : [];
    }

    private static SentencePieceModel Parse(FolderFiles files, TokenizerSection errors)
    {
        try
        {
            return SentencePieceModel.Read(files.Bytes(FileName)
                ?? throw new LapeException("TokenizerNotFound", $"{files.Path(FileName)}: there is no such file."));
        }
        catch (FormatException e)
        {
            throw errors.Invalid($"it is no model of SentencePiece: {e.Message}");
        }
    }

    private static void Refuse(SentencePieceModel model, FolderSettings settings, TokenizerSection errors)
    {
        if (model.Kind is not (SentencePieceKind.Unigram or SentencePieceKind.Bpe))
            throw errors.Unsupported($"the model type {model.Kind}");
        if (model.SpacesAsSuffix)
            throw errors.Unsupported("treat_whitespace_as_suffix");
        if (!model.EscapeSpaces)
            throw errors.Unsupported("a normalizer without escape_whitespaces");
        if (model.Pieces.Any(p => p.Type == PieceType.Unused))
            throw errors.Unsupported("a vocabulary with unused pieces");
        if (model.Pieces.Count(p => p.Type == PieceType.Unknown) != 1)
            throw errors.Invalid("it has not one unknown piece");
        if (settings.TokenizerClass is { } name && Array.Exists(Renumbering, r => name == $"{r}Tokenizer" || name == $"{r}TokenizerFast"))
            throw errors.Unsupported($"the tokenizer_class {TokenizerSection.Quote(name)}, whose ids are not those of the pieces,");
    }

    private static Dictionary<string, int> Ids(SentencePieceModel model, TokenizerSection errors)
    {
        var ids = new Dictionary<string, int>(model.Pieces.Count);
        foreach (var piece in model.Pieces)
            if (!ids.TryAdd(piece.Text, ids.Count))
                throw errors.Invalid($"it has the piece {TokenizerSection.Quote(piece.Text)} twice");
        return ids;
    }

    /// <summary>Normalizer::Normalize of SentencePiece.</summary>
    private static NormalizerSequence Normalizers(SentencePieceModel model, TokenizerSection errors)
    {
        var parts = new List<Normalizer>();
        if (model.CharsMap.Length > 0)
            parts.Add(new PrecompiledNormalizer(CharsMap.Read(model.CharsMap) ?? throw errors.Invalid("precompiled_charsmap is broken"), longestMatch: true));
        if (model.RemoveExtraSpaces)
            parts.Add(new ExtraSpaceNormalizer());
        parts.Add(new ReplaceNormalizer(TextPattern.Of(" "), Space));
        if (model.AddDummyPrefix)
            parts.Add(new PrependNormalizer(Space, unlessThere: false));
        return new(parts);
    }

    private static BpeModel Bpe(SentencePieceModel model, Dictionary<string, int> ids)
    {
        // The pair whose joint piece has the highest score goes first, so pieces of one score have one rank.
        var ranks = model.Pieces.Where(p => p.Type == PieceType.Normal).Select(p => p.Score).Distinct().OrderDescending()
            .Select((score, rank) => (score, rank)).ToDictionary(r => r.score, r => r.rank);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var options = new BpeOptions(Unknown(model), FuseUnknown: true, model.ByteFallback ? ByteFallbackDecoder.Ids(ids) : null);
        var merges = new List<(int, int, BpeMerge)>();
        var joints = new BpeJoints(ids.Count, options.StandIns);
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            var (text, score, type) = model.Pieces[id];
            for (var cut = 1; type == PieceType.Normal && cut < text.Length; cut++)
                if (lookup.TryGetValue(text.AsSpan(0, cut), out var left) && lookup.TryGetValue(text.AsSpan(cut), out var right)
                    && model.Pieces[left].Type == PieceType.Normal && model.Pieces[right].Type == PieceType.Normal)
                {
                    merges.Add((left, right, new(ranks[score], id)));
                    joints.Add(text.AsSpan(0, cut), left, text.AsSpan(cut), right);
                }
        }
        return new(ids, new(new(merges), joints), options);
    }

    private static UnigramModel Unigram(SentencePieceModel model, Dictionary<string, int> ids, TokenizerSection errors)
    {
        var findable = ids.Where(p => model.Pieces[p.Value].Type == PieceType.Normal).ToArray();
        if (findable.Length == 0)
            throw errors.Invalid("it has no normal piece");
        return new(ids, [.. model.Pieces.Select(p => (double)p.Score)], findable, Unknown(model), model.ByteFallback);
    }

    private static int Unknown(SentencePieceModel model) => model.Pieces.FindIndex(p => p.Type == PieceType.Unknown);

    /// <summary>Control pieces are looked for in the text as given, the user's in the normalized text, in which spaces are pieces' spaces.</summary>
    private static List<AddedToken> Added(
        SentencePieceModel model, FolderSettings settings, Dictionary<string, int> ids, Normalizer normalizer)
    {
        var known = model.Pieces
            .Where(p => p.Type is PieceType.Control or PieceType.Unknown or PieceType.UserDefined)
            .Select(p => new AddedToken(
                ids[p.Text], p.Text, Special: p.Type != PieceType.UserDefined, Normalized: p.Type == PieceType.UserDefined, false, false, false));
        var user = model.Pieces.Where(p => p.Type == PieceType.UserDefined).Select(p => p.Text).ToHashSet();
        return [.. settings.AddedTokens(ids, known).Select(t =>
            t.Normalized && !user.Contains(t.Content) ? t with { Pattern = normalizer.Apply(t.Content) } : t)];
    }

    /// <summary>Where no piece has a space but at its beginning, words can be cut one by one.</summary>
    private static PreTokenizer PreTokenizerOf(SentencePieceModel model) =>
        model.Pieces.Any(p => p.Type == PieceType.Normal && p.Text.LastIndexOf(Space, StringComparison.Ordinal) > 0)
            ? PreTokenizer.None
            : new MetaspacePreTokenizer(Rune.GetRuneAt(Space, 0), PrependScheme.Never, split: true);

    private static TokenDecoder Decoder(SentencePieceModel model)
    {
        if (model.Kind == SentencePieceKind.Unigram && !model.ByteFallback)
            return new MetaspaceDecoder(Space, model.AddDummyPrefix ? PrependScheme.Always : PrependScheme.Never);
        TokenDecoder[] parts = [new ReplaceDecoder(TextPattern.Of(Space), " "), new ByteFallbackDecoder(), new FuseDecoder()];
        return new DecoderSequence(model.AddDummyPrefix ? [.. parts, new StripDecoder(" ", start: 1, stop: 0)] : parts);
    }
}
