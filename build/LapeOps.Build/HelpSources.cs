using System.Reflection;
using System.Xml.Linq;

namespace LapeOps.Build;

/// <summary>A parameter's part in one parameter set, from its attribute.</summary>
internal sealed record ParameterUse(string Set, bool Mandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    public const string AllSets = "__AllParameterSets";

    public static ParameterUse Of(CustomAttributeData data) => new(
        data.Named("ParameterSetName") as string ?? AllSets, data.Named("Mandatory") is true, data.Named("Position") as int?,
        data.Named("ValueFromPipeline") is true, data.Named("ValueFromPipelineByPropertyName") is true);

    // As PowerShell orders syntax: by position, then the mandatory ones, then the rest.
    public int Rank => Position ?? (Mandatory ? 1000 : 1001);

    public string PipelineInput => ByValue && ByPropertyName ? "True (ByPropertyName, ByValue)"
        : ByValue ? "True (ByValue)" : ByPropertyName ? "True (ByPropertyName)" : "False";
}

/// <summary>What help says of a parameter.</summary>
internal sealed record HelpParameter(
    string Name, string Type, string Text, ParameterUse[] Uses, string[] Aliases, bool Wildcards, string? Default)
{
    public ParameterUse? Use(string set) => Array.Find(Uses, u => u.Set == set) ?? Array.Find(Uses, u => u.Set == ParameterUse.AllSets);

    /// <summary>The parameters of a cmdlet as written: its own, those of base classes, those that PowerShell adds.</summary>
    public static IEnumerable<HelpParameter> Of(Type type, CustomAttributeData cmdlet, HelpComments comments)
    {
        var properties = type.GetProperties().Where(p => p.Data("Parameter").Any());
        foreach (var property in properties.OrderBy(p => p.DeclaringType != type).ThenBy(p => p.MetadataToken))
        {
            ParameterUse[] uses = [.. property.Data("Parameter").Select(ParameterUse.Of)];
            string[] aliases = [.. property.Data("Alias").SelectMany(d => d.Values()).OfType<string>()];
            var value = property.Data("PSDefaultValue").Select(d => $"{d.Named("Help") ?? d.Named("Value")}").FirstOrDefault();
            var name = (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType).Name;
            var wildcards = property.Data("SupportsWildcards").Any();
            yield return new(property.Name, name, comments.Synopsis(property), uses, aliases, wildcards, value);
        }

        if (cmdlet.Named("SupportsShouldProcess") is not true)
            yield break;
        ParameterUse everywhere = new(ParameterUse.AllSets, Mandatory: false, Position: null, ByValue: false, ByPropertyName: false);
        yield return new("WhatIf", "SwitchParameter", "Shows what would be done, and does nothing.", [everywhere], ["wi"], false, null);
        yield return new("Confirm", "SwitchParameter", "Asks before anything is done.", [everywhere], ["cf"], false, null);
    }
}

/// <summary>Attributes as data: the contract that cmdlets compile against has no code to run.</summary>
internal static class Metadata
{
    public static IEnumerable<CustomAttributeData> Data(this MemberInfo member, string attribute) =>
        member.GetCustomAttributesData().Where(a => a.AttributeType.FullName == $"System.Management.Automation.{attribute}Attribute");

    public static object? Named(this CustomAttributeData data, string name) =>
        data.NamedArguments.FirstOrDefault(a => a.MemberName == name).TypedValue.Value;

    public static IEnumerable<object?> Values(this CustomAttributeData data) => data.ConstructorArguments.SelectMany(a =>
        a.Value is IEnumerable<CustomAttributeTypedArgument> list ? list.Select(v => v.Value) : [a.Value]);
}

/// <summary>The XML comments of an assembly as plain text.</summary>
internal sealed class HelpComments(string path)
{
    private readonly Dictionary<string, XElement> _members =
        XDocument.Load(path, LoadOptions.PreserveWhitespace).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    public string Synopsis(MemberInfo member) => Of(member).Element("summary") is { } summary ? Loose(summary) : "";

    public IEnumerable<string> Description(Type type) => Of(type).Elements("summary").SelectMany(s => s.Elements("para").Select(Text))
        .Concat(Of(type).Elements("remarks").SelectMany(Paras)).DefaultIfEmpty(Synopsis(type));

    public IEnumerable<string> Returns(Type type) => Of(type).Elements("returns").SelectMany(Paras);

    public IEnumerable<(string Code, IEnumerable<string> Remarks)> Examples(Type type) =>
        Of(type).Elements("example").Select(e => (Code(e.Element("code")), Paras(e)));

    private XElement Of(MemberInfo member) => _members.GetValueOrDefault(
        member is Type type ? "T:" + Id(type) : $"P:{Id(member.DeclaringType!)}.{member.Name}") ?? new("member");

    private static string Id(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static IEnumerable<string> Paras(XElement element) =>
        element.Elements("para").Select(Text).Prepend(Loose(element)).Where(t => t.Length > 0);

    private static string Loose(XElement element) =>
        Text(new("loose", element.Nodes().Where(n => n is not XElement { Name.LocalName: "para" or "code" })));

    private static string Text(XElement element) =>
        string.Join(' ', Raw(element).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // An empty element is a reference (see, paramref): the last part of what it names.
    private static string Raw(XNode node) => node is XElement { IsEmpty: true, HasAttributes: true } link
        ? link.FirstAttribute!.Value.Split('.', ':')[^1]
        : node is XElement element ? string.Concat(element.Nodes().Select(Raw)) : (node as XText)?.Value ?? "";

    // Without the indentation that all lines share.
    private static string Code(XElement? code)
    {
        var lines = (code?.Value ?? "").Split('\n').SkipWhile(string.IsNullOrWhiteSpace).Select(l => l.TrimEnd()).ToList();
        var indent = lines.Where(l => l.Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : "")).TrimEnd();
    }
}
