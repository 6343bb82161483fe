using LapeOps.Packages;

namespace LapeOps.Languages;

/// <summary>The folder of Lingua's language models made of their package, whose hash is known.</summary>
public sealed class DetectorModelInstallation()
    : Installation(DetectorModels.Folder, "language models", new PackageName(DetectorModels.Package, DetectorModels.Version), SignedPackage)
{
    // From the signed package of nuget.org.
    private static readonly PackagePin SignedPackage = new("J++3Vt21DKjJMME8AhqdtIb6wfeD8d8veG7qP3DHoIcMdTzb6J8pJk+LutvWbHxN4I2U8Er4Dhs3tcLRQGhrNg==", 73_645_462, 73_308_142);

    /// <inheritdoc/>
    public override bool IsComplete => DetectorModels.IsComplete(Target);

    /// <summary>The models, in a folder for each language.</summary>
    public override string? PlaceOf(string entry) =>
        PackageArchive.Below(DetectorModels.InPackage, entry) is { } path && path.EndsWith(DetectorModels.Extension, StringComparison.Ordinal) ? path : null;

    /// <inheritdoc/>
    public override Task Complete(string folder, CancellationToken stop) => DetectorModels.IsComplete(folder) ? Task.CompletedTask
        : throw new LapeException("PackageInvalid", $"{Root} lacks some of its {DetectorModels.Files} language models. Take another source.");
}
