using System.Text;
using LapeOps.Core.Tests;

namespace LapeOps.Tokenization.Tests;

/// <summary>A model's folder with a few files.</summary>
internal static class FolderFixture
{
    /// <summary>Loads the tokenizer of a folder with these files.</summary>
    public static HuggingFaceTokenizer Load(params (string Name, byte[] Bytes)[] files)
    {
        using var folder = new TempFolder();
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(folder.Path, name), bytes);
        Assert.True(HuggingFaceTokenizer.Exists(folder.Path));
        return HuggingFaceTokenizer.LoadFolder(folder.Path);
    }

    /// <summary>A file of text.</summary>
    public static (string, byte[]) Text(string name, string text) => (name, Encoding.UTF8.GetBytes(text));
}
