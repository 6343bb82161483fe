using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LapeOps.Tests.Shared;

/// <summary>A NuGet feed of version 3 on loopback, which cuts connections, forgets ranges or hangs when it is told to.</summary>
internal sealed class FeedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, byte[]> _resources = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();

    public FeedServer()
    {
        _listener.Start();
        Root = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        Put("/v3/index.json", new
        {
            version = "3.0.0",
            resources = new[]
            {
                new Dictionary<string, string> { ["@id"] = $"{Root}/files", ["@type"] = "PackageBaseAddress/3.0.0" },
                new Dictionary<string, string> { ["@id"] = $"{Root}/registration/", ["@type"] = "RegistrationsBaseUrl/3.6.0" },
            },
        });
        _ = Accept();
    }

    public string Root { get; }

    public string Index => $"{Root}/v3/index.json";

    /// <summary>After how many bytes of a package's body the connection is cut, one number a request, for as many requests as there are numbers.</summary>
    public ConcurrentQueue<int> Cuts { get; } = new();

    /// <summary>Whether parts of files are sent.</summary>
    public bool Ranges { get; set; } = true;

    /// <summary>Whether packages are refused after the cuts, by closing the connection.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether a cut is a silence.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether the catalog lists what is in a package.</summary>
    public bool ListsFiles { get; set; } = true;

    /// <summary>Packages that were asked for, each with the first byte.</summary>
    public IReadOnlyList<string> Downloads => [.. _requests.Where(r => r.StartsWith("GET ", StringComparison.Ordinal) && r.Contains(".nupkg", StringComparison.Ordinal)).Select(r => r[(r.LastIndexOf('/') + 1)..])];

    /// <summary>Forgets what was asked for.</summary>
    public void Forget() => _requests.Clear();

    /// <summary>Serves a package; <paramref name="hash"/> is what the feed says of it, where that is not so.</summary>
    public void Add(TestPackage package, string? hash = null)
    {
        var (id, version) = (package.Id, package.Version);
        Put($"/registration/{id}/{version}.json", new { catalogEntry = $"{Root}/catalog/{id}.{version}.json" });
        Put($"/catalog/{id}.{version}.json", new
        {
            packageHash = hash ?? Convert.ToBase64String(SHA512.HashData(package.Bytes)),
            packageHashAlgorithm = "SHA512",
            packageSize = package.Bytes.Length,
            packageEntries = ListsFiles ? package.Files.Select(f => new { fullName = f.Path, length = f.Bytes.Length }) : null,
        });
        _resources[$"/files/{id}/{version}/{id}.nuspec"] = Encoding.UTF8.GetBytes(package.Nuspec);
        _resources[$"/files/{id}/{version}/{package.FileName}"] = package.Bytes;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
    }

    private void Put(string path, object content) => _resources[path] = JsonSerializer.SerializeToUtf8Bytes(content);

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Answer(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task Answer(TcpClient client)
    {
        using (client)
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, false, 4096, leaveOpen: true);
                var line = await reader.ReadLineAsync(_stop.Token) ?? "";
                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                    headers[header[..header.IndexOf(':')]] = header[(header.IndexOf(':') + 1)..].Trim();
                await Answer(stream, line.Split(' ')[0], line.Split(' ')[1], headers);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client went away.
            }
    }

    private async Task Answer(NetworkStream stream, string method, string path, Dictionary<string, string> headers)
    {
        var isPackage = path.EndsWith(".nupkg", StringComparison.Ordinal);
        if (!_resources.TryGetValue(path, out var body))
        {
            _requests.Enqueue($"{method} {path}");
            await Send(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        var tag = $"\"{Convert.ToHexString(SHA256.HashData(body))[..8]}\"";
        var from = Ranges && headers.TryGetValue("Range", out var range) && (!headers.TryGetValue("If-Range", out var known) || known == tag)
            ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
        _requests.Enqueue($"{method} {path} {from}");
        var cut = int.MaxValue;
        if (isPackage && method == "GET" && !Cuts.TryDequeue(out cut))
        {
            if (Refuses)
                return;
            cut = int.MaxValue;
        }
        await Send(stream, (from > 0 ? $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{body.Length - 1}/{body.Length}\r\n" : "HTTP/1.1 200 OK\r\n")
            + $"ETag: {tag}\r\nContent-Length: {body.Length - from}\r\nConnection: close\r\n\r\n");
        if (method == "HEAD")
            return;
        await stream.WriteAsync(body.AsMemory(from, Math.Min(cut, body.Length - from)), _stop.Token);
        if (Hangs && cut < body.Length - from)
            await Task.Delay(Timeout.Infinite, _stop.Token);
    }

    private static async Task Send(NetworkStream stream, string head) => await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
}
