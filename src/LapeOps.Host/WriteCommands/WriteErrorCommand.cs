using System.Management.Automation;

namespace LapeOps.Host;

/// <summary>Write-Error: reports an error after which the script goes on, unless its preference says otherwise.</summary>
[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "Message")]
public sealed class WriteErrorCommand : PSCmdlet
{
    /// <summary>What is wrong.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Message")]
    [AllowEmptyString]
    public string Message { get; set; } = "";

    /// <summary>An error that was caught, to be reported.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ErrorRecord")]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <summary>The kind of error.</summary>
    [Parameter(ParameterSetName = "Message")]
    public ErrorCategory Category { get; set; }

    /// <summary>A stable identifier of the error.</summary>
    [Parameter(ParameterSetName = "Message")]
    public string ErrorId { get; set; } = "Microsoft.PowerShell.Commands.WriteErrorException";

    /// <summary>What was being worked on.</summary>
    [Parameter(ParameterSetName = "Message")]
    public object? TargetObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteError(ErrorRecord ?? new ErrorRecord(new RuntimeException(Message), ErrorId, Category, TargetObject));
}
