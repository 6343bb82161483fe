using System.Text.RegularExpressions;

namespace LapeOps.Build;

/// <summary>The module's manifest, made from the one in the repository.</summary>
public static partial class ModuleManifest
{
    /// <summary>Puts the version in: its numbers as ModuleVersion, what follows them as Prerelease. Leaves a file alone that is already so.</summary>
    /// <exception cref="LapeException">VersionInvalid: PowerShell takes three or four numbers, and letters, digits and hyphens behind the first hyphen.</exception>
    public static void Write(string template, string version, string manifest)
    {
        if (Version().Match(version.Split('+')[0]) is not { Success: true } parts)
            throw new LapeException("VersionInvalid", $"{version} cannot be a module's version. Take numbers such as 0.2.0, or 0.2.0-beta1.");
        var text = File.ReadAllText(template).Replace("@Version@", parts.Groups["numbers"].Value, StringComparison.Ordinal);
        var prerelease = parts.Groups["prerelease"];
        text = prerelease.Success ? text.Replace("@Prerelease@", prerelease.Value, StringComparison.Ordinal) : PrereleaseLine().Replace(text, "");
        if (File.Exists(manifest) && File.ReadAllText(manifest) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(manifest))!);
        File.WriteAllText(manifest, text);
    }

    /// <summary>The tags by which PowerShell repositories find a module, its cmdlets and its edition, and those of the manifest.</summary>
    public static string Tags(string manifest)
    {
        var text = File.ReadAllText(manifest);
        var cmdlets = List(text, "CmdletsToExport");
        return string.Join(' ', ["PSModule", "PSEdition_Core", "PSIncludes_Cmdlet", .. cmdlets.Select(c => $"PSCmdlet_{c}"), .. cmdlets.Select(c => $"PSCommand_{c}"), .. List(text, "Tags")]);
    }

    private static string[] List(string text, string key) =>
        [.. Quoted().Matches(Regex.Match(text, $@"\b{key}\s*=\s*@\(([^)]*)\)").Groups[1].Value).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("^(?<numbers>[0-9]+(\\.[0-9]+){2,3})(-(?<prerelease>[0-9A-Za-z-]+))?$")]
    private static partial Regex Version();

    [GeneratedRegex("[^\n]*@Prerelease@[^\n]*\n")]
    private static partial Regex PrereleaseLine();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
