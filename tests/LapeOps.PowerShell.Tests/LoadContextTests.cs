using System.Diagnostics;
using System.Runtime.Loader;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>The module has a load context of its own, one a process, and loads libtorch once.</summary>
public sealed class LoadContextTests(ModuleFixture module)
{
    private const string Pipeline = "Get-LapeNeurons -Statistics $s -Model $demo | Set-LapeMask -Language zh | Invoke-LapeGenerate -Prompt 'Q: 你好' -MaxTokens 4";

    [Fact]
    public void Its_dependencies_are_its_own_whatever_the_default_context_has()
    {
        using var session = module.Open();
        session.Run(Pipeline).Single();
        foreach (var name in ModuleFixture.Clashing)
            Assert.Equal(new Version(0, 0, 0, 1), AssemblyLoadContext.Default.Assemblies.Single(a => a.GetName().Name == name).GetName().Version);
        var own = Assert.Single(AssemblyLoadContext.All, c => c.Name == "LapeOps");
        foreach (var name in new[] { "TorchSharp", "Microsoft.ML.Tokenizers", "LapeOps.Core", "LapeOps.Engine" })
            Assert.Equal(Path.Combine(RepositoryFiles.Module, "lib", name + ".dll"), own.Assemblies.Single(a => a.GetName().Name == name).Location);
    }

    [Fact]
    public void Importing_again_and_a_second_session_share_context_native_load_and_models()
    {
        using var first = module.Open();
        using var second = module.Open();
        var answer = first.Run(Pipeline).Single();
        first.Run("Import-Module $module -Force", ("module", RepositoryFiles.Module)).Clean();
        Assert.Equal(answer.ToString(), first.Run(Pipeline).Single().ToString());
        Assert.Equal(answer.ToString(), second.Run(Pipeline).Single().ToString());
        AssertLoadedOnce();
    }

    [Fact]
    public async Task Two_sessions_that_compute_at_once_give_what_each_gives_alone()
    {
        using var first = module.Open();
        using var second = module.Open();
        const string measure = "Measure-LapeActivation $demo $texts -Context 64 -MaxTokens 1500 -OutPath $out";
        const string generate = "$m = Get-LapeNeurons $s -Model $demo | Set-LapeMask -Language fr; 'La maison', 'Le chat' | Invoke-LapeGenerate $m -MaxTokens 24";
        string[] paths = [module.New("alone.safetensors"), module.New("beside.safetensors")];
        first.Run(measure, ("out", paths[0])).Single();
        var alone = Texts(second.Run(generate));
        var measuring = Task.Run(() => first.Run(measure, ("out", paths[1])).Single(), TestContext.Current.CancellationToken);
        var generating = Task.Run(() => Enumerable.Range(0, 3).Select(_ => Texts(second.Run(generate))).ToArray(), TestContext.Current.CancellationToken);
        await measuring;
        Assert.All(await generating, texts => Assert.Equal(alone, texts));
        Assert.Equal(File.ReadAllBytes(paths[0]), File.ReadAllBytes(paths[1]));
        AssertLoadedOnce();

        static string[] Texts(Outcome outcome) => [.. outcome.Clean().Select(c => c.ToString())];
    }

    [Fact]
    public void Nothing_is_copied_beside_TorchSharp()
    {
        using var session = module.Open();
        session.Run(Pipeline).Single();
        Assert.Empty(RepositoryFiles.CopiesOfLibtorch(Path.Combine(RepositoryFiles.Module, "lib")));
        Assert.Empty(RepositoryFiles.CopiesOfLibtorch(AppContext.BaseDirectory));
    }

    private static void AssertLoadedOnce()
    {
        Assert.Single(AssemblyLoadContext.All, c => c.Name == "LapeOps");
        using var process = Process.GetCurrentProcess();
        foreach (var library in new[] { "torch_cpu", "LibTorchSharp" })
            Assert.Single(process.Modules.Cast<ProcessModule>().Where(m => Path.GetFileNameWithoutExtension(m.FileName).EndsWith(library, StringComparison.Ordinal)).Select(m => m.FileName).Distinct());
    }
}
