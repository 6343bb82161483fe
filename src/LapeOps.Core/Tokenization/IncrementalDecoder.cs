using System.Text;
using LapeOps.Tokenization.Decoders;

namespace LapeOps.Tokenization;

/// <summary>
/// Decodes ids as they come. What <see cref="Push"/> and <see cref="Flush"/> return, put together, is what
/// <see cref="HuggingFaceTokenizer.Decode(IEnumerable{int}, bool)"/> returns for all the ids; no piece ends within a code point. Not
/// thread-safe.
/// </summary>
public sealed class IncrementalDecoder
{
    private readonly StringBuilder _certain = new();
    private readonly Func<int, string?> _tokenOf;
    private readonly DecoderStage _stage;

    internal IncrementalDecoder(TokenDecoder decoder, Func<int, string?> tokenOf)
    {
        _tokenOf = tokenOf;
        _stage = decoder.Open(new TextStage(_certain));
    }

    /// <summary>
    /// Takes the next id and returns the text that is now certain, often none while a character is spread over several tokens.
    /// </summary>
    public string Push(int id)
    {
        if (_tokenOf(id) is { } token)
            _stage.Take(new(token, Begins: true, Ends: true));
        return TakeCertain();
    }

    /// <summary>No id follows: returns the rest, U+FFFD for bytes that make no character.</summary>
    public string Flush()
    {
        _stage.Finish();
        return TakeCertain();
    }

    private string TakeCertain()
    {
        var text = _certain.ToString();
        _certain.Clear();
        return text;
    }
}
