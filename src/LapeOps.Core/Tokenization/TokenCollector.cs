namespace LapeOps.Tokenization;

/// <summary>Gathers the ids of a text and, where asked, what each of them came from.</summary>
internal sealed class TokenCollector(bool withSources, CancellationToken stop = default)
{
    /// <summary>Looked at between pieces.</summary>
    public CancellationToken Stop => stop;

    /// <summary>The ids so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>The range of the text behind each id; empty where not asked for.</summary>
    public List<SourceRange> Sources { get; } = [];

    /// <summary>Adds a token.</summary>
    public void Add(int id, SourceRange source)
    {
        Ids.Add(id);
        if (withSources)
            Sources.Add(source);
    }
}
