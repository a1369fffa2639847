using System.Net;

namespace Fovea.Data.Tests;

/// <summary>Serves files from memory on the loopback address, as bad servers do too.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public FileServer()
    {
        for (int attempt = 0; ; attempt++)
        {
            int port = 20_000 + Random.Shared.Next(30_000);
            Address = new Uri($"http://127.0.0.1:{port}/sets/");
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 20) { }
        }

        _loop = Task.Run(LoopAsync);
    }

    public Uri Address { get; }

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Where each request began: the first byte that it asked for.</summary>
    public List<long> Asked { get; } = [];

    public bool HasRanges { get; set; } = true;

    /// <summary>After how many bytes the connection breaks, once each; empty for never.</summary>
    public Queue<int> Breaks { get; } = new();

    public void Dispose()
    {
        _listener.Abort();
        _loop.Wait();
    }

    private async Task LoopAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                Answer(context.Request, context.Response);
            }
            catch (Exception e)
                when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // the test has ended, or the client has
            }
        }
    }

    private void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string? range = request.Headers["Range"];
        int first = range is null ? 0 : int.Parse(range["bytes=".Length..^1]);
        Asked.Add(first);
        if (!Files.TryGetValue(request.Url!.Segments[^1], out byte[]? bytes))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }

        if (HasRanges && first >= bytes.Length)
        {
            response.StatusCode = 416;
            response.Close();
            return;
        }

        first = HasRanges ? first : 0;
        if (first > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {first}-{bytes.Length - 1}/{bytes.Length}";
        }

        response.ContentLength64 = bytes.Length - first;
        int count = Breaks.TryDequeue(out int limit) ? Math.Min(limit, bytes.Length - first) : bytes.Length - first;
        response.OutputStream.Write(bytes, first, count);
        if (count < bytes.Length - first)
        {
            response.OutputStream.Flush();
            response.Abort();
        }
        else
        {
            response.Close();
        }
    }
}
