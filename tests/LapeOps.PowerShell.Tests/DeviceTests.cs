namespace LapeOps.PowerShell.Tests;

public sealed class DeviceTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Devices_come_with_memory_and_the_runtime_that_is_used()
    {
        var devices = _session.Run("Get-LapeDevice").Clean();
        Assert.Single(devices, d => (bool)d.Properties["Auto"].Value);
        var cpu = Assert.Single(devices, d => d.Text("Device") == "cpu");
        Assert.InRange((long)cpu.Properties["FreeMemory"].Value, 1, (long)cpu.Properties["TotalMemory"].Value);
        Assert.True(Directory.Exists(cpu.Text("RuntimePath")));
    }
}
