using LapeOps.Native;
using LapeOps.Packages;

namespace LapeOps.PowerShell.Objects;

/// <summary>A folder of libtorch that LapeOps computes with.</summary>
public sealed class LapeRuntime
{
    private readonly InstalledFolder _folder;

    internal LapeRuntime(InstalledFolder folder, RuntimeFlavour flavour)
    {
        (_folder, Flavor) = (folder, flavour);
    }

    /// <summary>Where it is.</summary>
    public string Path => _folder.Path;

    /// <summary>Cpu or Cuda.</summary>
    public RuntimeFlavour Flavor { get; }

    /// <summary>Version of libtorch.</summary>
    public string Version => _folder.Version;

    /// <summary>Bytes of its files.</summary>
    public long Bytes => _folder.Bytes;

    /// <summary>The folder.</summary>
    public override string ToString() => Path;
}
