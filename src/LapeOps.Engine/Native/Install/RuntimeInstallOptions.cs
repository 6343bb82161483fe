namespace LapeOps.Native.Install;

/// <summary>What to install, from where and to where.</summary>
public sealed record RuntimeInstallOptions
{
    /// <summary>Where packages come from by default.</summary>
    public const string DefaultSource = "https://api.nuget.org/v3/index.json";

    /// <summary>For the CPU alone, or with CUDA.</summary>
    public RuntimeFlavour Flavour { get; init; }

    /// <summary>The address of a feed's index.json, or paths of packages and of folders that have some.</summary>
    public IReadOnlyList<string> Source { get; init; } = [DefaultSource];

    /// <summary>Makes the folder anew where it is complete.</summary>
    public bool Force { get; init; }

    /// <summary>The folder that gets the runtime folder; the user's cache where there is none.</summary>
    public string? Root { get; init; }

    /// <summary>A folder that has LibTorchSharp as a package has it.</summary>
    public string Bindings { get; init; } = RuntimeFolder.Bindings;

    /// <summary>The packages; those that the build restores where there are none.</summary>
    public RuntimePackages? Packages { get; init; }

    /// <summary>How long is waited for a server.</summary>
    public FeedPatience Patience { get; init; } = FeedPatience.Default;

    /// <summary>Whether a source is the address of a feed, and no path.</summary>
    public static bool IsAddress(string source) =>
        source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}
