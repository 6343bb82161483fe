using System.Text;
using AnyAscii;

namespace LapeOps.Corpora;

/// <summary>Another form of a corpus, to tell apart what its neurons follow.</summary>
public enum TextTransform
{
    /// <summary>The texts as they are.</summary>
    None,
    /// <summary>
    /// The words of each line in a random order, white space where it was: the same words without their grammar. In scripts that write no
    /// spaces between words (Han, Kana, Thai, Lao, Khmer, Myanmar, Tibetan) each character is a word.
    /// </summary>
    Shuffle,
    /// <summary>
    /// Latin letters without marks for every other character, by AnyAscii, which looks at one character at a time: Han characters are read
    /// as in Mandarin, in Japanese too, and vowels that a script leaves out are missing.
    /// </summary>
    Romanize,
}

/// <summary>Changes text as it is read, front to back, and holds no more of it than it has to.</summary>
internal abstract class TextTransformer
{
    /// <summary>Characters that were taken and not yet given.</summary>
    public virtual int Held => 0;

    /// <summary>What a reading asks for; null where texts stay as they are.</summary>
    public static TextTransformer? Of(CorpusReading reading) => reading.Transform switch
    {
        TextTransform.None => null,
        TextTransform.Romanize => new Romanization(),
        _ => new WordShuffle(reading.Seed),
    };

    /// <summary>Takes text, and adds to <paramref name="to"/> what is ready.</summary>
    public abstract void Append(ReadOnlySpan<char> text, StringBuilder to);

    /// <summary>Adds what is held; what comes next is another document.</summary>
    public virtual void End(StringBuilder to)
    {
    }

    /// <summary>A whole document.</summary>
    public string Whole(string text)
    {
        var changed = new StringBuilder(text.Length);
        Append(text, changed);
        End(changed);
        return changed.ToString();
    }

    private sealed class Romanization : TextTransformer
    {
        public override void Append(ReadOnlySpan<char> text, StringBuilder to)
        {
            foreach (var rune in text.EnumerateRunes())
                foreach (var letter in rune.Transliterate())
                    to.Append((char)letter);
        }
    }
}
