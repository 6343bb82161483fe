namespace LapeOps.Native;

/// <summary>Which build of libtorch: for the CPU alone, or with CUDA.</summary>
public enum RuntimeFlavour
{
    /// <summary>libtorch-cpu.</summary>
    Cpu,
    /// <summary>libtorch with CUDA.</summary>
    Cuda,
}

/// <summary>
/// Which libraries are loaded, in which order, under which names TorchSharp asks for them: a pure function of platform, flavour and
/// the files that are there.
/// </summary>
/// <param name="Preload">Paths to load, each after what it needs, so that the system's loader finds every dependency already there.</param>
/// <param name="Answers">Names that TorchSharp's LoadNativeBackend asks for, and the path that answers each.</param>
public sealed record LoadPlan(IReadOnlyList<string> Preload, IReadOnlyDictionary<string, string> Answers)
{
    // What libtorch is served for.
    private static readonly string[] Platforms = ["linux-x64", "win-x64", "osx-arm64"];

    // Each library after its dependencies. What a flavour or platform lacks is left out of the plan.
    private static readonly string[] Order = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch", "LibTorchSharp"];

    // TorchSharp asks for these on Windows before torch_cuda, some with their extension.
    private static readonly string[] WindowsCuda =
    [
        "cudnn_adv64_9", "cudnn_cnn64_9", "cudnn_ops64_9", "cudnn_graph64_9", "cudnn_heuristic64_9", "cudnn_engines_precompiled64_9",
        "cudnn_engines_runtime_compiled64_9", "nvrtc-builtins64_128", "caffe2_nvrtc", "nvrtc64_120_0", "cublasLt64_12", "cufft64_11",
        "cusparse64_12", "cusolver64_11",
    ];

    // What libtorch's own import tables name, in the order in which Windows must see it (it searches no folder of ours).
    private static readonly string[] WindowsFirst = ["libiomp5md", "libiompstubs5md", "asmjit", "fbgemm", "uv"];

    // libtorch_cpu asks for OpenMP by Homebrew's path, which is the install name of the copy that the package brings: loaded first, it answers.
    private static readonly string[] MacFirst = ["omp"];

    /// <summary>Plans the load.</summary>
    /// <param name="rid">linux-x64, win-x64 or osx-arm64.</param>
    /// <param name="flavour">Whether CUDA's libraries are wanted.</param>
    /// <param name="torchFolder">The folder of libtorch's libraries.</param>
    /// <param name="torchFiles">File names in it.</param>
    /// <param name="bindingFolder">The folder of the mended LibTorchSharp.</param>
    /// <exception cref="LapeException">PlatformUnsupported; RuntimeIncomplete, naming the library that is missing.</exception>
    public static LoadPlan For(string rid, RuntimeFlavour flavour, string torchFolder, IReadOnlyCollection<string> torchFiles, string bindingFolder)
    {
        RequirePlatform(rid);
        var windows = rid.StartsWith("win", StringComparison.Ordinal);
        string[] candidates = windows ? [.. WindowsFirst, .. flavour == RuntimeFlavour.Cuda ? WindowsCuda : [], .. Order]
            : rid.StartsWith("osx", StringComparison.Ordinal) ? [.. MacFirst, .. Order]
            : Order;
        var preload = new List<string>();
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in candidates)
        {
            if (flavour == RuntimeFlavour.Cpu && name.EndsWith("_cuda", StringComparison.Ordinal))
                continue;
            var file = FileName(rid, name);
            string path;
            if (name == "LibTorchSharp")
                path = Path.Combine(bindingFolder, file);
            else if (torchFiles.Contains(file))
                path = Path.Combine(torchFolder, file);
            else if (Needed(flavour).Contains(name))
                throw new LapeException("RuntimeIncomplete", $"{torchFolder} has no {file}: it is not a folder of libtorch for {rid} ({flavour}). {RuntimeFolder.HowToMake}");
            else
                continue;
            preload.Add(path);
            answers[name] = path;
            answers[name + ".dll"] = path;
        }
        if (!windows)
            foreach (var name in answers.Keys.Where(n => n.EndsWith(".dll", StringComparison.Ordinal)).ToArray())
                answers.Remove(name);
        return new LoadPlan(preload, answers);
    }

    /// <summary>Refuses a platform that libtorch is not served for.</summary>
    /// <exception cref="LapeException">PlatformUnsupported.</exception>
    public static void RequirePlatform(string rid)
    {
        if (!Platforms.Contains(rid))
            throw new LapeException("PlatformUnsupported", $"LapeOps computes on {string.Join(", ", Platforms)}, and this is {rid}. Scoring and masks work here; statistics, perplexity and generation need one of those.");
    }

    /// <summary>The libraries without which nothing computes.</summary>
    internal static string[] Needed(RuntimeFlavour flavour) =>
        ["c10", "torch_cpu", .. flavour == RuntimeFlavour.Cuda ? new[] { "c10_cuda", "torch_cuda" } : [], "torch", "LibTorchSharp"];

    /// <summary>A library's file name on a platform.</summary>
    public static string FileName(string rid, string name) =>
        rid.StartsWith("win", StringComparison.Ordinal) ? $"{name}.dll"
        : rid.StartsWith("osx", StringComparison.Ordinal) ? $"lib{name}.dylib"
        : $"lib{name}.so";
}
