namespace LapeOps.Packages;

/// <summary>Where to install from.</summary>
public sealed record InstallOptions
{
    /// <summary>Where packages come from by default.</summary>
    public const string DefaultSource = "https://api.nuget.org/v3/index.json";

    /// <summary>The address of a feed's index.json, or paths of packages and of folders that have some.</summary>
    public IReadOnlyList<string> Source { get; init; } = [DefaultSource];

    /// <summary>Makes the folder anew where it is complete.</summary>
    public bool Force { get; init; }

    /// <summary>Whether a source is the address of a feed, and no path.</summary>
    public static bool IsAddress(string source) =>
        source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>What should be known of the source: null where nothing has to be said.</summary>
    public string? Warning => Source.FirstOrDefault(s => Uri.TryCreate(s, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback) is { } open
        ? $"{open} is not encrypted: whoever is on the way can change packages whose hash LapeOps does not know beforehand." : null;
}
