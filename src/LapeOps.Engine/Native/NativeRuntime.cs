using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace LapeOps.Native;

/// <summary>Loads libtorch once a process, from the runtime folder, for whatever load context TorchSharp lives in.</summary>
public static class NativeRuntime
{
    private static readonly Lazy<LoadPlan> Loaded = new(Load);

    /// <summary>Where libtorch was or would be loaded from: LAPE_LIBTORCH, else the runtime folder (CUDA's where there is one).</summary>
    public static string TorchFolder => Override ?? RuntimeFolder.PathFor(Flavour);

    /// <summary>The flavour that is there.</summary>
    public static RuntimeFlavour Flavour =>
        HasCuda(Override ?? RuntimeFolder.PathFor(RuntimeFlavour.Cuda)) ? RuntimeFlavour.Cuda : RuntimeFlavour.Cpu;

    private static string? Override => Environment.GetEnvironmentVariable("LAPE_LIBTORCH") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>What should be known of the libtorch that LAPE_LIBTORCH names: null where its version is the one that TorchSharp was built for, or unknown.</summary>
    /// <exception cref="LapeException">RuntimeUnsupported where its version cannot be used.</exception>
    public static string? Warning => Override is { } folder ? TorchVersion.Judge(folder) : null;

    /// <summary>Makes TorchSharp usable; everything in the engine that computes calls this first.</summary>
    /// <exception cref="LapeException">RuntimeMissing, RuntimeIncomplete, RuntimeUnsupported or RuntimeNotLoadable, each with what to do.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>The address of a function that LibTorchSharp exports.</summary>
    internal static IntPtr Export(string function) => NativeLibrary.GetExport(NativeLibrary.Load(Loaded.Value.Preload[^1]), function);

    private static LoadPlan Load()
    {
        var torch = TorchFolder;
        if (!Directory.Exists(torch))
            throw new LapeException("RuntimeMissing", $"There is no libtorch at {torch}. {RuntimeFolder.HowToMake}");
        if (Override is not null)
            TorchVersion.Judge(torch); // refuses what cannot work
        var binding = Override is null ? torch : BindingFolder();
        var plan = LoadPlan.For(RuntimeFolder.Rid, Flavour, torch, [.. Directory.GetFiles(torch).Select(f => Path.GetFileName(f)!)], binding);
        HostTuning.Apply();
        foreach (var library in plan.Preload)
        {
            try
            {
                NativeLibrary.Load(library);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new LapeException("RuntimeNotLoadable", $"{library} cannot be loaded: {e.Message} Make the runtime folder again, or set LAPE_LIBTORCH to a libtorch {RuntimeFolder.LibtorchVersion[..^2]}.", e);
            }
        }
        // TorchSharp loads by name; unanswered, it would copy all of libtorch beside its own assembly.
        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll +=
            (_, name) => plan.Answers.TryGetValue(name, out var path) ? NativeLibrary.Load(path) : IntPtr.Zero;
        TorchSharp.torch.InitializeDeviceType(DeviceType.CPU);
        return plan;
    }

    private static string BindingFolder()
    {
        var folders = new[] { RuntimeFolder.PathFor(RuntimeFlavour.Cuda), RuntimeFolder.PathFor(RuntimeFlavour.Cpu), AppContext.BaseDirectory, Override! };
        var file = LoadPlan.FileName(RuntimeFolder.Rid, "LibTorchSharp");
        return folders.FirstOrDefault(f => File.Exists(Path.Combine(f, file))) ?? RuntimeFolder.MakeBinding()
            ?? throw new LapeException("RuntimeMissing", $"LAPE_LIBTORCH names a libtorch, and {file} of TorchSharp is nowhere. {RuntimeFolder.HowToMake}");
    }

    private static bool HasCuda(string folder) => File.Exists(Path.Combine(folder, LoadPlan.FileName(RuntimeFolder.Rid, "torch_cuda")));
}
