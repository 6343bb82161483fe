using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace LapeOps.PowerShell.Tests;

/// <summary>A host without a console, which keeps what is written to it and the progress that is shown.</summary>
internal sealed class CapturingHost : PSHost
{
    private readonly Screen _screen = new();

    /// <summary>What was written to the host, in order.</summary>
    public string Written => _screen.Written;

    /// <summary>Progress in the order in which it was shown.</summary>
    public IReadOnlyList<ProgressRecord> Progress => _screen.Progress;

    /// <summary>Called on the pipeline's thread at each progress record.</summary>
    public Action<ProgressRecord>? OnProgress { set => _screen.OnProgress = value; }

    public override string Name => "LapeOps tests";
    public override Version Version { get; } = new(1, 0);
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override PSHostUserInterface UI => _screen;
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.GetCultureInfo("en-US");
    public override void EnterNestedPrompt() => throw new NotSupportedException();
    public override void ExitNestedPrompt() => throw new NotSupportedException();
    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class Screen : PSHostUserInterface
    {
        private readonly StringBuilder _text = new();
        private readonly List<ProgressRecord> _progress = [];

        public string Written => _text.ToString();
        public IReadOnlyList<ProgressRecord> Progress => _progress;
        public Action<ProgressRecord>? OnProgress { get; set; }
        public override PSHostRawUserInterface? RawUI => null;
        public override void Write(string value) => _text.Append(value);
        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);
        public override void WriteLine(string value) => _text.AppendLine(value);
        public override void WriteErrorLine(string value) => WriteLine(value);
        public override void WriteDebugLine(string message) => WriteLine(message);
        public override void WriteVerboseLine(string message) => WriteLine(message);
        public override void WriteWarningLine(string message) => WriteLine(message);

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
            _progress.Add(record);
            OnProgress?.Invoke(record);
        }

        public override string ReadLine() => throw new NotSupportedException();
        public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();
        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw new NotSupportedException();
        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw new NotSupportedException();
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
            PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();
    }
}
