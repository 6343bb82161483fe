using System.Net;
using System.Net.Http.Headers;

namespace LapeOps.Packages;

/// <summary>HTTP as a feed of packages needs it: cut connections are tried again, and downloads go on where they ended.</summary>
internal sealed class FeedClient : IDisposable
{
    private const int MostTextBytes = 16 << 20;

    // Before each further try, where the one before brought nothing new.
    private static readonly TimeSpan[] Waits = [.. new[] { 0.5, 1, 2, 4 }.Select(TimeSpan.FromSeconds)];

    // The longest time without a byte.
    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(1);

    // Registrations come compressed; a package's bytes are counted and hashed as they are.
    private readonly HttpClient _texts = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { MaxResponseContentBufferSize = MostTextBytes, Timeout = Stall };
    private readonly HttpClient _files = new(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose()
    {
        _texts.Dispose();
        _files.Dispose();
    }

    /// <summary>A small resource; null where the server has none.</summary>
    /// <exception cref="LapeException">DownloadFailed.</exception>
    public Task<byte[]?> Get(Uri url, CancellationToken stop) => Try(url, () => 0, async () =>
    {
        using var response = await _texts.GetAsync(url, stop);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        Require(response, url);
        return await response.Content.ReadAsByteArrayAsync(stop);
    }, stop);

    /// <summary>Bytes of a resource; null where the server does not tell.</summary>
    /// <exception cref="LapeException">PackageNotFound; DownloadFailed.</exception>
    public Task<long?> Length(Uri url, CancellationToken stop) => Try(url, () => 0, async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        using var response = await _texts.SendAsync(request, stop);
        if (response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
            return null;
        Require(response, url);
        return response.Content.Headers.ContentLength;
    }, stop);

    /// <summary>Downloads into a file; what it has already is not asked for again, unless the server cannot give parts or has another file now.</summary>
    /// <param name="url">What.</param>
    /// <param name="part">The file, which stays when the download breaks.</param>
    /// <param name="has">Is told how many bytes the file has.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="LapeException">PackageNotFound; DownloadFailed.</exception>
    /// <exception cref="DiskException">The file cannot be written.</exception>
    public Task Download(Uri url, PartFile part, Action<long> has, CancellationToken stop) => Try(url, () => part.Length, async () =>
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(stop);
        stall.CancelAfter(Stall);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (part.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            if (part.Tag is { } tag && EntityTagHeaderValue.TryParse(tag, out var entity))
                request.Headers.IfRange = new RangeConditionHeaderValue(entity);
        }
        using var response = await _files.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            part.Delete();
            throw new HttpRequestException("The file at the server is shorter than what was downloaded of it.");
        }
        Require(response, url);
        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == part.Length;
        await using var file = part.Open(goesOn, response.Headers.ETag is { IsWeak: false } given ? given.ToString() : null);
        await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
        var block = new byte[1 << 17];
        int read;
        while ((read = await body.ReadAsync(block, stall.Token)) > 0)
        {
            stall.CancelAfter(Stall);
            DiskException.Guard(() => file.Write(block, 0, read));
            has(file.Length);
        }
        return true;
    }, stop);

    // Runs something until it ends well; a try that brought bytes begins the waits anew.
    private async Task<T> Try<T>(Uri url, Func<long> bytes, Func<Task<T>> once, CancellationToken stop)
    {
        for (var tries = 0; ; tries++)
        {
            var before = bytes();
            try
            {
                return await once();
            }
            catch (Exception e) when (IsCut(e) && !stop.IsCancellationRequested)
            {
                if (bytes() > before)
                    tries = 0;
                if (tries == Waits.Length)
                    throw new LapeException("DownloadFailed", $"{url} cannot be downloaded: {e.Message} {(bytes() > 0 ? $"{bytes():N0} bytes are kept: run the command again, and it goes on from there." : "Check the connection and the address, and run the command again.")}", e);
            }
            await Task.Delay(Waits[tries], stop);
        }
    }

    // A cancellation that nobody asked for is a time that ran out.
    private static bool IsCut(Exception e) => e is HttpRequestException or OperationCanceledException || (e is IOException and not DiskException);

    private static void Require(HttpResponseMessage response, Uri url)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return;
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            throw new LapeException("PackageNotFound", $"{url} is not there (HTTP {status}). Check -Source, or take a feed or a folder that has the package.");
        if (status < 500 && response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests))
            throw new LapeException("DownloadFailed", $"{url} is refused by its server (HTTP {status} {response.ReasonPhrase}). Where it wants credentials, download the packages with a program that has them and give their folder as -Source.");
        throw new HttpRequestException($"The server answered HTTP {status} {response.ReasonPhrase}.");
    }
}
