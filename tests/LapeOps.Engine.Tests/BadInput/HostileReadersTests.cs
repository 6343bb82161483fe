using System.Text;
using LapeOps.Engine.Tests.Support;

namespace LapeOps.Engine.Tests.BadInput;

/// <summary>What every reader of JSON, and readers of tokenizers beside it, must bear; each in a process of its own.</summary>
public sealed class HostileReadersTests
{
    // The largest file that a reader takes whole, as bytes and parsed, beside .NET itself.
    private const int MostMegabytes = 400;

    public static MatrixTheoryData<string, string> Json => new(HostileJson.Readers.Keys, HostileJson.Shapes.Keys);

    public static TheoryData<string> Patterns => [.. HostileTokenizers.EndlessPatterns];

    [Theory, MemberData(nameof(Json))]
    public async Task Nested_JSON_is_refused(string reader, string shape)
    {
        using var folder = new TempFolder();
        var (operation, errorId, name) = HostileJson.Readers[reader];
        new TinyModel().Write(folder.Path, tokenizer: false);
        if (name.EndsWith("index.json", StringComparison.Ordinal))
            File.Delete(folder["model.safetensors"]);
        if (operation == "folder-tokenizer" && name != "tokenizer.json")
        {
            folder.WriteText("vocab.json", "{\"a\":0}");
            folder.WriteText("merges.txt", "");
        }
        if (operation == "conversations")
            folder.WriteText("chat_template.jinja", "{{ messages }}");
        HostileJson.Write(folder[name], shape);
        string[] arguments = operation switch
        {
            "mask" => [folder[name]],
            "rows" => [folder["corpora"], "File", "1000"],
            "conversations" => [folder.Path, folder[name]],
            _ => [folder.Path],
        };
        // A line of more than 16 million characters is too long before it is JSON or not.
        if (operation == "rows")
            errorId = HostileJson.Shapes[shape].Bytes > 1 << 24 ? "DocumentTooLarge" : "CorpusInvalid";
        await Child.Run(operation, arguments).IsRefused(errorId, folder[name], MostMegabytes);
    }

    [Theory, MemberData(nameof(Patterns))]
    public async Task A_pattern_that_goes_back_for_ever_is_stopped_and_named(string pattern)
    {
        using var folder = new TempFolder();
        var tokenizer = folder.WriteText("tokenizer.json", HostileTokenizers.Splitting(pattern));
        var text = folder.WriteText("text.txt", new string('a', 20_000) + "!");
        await Child.Run("encode", tokenizer, text).IsRefused("TokenizerUnsupported", pattern, MostMegabytes);
    }

    [Fact]
    public async Task Merges_of_empty_lines_are_none()
    {
        using var folder = new TempFolder();
        folder.WriteText("vocab.json", "{\"a\":0}");
        File.WriteAllBytes(folder["merges.txt"], [.. Enumerable.Repeat((byte)'\n', 60_000_000)]);
        await Child.Run("folder-tokenizer", folder.Path).Succeeds(MostMegabytes);
    }

    [Theory]
    [InlineData("tokenizer.model", 30_000_000)]
    [InlineData("tokenizer.model", 100_000_000)]
    public async Task A_model_of_too_many_pieces_is_refused(string name, int bytes)
    {
        using var folder = new TempFolder();
        // ModelProto.pieces (1) = { piece (1) = "a" }
        var piece = new byte[] { 0x0A, 3, 0x0A, 1, (byte)'a' };
        using (var file = File.Create(folder[name]))
            for (var written = 0; written < bytes; written += 5 << 16)
                file.Write(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(Encoding.Latin1.GetString(piece), 1 << 16))));
        await Child.Run("folder-tokenizer", folder.Path).IsRefused("TokenizerInvalid", folder[name], MostMegabytes);
    }
}
