using LapeOps.Packages;

namespace LapeOps.Native.Install;

/// <summary>The runtime folder made of libtorch's packages, with the LibTorchSharp that is here already.</summary>
public sealed class RuntimeInstallation : Installation
{
    private readonly string _rid = RuntimeFolder.Rid;
    private readonly RuntimeFlavour _flavour;

    /// <summary>That of this platform.</summary>
    /// <param name="flavour">For the CPU alone, or with CUDA.</param>
    /// <exception cref="LapeException">PlatformUnsupported.</exception>
    public RuntimeInstallation(RuntimeFlavour flavour)
        : this(flavour, RuntimePackages.For(RuntimeFolder.Rid, flavour))
    {
    }

    private RuntimeInstallation(RuntimeFlavour flavour, RuntimePackages packages)
        : base(RuntimeFolder.PathFor(flavour), "libtorch", packages.Root, packages.Pin)
    {
        _flavour = flavour;
    }

    private static string BindingFile { get; } = LoadPlan.FileName(RuntimeFolder.Rid, "LibTorchSharp");

    /// <inheritdoc/>
    public override bool IsComplete => RuntimeFolder.IsComplete(Target, _rid, _flavour);

    /// <summary>Bytes of LibTorchSharp.</summary>
    /// <exception cref="LapeException">RuntimeIncomplete without one.</exception>
    public override long OtherBytes => new FileInfo(Binding()).Length;

    /// <inheritdoc/>
    public override bool Takes(PackageName dependency) => dependency.Id.StartsWith("libtorch-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Libraries and pieces of libraries for this platform, flat.</summary>
    public override string? PlaceOf(string entry) =>
        new[] { $"runtimes/{_rid}/native", $"fragments/{_rid}/native" }.Select(folder => PackageArchive.Below(folder, entry))
            .FirstOrDefault(path => path is not null && !path.Contains('/', StringComparison.Ordinal));

    /// <inheritdoc/>
    public override async Task Complete(string folder, CancellationToken stop)
    {
        await LibraryFragments.Join(folder, stop);
        RuntimeFolder.CopyBinding(Binding(), Path.Combine(folder, BindingFile), _rid);
        if (LoadPlan.Needed(_flavour).Select(name => LoadPlan.FileName(_rid, name)).FirstOrDefault(file => !File.Exists(Path.Combine(folder, file))) is { } missing)
            throw new LapeException("RuntimeIncomplete", $"{missing} for {_rid} is in none of the packages that {Root} consists of. Take them from another source.");
    }

    // Beside the engine, else in another runtime folder: it is the same for every flavour.
    private string Binding() =>
        new[] { Path.Combine(RuntimeFolder.Bindings, "runtimes", _rid, "native"), RuntimeFolder.PathFor(RuntimeFlavour.Cpu), RuntimeFolder.PathFor(RuntimeFlavour.Cuda) }
            .Select(folder => Path.Combine(folder, BindingFile)).FirstOrDefault(File.Exists)
        ?? throw new LapeException("RuntimeIncomplete", $"{RuntimeFolder.Bindings} has no {BindingFile} for {_rid}, which the module brings. Install the module again.");
}
