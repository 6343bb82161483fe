namespace LapeOps.Packages;

/// <summary>A folder that is made of files of packages: what one kind has of its own. All else is <see cref="PackageInstaller"/>'s.</summary>
/// <param name="target">The folder.</param>
/// <param name="noun">What is in it, for people.</param>
/// <param name="root">The package that it begins with.</param>
/// <param name="pin">What is known of that package; null where only its source knows.</param>
public abstract class Installation(string target, string noun, PackageName root, PackagePin? pin)
{
    /// <summary>The folder.</summary>
    public string Target => target;

    /// <summary>What is in it, for people.</summary>
    public string Noun => noun;

    /// <summary>The package that it begins with.</summary>
    public PackageName Root => root;

    /// <summary>What is known of that package, which depends on none then; null where only its source knows.</summary>
    public PackagePin? Pin => pin;

    /// <summary>Bytes that the folder has from elsewhere.</summary>
    public virtual long OtherBytes => 0;

    /// <summary>Whether the folder lacks nothing.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Whether a package that another one depends on belongs to it.</summary>
    public virtual bool Takes(PackageName dependency) => false;

    /// <summary>The path in the folder of a package's entry; null for what is not wanted.</summary>
    public abstract string? PlaceOf(string entry);

    /// <summary>Completes a folder of all that was unpacked, before it takes its place.</summary>
    /// <exception cref="LapeException">It lacks something.</exception>
    public abstract Task Complete(string folder, CancellationToken stop);
}

/// <summary>A folder that stands.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Version">Version of what is in it.</param>
/// <param name="Bytes">Bytes of its files.</param>
public sealed record InstalledFolder(string Path, string Version, long Bytes)
{
    /// <summary>The folder.</summary>
    public override string ToString() => Path;
}
