using System.Text;

namespace LapeOps.Tokenization;

/// <summary>
/// Turns characters of <see cref="ByteAlphabet"/> back into bytes and reads these as UTF-8, U+FFFD for what is none.
/// A token with any other character (an added token with a space, say) stands for its own UTF-8.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override DecoderStage Open(Action<string> next) => new Stage(next);

    private sealed class Stage(Action<string> next) : DecoderStage
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

        public override void Take(string token) => Decode(Bytes(token), last: false);

        public override void Finish() => Decode([], last: true);

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
                next(new string(characters, 0, count));
        }
    }
}
