namespace LapeOps.Tokenization;

/// <summary>The ids that go before and after a text when special tokens are added.</summary>
internal sealed record PostProcessor(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    /// <summary>Adds nothing.</summary>
    public static PostProcessor None { get; } = new([], []);

    /// <summary>Reads the post-processor of a file; <paramref name="idOf"/> knows every token.</summary>
    public static PostProcessor Read(TokenizerSection section, Func<string, int?> idOf) => section.Type switch
    {
        // Changes offsets alone.
        "ByteLevel" => None,
        "TemplateProcessing" => ReadTemplate(section, idOf),
        "RobertaProcessing" or "BertProcessing" => new([ReadToken(section, "cls", idOf)], [ReadToken(section, "sep", idOf)]),
        "Sequence" => section.Sections("processors").Select(s => Read(s, idOf)).Aggregate(None, Wrap),
        _ => throw section.UnsupportedType(),
    };

    private static PostProcessor Wrap(PostProcessor inner, PostProcessor outer) =>
        new([.. outer.Before, .. inner.Before], [.. inner.After, .. outer.After]);

    /// <summary>A token written as [CONTENT, ID].</summary>
    private static int ReadToken(TokenizerSection section, string name, Func<string, int?> idOf)
    {
        var parts = section.Items(name).ToList();
        if (parts.Count != 2)
            throw section.Invalid($"{name} has to be a list of a token and its id");
        var (content, id) = (section.String(parts[0], name), section.Id(parts[1], name));
        return idOf(content) == id ? id : throw section.Invalid($"{name}: {id} is not the id of {TokenizerSection.Quote(content)} in the vocabulary");
    }

    /// <summary>The template for single texts; that for pairs is not used.</summary>
    private static PostProcessor ReadTemplate(TokenizerSection section, Func<string, int?> idOf)
    {
        var before = new List<int>();
        var after = new List<int>();
        var ids = before;
        foreach (var part in section.Sections("single"))
        {
            if (part.Section("SpecialToken") is { } token)
                ids.AddRange(SpecialTokenIds(section, token.Text("id"), idOf));
            else if (part.Section("Sequence")?.Text("id") == "A" && ids == before)
                ids = after;
            else
                throw part.Invalid("a template has special tokens and the sequence A once");
        }
        return ids == after ? new(before, after) : throw section.Invalid("the template single has no sequence A");
    }

    private static IEnumerable<int> SpecialTokenIds(TokenizerSection section, string name, Func<string, int?> idOf)
    {
        var token = section.Section("special_tokens")?.Section(name)
            ?? throw section.Invalid($"special_tokens lacks {TokenizerSection.Quote(name)}, which the template names");
        var ids = token.Items("ids").Select(id => token.Id(id, "ids")).ToList();
        var contents = token.Items("tokens").Select(content => token.String(content, "tokens")).ToList();
        if (ids.Count == 0 || !ids.Select(id => (int?)id).SequenceEqual(contents.Select(idOf)))
            throw token.Invalid($"ids ({string.Join(", ", ids)}) are not those of its tokens in the vocabulary");
        return ids;
    }
}
