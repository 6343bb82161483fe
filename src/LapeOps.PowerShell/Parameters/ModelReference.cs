using System.Management.Automation;
using LapeOps.PowerShell.Objects;

namespace LapeOps.PowerShell.Parameters;

/// <summary>
/// A model as a parameter: an open one, or the path of a folder. Wrapping opens nothing, since PowerShell runs transformations while it
/// still tries parameter sets.
/// </summary>
public sealed class ModelReference
{
    internal ModelReference(LapeModel model)
    {
        Model = model;
    }

    internal ModelReference(string path)
    {
        Path = path;
    }

    internal LapeModel? Model { get; }

    internal string? Path { get; }
}

/// <summary>Takes an open model or a path for a <see cref="ModelReference"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ModelTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData.Unwrapped() switch
        {
            LapeModel model => new ModelReference(model),
            string path => new ModelReference(path),
            FileSystemInfo folder => new ModelReference(folder.FullName),
            _ => inputData,
        };
}
