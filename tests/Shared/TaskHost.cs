using System.Xml.Linq;

namespace LapeOps.Tests.Shared;

/// <summary>A project outside the repository that counts activations in MSBuild's task host, built by <c>dotnet msbuild</c>.</summary>
internal static class TaskHost
{
    /// <summary>Writes the project into <paramref name="folder"/> and builds it.</summary>
    /// <param name="folder">A folder outside the repository, so that none of its props and targets reach the project.</param>
    /// <param name="model">Folder of the model.</param>
    /// <param name="texts">Items of texts, as Include takes them: files and wildcards, separated by semicolons.</param>
    /// <param name="outPath">The statistics file.</param>
    /// <param name="context">Tokens a row.</param>
    /// <param name="stop">Ends the build.</param>
    public static async Task<Dotnet.Result> MeasureAsync(string folder, string model, string texts, string outPath, int context, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var project = new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup", new XElement("TargetFramework", "net10.0")),
            new XElement("UsingTask", new XAttribute("TaskName", "LapeOps.MSBuild.Tasks.MeasureLapeActivation"), new XAttribute("AssemblyFile", RepositoryFiles.Tasks),
                new XAttribute("Runtime", "NET"), new XAttribute("TaskFactory", "TaskHostFactory")),
            new XElement("Target", new XAttribute("Name", "Measure"),
                new XElement("ItemGroup", new XElement("Text", new XAttribute("Include", texts))),
                new XElement("MeasureLapeActivation", new XAttribute("Model", model), new XAttribute("Corpus", "@(Text)"),
                    new XAttribute("OutPath", outPath), new XAttribute("Context", context), new XAttribute("Sums", true))));
        var path = Path.Combine(folder, "Outside.csproj");
        await File.WriteAllTextAsync(path, project.ToString(), stop);
        return await Dotnet.RunAsync(["msbuild", path, "-t:Measure", "-nologo", "-nodeReuse:false", "-tl:off"], folder, stop);
    }
}
