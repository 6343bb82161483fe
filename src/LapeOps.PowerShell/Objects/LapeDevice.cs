using LapeOps.Native;

namespace LapeOps.PowerShell.Objects;

/// <summary>A device that could compute, and the libtorch that would be used.</summary>
public sealed class LapeDevice
{
    private readonly DeviceInfo _device;

    internal LapeDevice(DeviceInfo device)
    {
        _device = device;
    }

    /// <summary>cpu or cuda:N, as -Device takes it.</summary>
    public string Device => _device.Name;

    /// <summary>What the hardware calls itself.</summary>
    public string Description => _device.Description;

    /// <summary>Bytes of its memory.</summary>
    public long TotalMemory => _device.TotalBytes;

    /// <summary>Bytes of it that could still be taken.</summary>
    public long FreeMemory => _device.FreeBytes;

    /// <summary>Whether -Device Auto chooses it.</summary>
    public bool Auto => _device.Auto;

    /// <summary>Cpu or Cuda: which build of libtorch is used.</summary>
    public string Runtime { get; } = NativeRuntime.Flavour.ToString();

    /// <summary>Where libtorch is loaded from.</summary>
    public string RuntimePath { get; } = NativeRuntime.TorchFolder;

    /// <summary>The device.</summary>
    public override string ToString() => Device;
}
