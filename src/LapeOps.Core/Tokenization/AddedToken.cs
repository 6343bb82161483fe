namespace LapeOps.Tokenization;

/// <summary>A token that is found in the text itself, before anything else happens to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The text that it is.</param>
/// <param name="Special">Left out when decoding without special tokens.</param>
/// <param name="Normalized">Looked for in the normalized text, not in the text as given.</param>
/// <param name="StripLeft">Takes the white space before it along.</param>
/// <param name="StripRight">Takes the white space after it along.</param>
/// <param name="SingleWord">Only where no word character stands right before or after it.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized, bool StripLeft, bool StripRight, bool SingleWord)
{
    /// <summary>What is looked for in the text: the content, normalized where that is.</summary>
    public string Pattern { get; init; } = Content;

    /// <summary>Reads an object with content and flags.</summary>
    public static AddedToken Read(TokenizerSection section, int id)
    {
        var content = section.Text("content");
        if (content.Length == 0)
            throw section.Invalid("content is empty");
        return new(
            id, content, section.Flag("special", absent: false), section.Flag("normalized", absent: true),
            section.Flag("lstrip", absent: false), section.Flag("rstrip", absent: false), section.Flag("single_word", absent: false));
    }
}
