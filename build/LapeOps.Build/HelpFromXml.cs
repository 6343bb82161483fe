using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;

namespace LapeOps.Build;

/// <summary>
/// Makes help for Get-Help (MAML) from the XML comments of cmdlet classes: the summary is the synopsis; its paras and the remarks are the
/// description; a property's summary is its parameter's text; an example is a code element and paras; returns describes the output.
/// </summary>
public static class Help
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Writes the help of an assembly's cmdlets to <c>NAME.dll-Help.xml</c>; leaves a file alone that is already so.</summary>
    /// <param name="cmdletAssembly">The assembly; its attributes are read, none of its code runs.</param>
    /// <param name="xmlDocumentation">The file of XML comments that the compiler made with it.</param>
    /// <param name="outputFolder">The folder of the culture, <c>en-US</c>.</param>
    public static void Write(string cmdletAssembly, string xmlDocumentation, string outputFolder)
    {
        var path = Path.GetFullPath(cmdletAssembly);
        var context = new AssemblyLoadContext("help", isCollectible: true);
        var resolver = new AssemblyDependencyResolver(path);
        context.Resolving += (c, name) => resolver.ResolveAssemblyToPath(name) is { } found ? c.LoadFromAssemblyPath(found) : null;
        var comments = new HelpComments(xmlDocumentation);
        var cmdlets = context.LoadFromAssemblyPath(path).GetTypes().Where(t => !t.IsAbstract && t.Data("Cmdlet").Any());
        var help = new XElement(Msh + "helpItems", new XAttribute("schema", "maml"),
            cmdlets.OrderBy(t => t.FullName, StringComparer.Ordinal).Select(t => Cmdlet(t, t.Data("Cmdlet").Single(), comments)));
        WriteIfChanged(Path.Combine(outputFolder, Path.GetFileName(path) + "-Help.xml"), help);
        context.Unload();
    }

    private static XElement Cmdlet(Type type, CustomAttributeData cmdlet, HelpComments comments)
    {
        var (verb, noun) = ($"{cmdlet.ConstructorArguments[0].Value}", $"{cmdlet.ConstructorArguments[1].Value}");
        var parameters = HelpParameter.Of(type, cmdlet, comments).ToList();
        return new XElement(Command + "command", new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command), new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details", new XElement(Command + "name", $"{verb}-{noun}"), new XElement(Command + "verb", verb),
                new XElement(Command + "noun", noun), Description([comments.Synopsis(type)])),
            Description(comments.Description(type)),
            new XElement(Command + "syntax", Sets(cmdlet, parameters).Select(set => new XElement(Command + "syntaxItem",
                new XElement(Maml + "name", $"{verb}-{noun}"),
                parameters.Select(p => (p, use: p.Use(set))).Where(x => x.use is not null).OrderBy(x => x.use!.Rank)
                    .Select(x => Parameter(x.p, x.use!, inSyntax: true))))),
            new XElement(Command + "parameters",
                parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => Parameter(p, p.Uses[0], inSyntax: false))),
            new XElement(Command + "inputTypes",
                parameters.Where(p => p.Uses.Any(u => u.ByValue)).Select(p => Typed("inputType", p.Type, [p.Text]))),
            new XElement(Command + "returnValues", type.Data("OutputType").SelectMany(d => d.Values()).Select(v =>
                Typed("returnValue", v is Type t ? t.Name : $"{v}", comments.Returns(type)))),
            new XElement(Command + "examples", comments.Examples(type).Select((example, i) => new XElement(Command + "example",
                new XElement(Maml + "title", $"-------------------------- Example {i + 1} --------------------------"),
                new XElement(Dev + "code", example.Code), new XElement(Dev + "remarks", example.Remarks.Select(Para))))));
    }

    private static IEnumerable<string> Sets(CustomAttributeData cmdlet, List<HelpParameter> parameters)
    {
        var first = cmdlet.Named("DefaultParameterSetName");
        var sets = parameters.SelectMany(p => p.Uses).Select(u => u.Set).Where(s => s != ParameterUse.AllSets).Distinct();
        return sets.OrderBy(s => !s.Equals(first)).DefaultIfEmpty(ParameterUse.AllSets);
    }

    private static XElement Parameter(HelpParameter parameter, ParameterUse use, bool inSyntax)
    {
        var isSwitch = parameter.Type == "SwitchParameter";
        return new XElement(Command + "parameter", new XAttribute("required", use.Mandatory),
            new XAttribute("variableLength", parameter.Type.EndsWith(']')), new XAttribute("globbing", parameter.Wildcards),
            new XAttribute("pipelineInput", use.PipelineInput), new XAttribute("position", use.Position?.ToString() ?? "named"),
            new XAttribute("aliases", string.Join(", ", parameter.Aliases.DefaultIfEmpty("none"))),
            new XElement(Maml + "name", parameter.Name), Description([parameter.Text]),
            isSwitch && inSyntax ? null : new XElement(Command + "parameterValue", new XAttribute("required", !isSwitch), parameter.Type),
            new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type)),
            new XElement(Dev + "defaultValue", parameter.Default ?? (isSwitch ? "False" : "None")));
    }

    private static XElement Typed(string kind, string type, IEnumerable<string> text) =>
        new(Command + kind, new XElement(Dev + "type", new XElement(Maml + "name", type)), Description(text));

    private static XElement Description(IEnumerable<string> paras) => new(Maml + "description", paras.Select(Para));

    private static XElement Para(string text) => new(Maml + "para", text);

    private static void WriteIfChanged(string path, XElement root)
    {
        var text = $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root}\n".ReplaceLineEndings("\n");
        if (File.Exists(path) && File.ReadAllText(path) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
