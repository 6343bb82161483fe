using System.Text;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Tokenization.Normalizers;

/// <summary>Brings text into a normalization form. Only the places where it may change are looked at closely.</summary>
internal sealed class UnicodeNormalizer(NormalForm form) : Normalizer
{
    public override PieceSink Open(PieceSink next) => new Stage(form, next);

    // Each is a starter that stays; what follows the last may still compose with it.
    public override bool Keeps(ReadOnlySpan<int> window)
    {
        foreach (var character in window)
            if (form.Unstable.Contains(character))
                return false;
        return true;
    }

    private sealed class Stage(NormalForm form, PieceSink next) : RewritingStage(next)
    {
        private readonly List<int> _place = [];

        protected override bool Changes(ReadOnlySpan<char> text) => NextUnstable(text, 0, out _) < text.Length;

        protected override void Rewrite(Piece piece, PieceBuffer output)
        {
            var text = piece.Text;
            var done = 0;
            while (done < text.Length)
            {
                var at = NextUnstable(text, done, out var before);
                // A starter may compose with what follows.
                var first = at < text.Length && before >= 0 ? before : at;
                output.Copy(piece, done, first);
                done = EndOfPlace(text, at);
                if (first < done)
                    Write(piece, first, done, output);
            }
        }

        /// <summary>The next unstable character, or the end of the text; and where the character before it begins, -1 where none stands between.</summary>
        private int NextUnstable(ReadOnlySpan<char> text, int start, out int before)
        {
            before = -1;
            var skip = text[start..].IndexOfAnyExceptInRange('\0', (char)(form.Least - 1));
            if (skip < 0)
                return text.Length;
            var at = start + skip;
            before = skip > 0 ? at - 1 : -1;
            foreach (var rune in text[at..].EnumerateRunes())
            {
                if (form.Unstable.Contains(rune.Value))
                    return at;
                before = at;
                at += rune.Utf16SequenceLength;
            }
            return at;
        }

        private int EndOfPlace(ReadOnlySpan<char> text, int first)
        {
            foreach (var rune in text[first..].EnumerateRunes())
            {
                if (!form.Unstable.Contains(rune.Value))
                    break;
                first += rune.Utf16SequenceLength;
            }
            return first;
        }

        private void Write(Piece piece, int first, int end, PieceBuffer output)
        {
            _place.Clear();
            foreach (var rune in piece.Text[first..end].EnumerateRunes())
                form.Decompose(rune.Value, _place);
            form.Arrange(_place);
            var source = piece.Source(first, end);
            Span<char> units = stackalloc char[2];
            foreach (var codePoint in _place)
                output.Add(units[..new Rune(codePoint).EncodeToUtf16(units)], source);
        }
    }
}
