using System.Management.Automation;

namespace LapeOps.PowerShell.Parameters;

/// <summary>Cmdlets that read files or folders, one after another: an error in one does not end the others.</summary>
public abstract class PathCmdlet : ModelCmdlet
{
    /// <summary>Folders of models, or files of masks or statistics; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = nameof(Path))]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Folders of models, or files of masks or statistics, taken as they are written.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = nameof(LiteralPath))]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Whether one could not be found or read.</summary>
    private protected bool Failed { get; private set; }

    /// <summary>Reads one.</summary>
    private protected abstract void Read(string path);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var literal = ParameterSetName == nameof(LiteralPath);
        foreach (var path in literal ? LiteralPath : Path)
            Try(path, () =>
            {
                foreach (var found in Resolve(path, literal))
                    Try(found, () => Read(found));
            });
    }

    private void Try(string path, Action action)
    {
        if (!Guard(path, terminating: false, action))
            Failed = true;
    }
}
