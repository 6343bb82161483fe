using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LapeOps.Tests.Shared;
using Shell = System.Management.Automation.PowerShell;

namespace LapeOps.PowerShell.Tests;

/// <summary>A runspace that has imported the published module, as a user's PowerShell does.</summary>
internal sealed class Session : IDisposable
{
    public Session()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        Host = new CapturingHost();
        Runspace = RunspaceFactory.CreateRunspace(Host, state);
        Runspace.Open();
        Set("demo", RepositoryFiles.Demo);
        Set("texts", RepositoryFiles.Texts);
        Run("Import-Module $module", ("module", RepositoryFiles.Module)).Clean();
    }

    public CapturingHost Host { get; }

    public Runspace Runspace { get; }

    /// <summary>Sets a variable of the session.</summary>
    public void Set(string name, object? value) => Runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Goes to a folder; the engine's own cmdlets have no Set-Location.</summary>
    public void Go(string folder) => Runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));

    /// <summary>Runs a script as a line at the prompt: whatever ends it early is in the outcome's errors.</summary>
    public Outcome Run(string script, params (string Name, object? Value)[] variables)
    {
        foreach (var (name, value) in variables)
            Set(name, value);
        using var shell = Shell.Create(Runspace);
        shell.AddScript(script);
        var output = new PSDataCollection<PSObject>();
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException e)
        {
            return new Outcome([.. output], [.. shell.Streams.Error, e.ErrorRecord], [.. shell.Streams.Warning], Ended: true);
        }
        return new Outcome([.. output], [.. shell.Streams.Error], [.. shell.Streams.Warning], Ended: false);
    }

    public void Dispose() => Runspace.Dispose();
}

/// <summary>What a script wrote.</summary>
/// <param name="Output">Objects.</param>
/// <param name="Errors">Errors, the terminating one last.</param>
/// <param name="Warnings">Warnings.</param>
/// <param name="Ended">Whether a terminating error ended the script.</param>
internal sealed record Outcome(IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<WarningRecord> Warnings, bool Ended)
{
    /// <summary>The objects, where there was no error.</summary>
    public IReadOnlyList<PSObject> Clean()
    {
        Assert.True(Errors.Count == 0 && !Ended, string.Join(Environment.NewLine, Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}")));
        return Output;
    }

    /// <summary>The only object, where there was no error.</summary>
    public PSObject Single() => Assert.Single(Clean());

    /// <summary>The only error's message, after its stable id was checked.</summary>
    public string Fails(string errorId)
    {
        var error = Assert.Single(Errors);
        Assert.Equal(errorId, error.FullyQualifiedErrorId.Split(',')[0]);
        return error.Exception.Message;
    }
}

/// <summary>Reads the module's objects, whose types tests cannot name.</summary>
internal static class Reading
{
    /// <summary>A property's value, converted as PowerShell does.</summary>
    public static T Get<T>(this PSObject item, string property)
    {
        var value = item.Properties[property] ?? throw new ArgumentException($"{item.TypeNames[0]} has no {property}.");
        return (T)LanguagePrimitives.ConvertTo(value.Value, typeof(T), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    /// <summary>A property's value as text; null for null.</summary>
    public static string? Text(this PSObject item, string property) => item.Properties[property]?.Value?.ToString();

    /// <summary>The items of a list, as text.</summary>
    public static string[] List(this PSObject item, string property) =>
        [.. LanguagePrimitives.GetEnumerable(item.Properties[property].Value).Cast<object>().Select(i => i.ToString()!)];

    /// <summary>Layer, neuron and languages of neurons, to compare.</summary>
    public static string[] Neurons(this IEnumerable<PSObject> items) =>
        [.. items.Select(n => $"{n.Text("Layer")}:{n.Text("Neuron")} {string.Join(';', n.List("Languages"))}")];
}
