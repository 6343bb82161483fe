using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LapeOps.Scoring;
using LapeOps.Tokenization.Unicode;

namespace LapeOps.Corpora;

/// <summary>
/// Puts the words of each line in a random order. The order is drawn from the seed and the line itself, so that a line is shuffled in one
/// way wherever it stands, and documents that were the same stay the same. Lines that are very long are shuffled in pieces.
/// </summary>
internal sealed class WordShuffle(ulong seed) : TextTransformer
{
    // A piece of a line without an end, so that no more is held.
    private const int MostCharacters = 1 << 16;

    // Scripts without spaces between words, with their punctuation: Thai, Lao, Tibetan, Myanmar, Khmer, Kana, Bopomofo, Han, full-width forms.
    private static readonly CodePointSet Spaceless =
        CodePointSet.Parse("E00-FFF 1000-109F 1780-17FF 2E80-312F 3190-4DBF 4E00-9FFF F900-FAFF FE30-FE4F FF00-FFEF 1B000-1B16F 20000-3FFFF");

    private readonly StringBuilder _line = new();

    public override int Held => _line.Length;

    public override void Append(ReadOnlySpan<char> text, StringBuilder to)
    {
        while (text.Length > 0)
        {
            var end = text.IndexOf('\n') is var found and >= 0 ? found + 1 : text.Length;
            var taken = text[..Math.Min(end, MostCharacters - _line.Length)];
            _line.Append(taken);
            text = text[taken.Length..];
            if (taken[^1] == '\n')
                End(to);
            else if (_line.Length == MostCharacters)
                Shuffle(to, ends: false);
        }
    }

    public override void End(StringBuilder to) => Shuffle(to, ends: true);

    private void Shuffle(StringBuilder to, bool ends)
    {
        var line = _line.ToString();
        var words = Words(line);
        var length = line.Length;
        // The last word of a piece may go on, and is shuffled with what follows.
        if (!ends && words.Count > 1 && words[^1].End == length)
        {
            length = words[^1].Begin;
            words.RemoveAt(words.Count - 1);
        }
        Write(line.AsSpan(0, length), words, to);
        _line.Remove(0, length);
    }

    private void Write(ReadOnlySpan<char> line, List<(int Begin, int End)> words, StringBuilder to)
    {
        var order = words.ToArray();
        var random = new SplitMix64(seed ^ Hash(line.TrimEnd()));
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        var written = 0;
        for (var i = 0; i < order.Length; i++)
        {
            to.Append(line[written..words[i].Begin]).Append(line[order[i].Begin..order[i].End]);
            written = words[i].End;
        }
        to.Append(line[written..]);
    }

    private static List<(int Begin, int End)> Words(string line)
    {
        var words = new List<(int, int)>();
        for (var at = 0; at < line.Length;)
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }
            var end = GraphemeClusters.End(line, at);
            if (!IsWord(line, at))
                while (end < line.Length && !char.IsWhiteSpace(line[end]) && !IsWord(line, end))
                    end = GraphemeClusters.End(line, end);
            words.Add((at, end));
            at = end;
        }
        return words;
    }

    // Whether a character is a word by itself.
    private static bool IsWord(string line, int at) => Rune.TryGetRuneAt(line, at, out var rune) && Spaceless.Contains(rune.Value);

    private static ulong Hash(ReadOnlySpan<char> text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(text)));
}
