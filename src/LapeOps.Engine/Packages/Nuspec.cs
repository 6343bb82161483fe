using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace LapeOps.Packages;

/// <summary>What a package says of itself.</summary>
/// <param name="Name">Its id and version.</param>
/// <param name="Dependencies">What it depends on, each with the lowest version that it takes.</param>
internal sealed partial record Nuspec(PackageName Name, IReadOnlyList<PackageName> Dependencies)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="LapeException">PackageInvalid, naming where it came from.</exception>
    public static Nuspec Read(Stream stream, string from)
    {
        try
        {
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 1 << 20 });
            var metadata = XDocument.Load(reader).Root?.Elements().FirstOrDefault(e => e.Name.LocalName == "metadata") ?? throw new XmlException("It has no metadata.");
            return new(new(Value("id"), Value("version")),
                [.. metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => new PackageName(Id($"{e.Attribute("id")?.Value}"), Lowest($"{e.Attribute("version")?.Value}"))).Distinct()]);

            string Value(string name) => metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value.Trim() ?? throw new XmlException($"It has no {name}.");
        }
        catch (XmlException e)
        {
            throw new LapeException("PackageInvalid", $"The nuspec of {from} cannot be read: {e.Message} Take the package from another source.", e);
        }
    }

    // It becomes a part of addresses and of file names.
    private static string Id(string text) => Ids().IsMatch(text) ? text : throw new XmlException($"'{text}' is no id of a package.");

    // "2.10.0" and "[2.10.0, )" both begin at 2.10.0.
    private static string Lowest(string range) => Version().Match(range).Value;

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*\z")]
    private static partial Regex Ids();

    [GeneratedRegex("[0-9][0-9A-Za-z.-]*")]
    private static partial Regex Version();
}
