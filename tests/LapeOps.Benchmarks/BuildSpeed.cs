using System.Diagnostics;

namespace LapeOps.Benchmarks;

/// <summary>What an unchanged build costs more with the package than without it.</summary>
internal static class BuildSpeed
{
    private const int Rounds = 9, CharactersOfText = 12_000;

    public static IEnumerable<Figure> Measure(string demoModel)
    {
        var folder = Directory.CreateTempSubdirectory("lapeops-benchmark-").FullName;
        var version = $"0.0.1-benchmark.{DateTime.UtcNow.Ticks}";
        try
        {
            Run(demoModel, "pack", Path.Combine(demoModel, "..", "..", "src", "LapeOps.MSBuild"), "-o", folder, $"-p:PackageVersion={version}");
            File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><add key="feed" value="{folder}" /></packageSources></configuration>""");
            var with = Project(folder, "With", demoModel, $"""
                <ItemGroup>
                  <PackageReference Include="LapeOps.MSBuild" Version="{version}" PrivateAssets="all" />
                  <LapeCorpus Include="texts/*.txt" Language="%(Filename)" />
                  <LapeMask Include="masks/demo.neuron.pth" Model="{demoModel}" Context="64" />
                </ItemGroup>
                """);
            var without = Project(folder, "Without", demoModel, "");
            foreach (var project in new[] { with, without })
                Run(project, "build");
            var times = Clock.Interleaved(Rounds, () => Run(with, "build", "--no-restore"), () => Run(without, "build", "--no-restore"));
            yield return new Figure("unchanged build, more than without", Clock.Median(times[0]) - Clock.Median(times[1]), " s", 0.15, AtMost: true,
                $"{Figure.Number(Clock.Median(times[0]))} s and {Figure.Number(Clock.Median(times[1]))} s, dotnet build --no-restore");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given ? given
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            if (Path.Combine(packages, "lapeops.msbuild", version) is var cached && Directory.Exists(cached))
                Directory.Delete(cached, recursive: true);
        }
    }

    private static string Project(string folder, string name, string demoModel, string items)
    {
        var project = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var texts = Directory.CreateDirectory(Path.Combine(project, "texts")).FullName;
        foreach (var text in Directory.GetFiles(Path.Combine(demoModel, "texts"), "*.txt"))
            File.WriteAllText(Path.Combine(texts, Path.GetFileName(text)), new string([.. File.ReadAllText(text).Take(CharactersOfText)]));
        File.WriteAllText(Path.Combine(project, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            {items}
            </Project>
            """);
        return project;
    }

    private static void Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "-nodeReuse:false", "-nologo", "-v:q"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(output);
    }
}
