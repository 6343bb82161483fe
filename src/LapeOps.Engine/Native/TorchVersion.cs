using System.Globalization;
using System.Text.RegularExpressions;

namespace LapeOps.Native;

/// <summary>The version of a libtorch that LAPE_LIBTORCH names, held against the one that TorchSharp was built for.</summary>
internal static partial class TorchVersion
{
    private static readonly Version Built = Version.Parse(RuntimeFolder.LibtorchVersion);

    /// <summary>What should be known of a folder: null where its version is the right one, or cannot be told; a newer minor version is tried.</summary>
    /// <exception cref="LapeException">RuntimeUnsupported for an older minor or another major version: its functions differ from those that are called.</exception>
    public static string? Judge(string folder)
    {
        if (Of(folder) is not { } found || (found.Major, found.Minor) == (Built.Major, Built.Minor))
            return null;
        var needed = $"{Built.Major}.{Built.Minor}";
        return found.Major == Built.Major && found.Minor > Built.Minor
            ? $"LAPE_LIBTORCH names libtorch {found} and TorchSharp was built for {needed}: it is tried, and symbols may be missing."
            : throw new LapeException("RuntimeUnsupported", $"LAPE_LIBTORCH names libtorch {found} at {folder}, and TorchSharp needs {needed}. Name the folder of a libtorch {needed}, or unset the variable.");
    }

    // A pip-installed PyTorch has version.py beside lib/, a downloaded libtorch build-version.
    private static Version? Of(string folder)
    {
        foreach (var file in new[] { "version.py", "build-version" }.Select(name => Path.Combine(folder, "..", name)).Where(File.Exists))
            if (Pattern().Match(File.ReadAllText(file)) is { Success: true } match)
                return new Version(Number(match.Groups[1]), Number(match.Groups[2]));
        return null;
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9]{1,4})\\.([0-9]{1,4})")]
    private static partial Regex Pattern();
}
