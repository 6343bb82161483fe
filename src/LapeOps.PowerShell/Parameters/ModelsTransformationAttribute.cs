using System.Collections;
using System.Management.Automation;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Takes open models and paths, one or several, for <see cref="ModelReference"/>s.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ModelsTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly ModelTransformationAttribute One = new();

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData.Unwrapped() switch
        {
            string path => One.Transform(engineIntrinsics, path),
            IEnumerable items => items.Cast<object>().Select(item => One.Transform(engineIntrinsics, item)).ToArray(),
            var single => One.Transform(engineIntrinsics, single!),
        };
}
