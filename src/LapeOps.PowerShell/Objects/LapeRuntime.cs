using LapeOps.Native;
using LapeOps.Native.Install;

namespace LapeOps.PowerShell.Objects;

/// <summary>A folder of libtorch that LapeOps computes with.</summary>
public sealed class LapeRuntime
{
    private readonly InstalledRuntime _runtime;

    internal LapeRuntime(InstalledRuntime runtime)
    {
        _runtime = runtime;
    }

    /// <summary>Where it is.</summary>
    public string Path => _runtime.Path;

    /// <summary>Cpu or Cuda.</summary>
    public RuntimeFlavour Flavor => _runtime.Flavour;

    /// <summary>Version of libtorch.</summary>
    public string Version => RuntimeFolder.LibtorchVersion;

    /// <summary>Bytes of its files.</summary>
    public long Bytes => _runtime.Bytes;

    /// <summary>The folder.</summary>
    public override string ToString() => Path;
}
