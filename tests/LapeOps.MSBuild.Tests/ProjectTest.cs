using LapeOps.MSBuild.Tests.Projects;

namespace LapeOps.MSBuild.Tests;

/// <summary>Tests that build projects outside the repository, each in a folder of its own.</summary>
public abstract class ProjectTest(PackedTasks packed) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("lapeops-masks-").FullName;

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected PackedTasks Packed => packed;

    private protected string In(string name) => Path.Combine(_root, name);

    private protected MaskProject NewProject(string name = "project") => new(packed, In(name));
}
