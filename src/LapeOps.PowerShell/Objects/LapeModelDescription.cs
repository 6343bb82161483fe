using LapeOps.Checkpoints;
using LapeOps.Tokenization;

namespace LapeOps.PowerShell.Objects;

/// <summary>What a checkpoint is.</summary>
public sealed class LapeModelDescription
{
    private LapeModelDescription(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(path));
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>model_type of its config.</summary>
    public string? Family { get; private init; }

    /// <summary>L, layers.</summary>
    public int? Layers { get; private init; }

    /// <summary>d, neurons of a feed-forward layer.</summary>
    public int? Width { get; private init; }

    /// <summary>Weights; a tied output head is counted once.</summary>
    public long? Parameters { get; private init; }

    /// <summary>Types that the weights are stored in.</summary>
    public NameList? DType { get; private init; }

    /// <summary>Longest context in tokens.</summary>
    public int? ContextLimit { get; private init; }

    /// <summary>Ids of its tokenizer; null without one.</summary>
    public int? Vocabulary { get; private init; }

    /// <summary>Whether it can be opened.</summary>
    public bool Supported => Reason is null;

    /// <summary>Why it cannot be opened; null where it can.</summary>
    public string? Reason { get; private init; }

    /// <summary>What opening would warn of.</summary>
    public NameList? Warnings { get; private init; }

    /// <summary>Tells models apart.</summary>
    public string? Fingerprint { get; private init; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Describes a folder.</summary>
    /// <exception cref="LapeException">ModelNotFound where it is no folder.</exception>
    internal static LapeModelDescription Of(string folder)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(folder);
            return new LapeModelDescription(checkpoint.Folder)
            {
                Family = checkpoint.Family.ModelType,
                Layers = checkpoint.Shape.Layers,
                Width = checkpoint.Shape.Width,
                Parameters = checkpoint.Parameters,
                DType = new NameList(checkpoint.Tensors.Tensors.Select(t => t.Entry.DType.ToString()).Distinct()),
                ContextLimit = checkpoint.Shape.ContextLimit,
                Vocabulary = HuggingFaceTokenizer.Exists(folder) ? HuggingFaceTokenizer.LoadFolder(folder).VocabularySize : null,
                Warnings = new NameList(checkpoint.Warnings),
                Fingerprint = checkpoint.Fingerprint,
            };
        }
        catch (LapeException e) when (e.ErrorId != "ModelNotFound")
        {
            return new LapeModelDescription(folder) { Reason = e.Message };
        }
    }
}
