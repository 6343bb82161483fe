namespace LapeOps.Masks;

/// <summary>Masks on disk. The extension decides on the format: .pth and .pt (the official .neuron.pth), .json, .safetensors or .csv.</summary>
public static class MaskFile
{
    /// <summary>The paper's languages, in the order of its masks; its masks of six leave out the last.</summary>
    public static IReadOnlyList<string> PaperLanguages { get; } = ["en", "zh", "fr", "es", "vi", "id", "ja"];

    /// <summary>What a file of a mask may claim, so that its claims alone cost no memory.</summary>
    internal const int MostLayers = 10_000, MostLanguages = 1_000;

    /// <summary>Reads a mask.</summary>
    /// <param name="path">The file.</param>
    /// <param name="languages">
    /// Names of the languages in file order. A .neuron.pth has none: en zh fr es vi id ja is taken for seven and the same without ja for six,
    /// any other number needs them. The others name their languages, and those given have to be the same.
    /// </param>
    /// <exception cref="LapeException">
    /// MaskFormatUnknown, MaskFileInvalid, MaskLanguagesNeeded, MaskLanguagesMismatch, FileNotFound, FileNotReadable, of .pth
    /// TorchArchiveInvalid and PickleRefused, of .safetensors SafetensorsInvalid; each names the file.
    /// </exception>
    public static NeuronMask Read(string path, IReadOnlyList<string>? languages = null)
    {
        path = Path.GetFullPath(path);
        if (FormatOf(path) == MaskFormat.Torch)
            return TorchMask.Read(path, languages);
        if (!File.Exists(path))
            throw new LapeException("FileNotFound", $"{path} does not exist. Check the path.");
        var mask = ReadNamed(path);
        if (languages is not null && !languages.SequenceEqual(mask.Languages))
            throw new LapeException("MaskLanguagesMismatch",
                $"{path} names its languages itself: {string.Join(", ", mask.Languages)}. You gave {string.Join(", ", languages)}; leave them out.");
        return mask;
    }

    /// <summary>Writes a mask whole or not at all. The same mask under the same file name always gives the same bytes.</summary>
    /// <exception cref="LapeException">MaskFormatUnknown, MaskEmpty (a CSV needs a neuron to name languages beside) or OutputNotWritable.</exception>
    public static void Write(NeuronMask mask, string path)
    {
        path = Path.GetFullPath(path);
        switch (FormatOf(path))
        {
            case MaskFormat.Torch: TorchMask.Write(mask, path); break;
            case MaskFormat.Json: JsonMask.Write(mask, path); break;
            case MaskFormat.Safetensors: SafetensorsMask.Write(mask, path); break;
            default: CsvMask.Write(mask, path); break;
        }
    }

    internal static LapeException Invalid(string path, string what, Exception? inner = null) =>
        new("MaskFileInvalid", $"{path} does not hold a mask: {what}. Check that it is the right file, or write it again.", inner);

    private enum MaskFormat
    {
        Torch,
        Json,
        Safetensors,
        Csv,
    }

    private static NeuronMask ReadNamed(string path)
    {
        try
        {
            return FormatOf(path) switch
            {
                MaskFormat.Json => JsonMask.Read(path),
                MaskFormat.Safetensors => SafetensorsMask.Read(path),
                _ => CsvMask.Read(path),
            };
        }
        catch (LapeException e) when (e.ErrorId == "MaskInvalid")
        {
            throw Invalid(path, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LapeException("FileNotReadable", $"{path} cannot be read: {e.Message}", e);
        }
    }

    private static MaskFormat FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".pth" or ".pt" => MaskFormat.Torch,
        ".json" => MaskFormat.Json,
        ".safetensors" => MaskFormat.Safetensors,
        ".csv" => MaskFormat.Csv,
        var other => throw new LapeException("MaskFormatUnknown", $"{path}: '{other}' is not the extension of a mask. Use .neuron.pth, .json, .safetensors or .csv."),
    };
}
