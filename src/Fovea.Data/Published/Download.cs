using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Fovea.Data;

/// <summary>Fetches files over HTTP, taking up what is there already, and compares their checksums.</summary>
/// <param name="set">The data set, for messages.</param>
/// <param name="from">The address below which the files are.</param>
internal sealed class Download(string set, Uri from) : IDisposable
{
    private const int Attempts = 4;
    private const int BufferBytes = 1 << 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new(
        new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20), MaxAutomaticRedirections = 5 }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan, // each answer and each stretch has its own
    };

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Fetches a file into a folder, unless it is there.</summary>
    /// <exception cref="DataFormatException">It cannot be reached, or has another checksum.</exception>
    public async Task GetAsync(
        PublishedFile file,
        string folder,
        IProgress<(string File, double Share)>? progress,
        CancellationToken cancel
    )
    {
        string path = Path.Combine(folder, file.Name),
            part = path + ".part";
        if (File.Exists(path))
        {
            Compare(file, path); // e.g. brought from another machine
            return;
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await FetchAsync(file, part, progress, cancel).ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (IsOfTheNetwork(e, cancel) && attempt < Attempts && e is not HttpRequestException)
            {
                // The connection broke: go on where it did.
            }
            catch (Exception e) when (IsOfTheNetwork(e, cancel))
            {
                throw Unreachable(file, part, folder, e);
            }
        }

        Compare(file, part);
        File.Move(part, path);
    }

    private static bool IsOfTheNetwork(Exception e, CancellationToken cancel) =>
        e is HttpRequestException or HttpIOException
        || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    private async Task FetchAsync(
        PublishedFile file,
        string part,
        IProgress<(string File, double Share)>? progress,
        CancellationToken cancel
    )
    {
        using FileStream target = new(part, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(from, file.Name));
        if (target.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
        }

        using HttpResponseMessage response = await _client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return; // all of it is there, or more: its checksum tells
        }

        if (!response.IsSuccessStatusCode)
        {
            throw DataFormatException.In(
                request.RequestUri!.AbsoluteUri,
                $"{set}: the server answers {(int)response.StatusCode} {response.ReasonPhrase}. Name another address with --mirror URL."
            );
        }

        bool goesOn =
            response.StatusCode == HttpStatusCode.PartialContent
            && response.Content.Headers.ContentRange?.From == target.Length;
        target.SetLength(goesOn ? target.Length : 0); // a server without ranges begins anew
        target.Position = target.Length;
        long? whole = response.Content.Headers.ContentLength + target.Length;
        using Stream content = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        while (true)
        {
            patience.CancelAfter(Patience);
            int got = await content.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
            if (got == 0)
            {
                break;
            }

            await target.WriteAsync(buffer.AsMemory(0, got), patience.Token).ConfigureAwait(false);
            if (target.Length > FileBytes.LargestFile)
            {
                target.SetLength(0);
                throw DataFormatException.In(
                    request.RequestUri!.AbsoluteUri,
                    $"{set}: the file has more than {FileBytes.LargestFile} bytes, so it is not the one that is wanted. Nothing was kept."
                );
            }

            progress?.Report((file.Name, whole is > 0 ? (double)target.Length / whole.Value : 0.0));
        }
    }

    private void Compare(PublishedFile file, string path)
    {
        string found;
        using (FileStream stream = File.OpenRead(path))
        {
#pragma warning disable CA5351 // the checksum that is published; it guards against damage, not against forgery
            found = Convert.ToHexStringLower(MD5.HashData(stream));
#pragma warning restore CA5351
        }

        if (found != file.Md5)
        {
            long bytes = new FileInfo(path).Length;
            File.Delete(path);
            throw DataFormatException.In(
                new Uri(from, file.Name).AbsoluteUri,
                $"{set}: the checksum (MD5) must be {file.Md5}, the {bytes.ToString(CultureInfo.InvariantCulture)} bytes that came have {found}. They were removed; try again, or name another address with --mirror URL."
            );
        }
    }

    private DataFormatException Unreachable(PublishedFile file, string part, string folder, Exception e)
    {
        long there = File.Exists(part) ? new FileInfo(part).Length : 0;
        string kept =
            there > 0
                ? $" {there.ToString(CultureInfo.InvariantCulture)} bytes are kept; the same command goes on behind them."
                : "";
        string reason =
            e is OperationCanceledException ? $"no answer in {Patience.TotalSeconds:F0} seconds" : e.Message;
        return DataFormatException.In(
            new Uri(from, file.Name).AbsoluteUri,
            $"{set} cannot be fetched: {reason.TrimEnd('.')}.{kept} Without a network, bring {file.Name} from elsewhere into {folder} and run the same command, or name another address with --mirror URL.",
            e
        );
    }
}
