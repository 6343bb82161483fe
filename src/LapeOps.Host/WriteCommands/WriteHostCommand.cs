using System.Collections;
using System.Management.Automation;

namespace LapeOps.Host;

/// <summary>Write-Host: text for the person at the console, on the information stream.</summary>
[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    /// <summary>What to write; lists are joined by the separator.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [Alias("Msg", "Message")]
    public object? Object { get; set; }

    /// <summary>Leave the line open.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>What stands between the elements of a list.</summary>
    [Parameter]
    public object Separator { get; set; } = " ";

    /// <summary>The colour of the text on a terminal.</summary>
    [Parameter]
    public ConsoleColor? ForegroundColor { get; set; }

    /// <summary>The colour behind the text on a terminal.</summary>
    [Parameter]
    public ConsoleColor? BackgroundColor { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Of two colours the engine takes grey on black for the one that is missing.
        var coloured = ForegroundColor is not null || BackgroundColor is not null;
        var message = new HostInformationMessage
        {
            Message = Text(Object),
            NoNewLine = NoNewline,
            ForegroundColor = coloured ? ForegroundColor ?? Host.UI.RawUI.ForegroundColor : null,
            BackgroundColor = coloured ? BackgroundColor ?? Host.UI.RawUI.BackgroundColor : null,
        };
        // The tag by which the engine knows that the record is shown whatever the preference.
        WriteInformation(message, ["PSHOST"]);
    }

    private string Text(object? value) => value switch
    {
        PSObject { BaseObject: not PSCustomObject } wrapped => Text(wrapped.BaseObject),
        IEnumerable list and not string and not IDictionary => string.Join(Separator.ToString(), list.Cast<object?>().Select(Text)),
        _ => LanguagePrimitives.ConvertTo<string>(value) ?? "",
    };
}
