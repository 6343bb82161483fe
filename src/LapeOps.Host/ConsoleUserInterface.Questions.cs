using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace LapeOps.Host;

/// <content>Questions to the user: asked on a terminal, refused where nobody can answer.</content>
internal sealed partial class ConsoleUserInterface
{
    /// <inheritdoc/>
    public override string ReadLine()
    {
        if (Console.IsInputRedirected)
            throw new HostException("The script asks a question, and input is redirected: there is nobody to answer.");
        return Console.ReadLine() ?? throw new HostException("The terminal was closed while the script waited for an answer.");
    }

    /// <summary>Asks for parameters that were not given, one line each.</summary>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        var answers = new Dictionary<string, PSObject>();
        foreach (var name in descriptions.Select(d => d.Name))
        {
            if (Console.IsInputRedirected)
                throw new HostException($"No value was given for {name}, and input is redirected: there is nobody to ask.");
            Write($"{name}: ");
            answers[name] = ReadLine();
        }

        return answers;
    }

    /// <summary>Offers choices by their labels, whose letter after &amp; is enough for an answer.</summary>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var labels = choices.Select(c => c.Label.Replace("&", "", StringComparison.Ordinal)).ToList();
        var keys = choices.Select(c => Key(c.Label)).ToList();
        WriteLine(caption);
        WriteLine(message);
        while (true)
        {
            Write(string.Join("  ", keys.Zip(labels, (key, label) => $"[{key}] {label}")));
            Write(defaultChoice >= 0 ? $" (default is \"{keys[defaultChoice]}\"): " : ": ");
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            var choice = Math.Max(keys.FindIndex(k => Same(k, answer)), labels.FindIndex(l => Same(l, answer)));
            if (choice >= 0)
                return choice;
        }
    }

    /// <summary>Not offered.</summary>
    public override SecureString ReadLineAsSecureString() => throw new HostException("LapeOps.Host asks for no secrets.");

    /// <summary>Not offered.</summary>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new HostException("LapeOps.Host asks for no secrets.");

    /// <summary>Not offered.</summary>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes types, PSCredentialUIOptions options) =>
        throw new HostException("LapeOps.Host asks for no secrets.");

    private static string Key(string label) => label.IndexOf('&') is >= 0 and var i && i + 1 < label.Length ? label[i + 1].ToString() : label;

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.CurrentCultureIgnoreCase);
}
