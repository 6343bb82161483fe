using System.Text.Json;
using LapeOps.Formats;

namespace LapeOps.Packages;

/// <summary>A feed of NuGet's protocol, version 3 (learn.microsoft.com/nuget/api/overview).</summary>
internal sealed class PackageFeed : IPackageSource
{
    // More is a lie, and sums of it would overflow.
    private const long MostBytes = 1L << 42;

    private readonly FeedClient _client;
    private readonly Uri _index;
    private readonly Uri _content;
    private readonly Uri? _registrations;

    private PackageFeed(FeedClient client, Uri index, Uri content, Uri? registrations)
    {
        (_client, _index, _content, _registrations) = (client, index, content, registrations);
    }

    /// <summary>Reads the feed's index.</summary>
    /// <exception cref="LapeException">SourceInvalid; SourceInsecure; DownloadFailed.</exception>
    public static async Task<PackageFeed> Open(FeedClient client, Uri index, CancellationToken stop)
    {
        var bytes = await client.Get(index, stop) ?? throw new LapeException("SourceInvalid", $"{index} is not there (HTTP 404). Give the address of a feed's index.json, or the folder of the packages.");
        using var document = Parse(bytes, index);
        var resources = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("resources", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(r => (Type: Text(r, "@type"), Id: Text(r, "@id"))).ToArray() : [];
        var content = resources.FirstOrDefault(r => r.Type == "PackageBaseAddress/3.0.0").Id
            ?? throw new LapeException("SourceInvalid", $"{index} is no index of a NuGet feed of version 3: it names no PackageBaseAddress/3.0.0. Give the address of a feed's index.json, or the folder of the packages.");
        // Of several versions the last one has every package.
        var registrations = resources.Where(r => r.Type?.StartsWith("RegistrationsBaseUrl", StringComparison.Ordinal) == true).OrderBy(r => r.Type, StringComparer.Ordinal).LastOrDefault().Id;
        return new(client, index, Folder(content), registrations is null ? null : Folder(registrations));

        Uri Folder(string url) => Secure(url.TrimEnd('/') + "/", index);
    }

    public async Task<Nuspec> NuspecOf(PackageName package, CancellationToken stop)
    {
        var url = In(package, $"{package.Id.ToLowerInvariant()}.nuspec");
        var bytes = await _client.Get(url, stop) ?? throw new LapeException("PackageNotFound", $"{_index} has no {package} (HTTP 404 for {url}). Take another feed, or a folder that has the package.");
        return Nuspec.Read(new MemoryStream(bytes), url.ToString());
    }

    public async Task<PlannedPackage> Plan(PackageName package, Func<string, string?> placeOf, PackagePin? pin, CancellationToken stop)
    {
        var url = In(package, package.FileName);
        var bytes = await _client.Length(url, stop);
        if (pin is not null)
            return new(package, url, null, bytes ?? pin.Bytes, pin.WantedBytes, pin.Sha512);
        using var entry = await CatalogEntry(package, stop);
        if (entry is null)
            return new(package, url, null, bytes, null, null);
        var root = entry.RootElement;
        var hash = Text(root, "packageHashAlgorithm") is null or "SHA512" ? Text(root, "packageHash") : null;
        return new(package, url, null, bytes ?? Number(root, "packageSize"), WantedBytes(root, placeOf), hash);
    }

    // What the feed says of the file: its hash and, at nuget.org, what is in it. A leaf names it, or has it in itself.
    private async Task<JsonDocument?> CatalogEntry(PackageName package, CancellationToken stop)
    {
        if (_registrations is null)
            return null;
        var url = new Uri(_registrations, $"{package.Id.ToLowerInvariant()}/{package.Version.ToLowerInvariant()}.json");
        if (await _client.Get(url, stop) is not { } bytes)
            return null;
        using var leaf = Parse(bytes, url);
        if (leaf.RootElement.ValueKind != JsonValueKind.Object || !leaf.RootElement.TryGetProperty("catalogEntry", out var entry))
            return null;
        if (entry.ValueKind == JsonValueKind.Object)
            return JsonDocument.Parse(entry.GetRawText());
        var address = entry.ValueKind == JsonValueKind.String ? Secure(entry.GetString()!, _index) : null;
        return address is not null && await _client.Get(address, stop) is { } found ? RequireObject(Parse(found, address), address) : null;
    }

    private static long? WantedBytes(JsonElement entry, Func<string, string?> placeOf) =>
        entry.TryGetProperty("packageEntries", out var files) && files.ValueKind == JsonValueKind.Array
            ? files.EnumerateArray().Where(f => placeOf(Text(f, "fullName") ?? "") is not null).Sum(f => Number(f, "length") ?? 0)
            : null;

    private Uri In(PackageName package, string file) => new(_content, $"{package.Id.ToLowerInvariant()}/{package.Version.ToLowerInvariant()}/{file}");

    // Hashes that are pinned would hold without it; those that the feed tells, and what is read before, would not.
    private static Uri Secure(string url, Uri index) =>
        Uri.TryCreate(index, url, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && index.Scheme == Uri.UriSchemeHttp)) ? address
            : throw new LapeException("SourceInsecure", $"{index} leads to {url}, which is not https. Take another feed, or download the packages and give their folder as -Source.");

    private static JsonDocument Parse(byte[] bytes, Uri url)
    {
        try
        {
            return ForeignJson.Parse(bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes);
        }
        catch (JsonException e)
        {
            throw new LapeException("SourceInvalid", $"What {url} answers is no JSON: {e.Message} Give the address of a feed's index.json.", e);
        }
    }

    private static JsonDocument RequireObject(JsonDocument document, Uri url) => document.RootElement.ValueKind == JsonValueKind.Object ? document
        : throw new LapeException("SourceInvalid", $"What {url} answers is no catalog entry. Take another feed.");

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= 0 and < MostBytes ? number : null;
}
