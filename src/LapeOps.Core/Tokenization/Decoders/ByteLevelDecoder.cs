using System.Text;

namespace LapeOps.Tokenization.Decoders;

/// <summary>
/// Turns characters of <see cref="ByteAlphabet"/> back into bytes and reads these as UTF-8, U+FFFD for what is none.
/// A token with any other character (an added token with a space, say) stands for its own UTF-8.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override DecoderStage Open(DecoderStage next) => new Stage(new FuseDecoder().Open(next));

    private sealed class Stage(DecoderStage next) : WholeTokenStage(next)
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

        protected override void TakeToken(string token) => Decode(Bytes(token), last: false);

        protected override void Close() => Decode([], last: true);

        private static byte[] Bytes(string token)
        {
            var bytes = new byte[token.Length];
            for (var i = 0; i < token.Length; i++)
            {
                var value = ByteAlphabet.ToByte(token[i]);
                if (value < 0)
                    return Encoding.UTF8.GetBytes(token);
                bytes[i] = (byte)value;
            }
            return bytes;
        }

        private void Decode(byte[] bytes, bool last)
        {
            var characters = new char[_utf8.GetCharCount(bytes, last)];
            var count = _utf8.GetChars(bytes, characters, last);
            if (count > 0)
                Pass(new string(characters, 0, count));
        }
    }
}
