using System.Globalization;
using System.Text;

namespace LapeOps.Tokenization.Decoders;

/// <summary>
/// Reads each run of tokens that name bytes (<c>&lt;0x0A&gt;</c>) as UTF-8; where the run as a whole is none, each of its bytes becomes U+FFFD.
/// </summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override DecoderStage Open(DecoderStage next) => new Stage(next);

    /// <summary>The token that names a byte.</summary>
    public static string Name(byte value) => $"<0x{value:X2}>";

    /// <summary>The ids of the 256 bytes, -1 for those that are no token.</summary>
    public static int[] Ids(Dictionary<string, int> vocabulary) => [.. Enumerable.Range(0, 256).Select(b => vocabulary.GetValueOrDefault(Name((byte)b), -1))];

    /// <summary>The ids of the bytes of a text; null where one of them has none.</summary>
    public static int[]? Ids(string text, IReadOnlyDictionary<string, int> vocabulary)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var ids = new int[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
            if (!vocabulary.TryGetValue(Name(bytes[i]), out ids[i]))
                return null;
        return ids;
    }

    private static bool IsByte(string token, out byte value)
    {
        value = 0;
        return token is ['<', '0', 'x', _, _, '>']
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private sealed class Stage(DecoderStage next) : WholeTokenStage(next)
    {
        private readonly List<byte> _bytes = [];

        protected override void TakeToken(string token)
        {
            if (IsByte(token, out var value))
            {
                _bytes.Add(value);
                return;
            }
            Close();
            Pass(token);
        }

        protected override void Close()
        {
            if (_bytes.Count == 0)
                return;
            if (Text() is { } text)
                Pass(text);
            else
                for (var i = 0; i < _bytes.Count; i++)
                    Pass("\uFFFD");
            _bytes.Clear();
        }

        private string? Text()
        {
            try
            {
                return Strict.GetString([.. _bytes]);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }
}
