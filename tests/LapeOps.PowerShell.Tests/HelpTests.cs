using System.Management.Automation;
using LapeOps.Tests.Shared;

namespace LapeOps.PowerShell.Tests;

/// <summary>Get-Help has a text for every cmdlet and parameter, and examples that work as they are written.</summary>
public sealed class HelpTests(ModuleFixture module) : IDisposable
{
    private readonly Session _session = module.Open();

    public void Dispose() => _session.Dispose();

    public static TheoryData<string> Cmdlets() => [.. CommandLines.Cmdlets];

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_has_synopsis_and_description(string cmdlet)
    {
        var help = Help(cmdlet);
        Assert.NotEmpty(help.Text("Synopsis")!.Trim());
        Assert.NotEqual(cmdlet, help.Text("Synopsis")!.Trim());
        Assert.NotEmpty(TextOf(help.Properties["description"]?.Value));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_parameter_has_a_text(string cmdlet)
    {
        var described = Items(Help(cmdlet).Get<PSObject>("parameters").Properties["parameter"]?.Value)
            .Where(p => TextOf(p.Properties["description"]?.Value).Length > 0).Select(p => p.Text("name"));
        var parameters = new CommandLines(_session).Command(cmdlet)!.Parameters.Keys.Except(Cmdlet.CommonParameters).Except(Cmdlet.OptionalCommonParameters);
        Assert.Empty(parameters.Except(described));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Two_examples_parse_and_use_what_there_is(string cmdlet)
    {
        var examples = Items(Help(cmdlet).Get<PSObject>("examples").Properties["example"]?.Value).ToArray();
        Assert.True(examples.Length >= 2, $"{cmdlet} has {examples.Length} examples");
        var lines = new CommandLines(_session);
        foreach (var example in examples)
        {
            Assert.Contains(cmdlet, example.Text("code"), StringComparison.Ordinal);
            Assert.Empty(lines.Errors(example.Text("code")!));
            Assert.NotEmpty(TextOf(example.Properties["remarks"]?.Value));
        }
    }

    private PSObject Help(string cmdlet)
    {
        Assert.True(File.Exists(Path.Combine(RepositoryFiles.Module, "en-US", "LapeOps.PowerShell.dll-Help.xml")), "The module has no help file.");
        return _session.Run("Get-Help $name -Full", ("name", cmdlet)).Single();
    }

    // A single paragraph or item is not in an array.
    private static IEnumerable<PSObject> Items(object? value) => LanguagePrimitives.GetEnumerable(value)?.Cast<object>().Select(PSObject.AsPSObject)
        ?? (value is null ? [] : [PSObject.AsPSObject(value)]);

    private static string TextOf(object? paragraphs) => string.Concat(Items(paragraphs).Select(p => p.Text("Text"))).Trim();
}
