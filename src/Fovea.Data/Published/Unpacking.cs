using System.Formats.Tar;
using System.IO.Compression;

namespace Fovea.Data;

/// <summary>Puts fetched files where they belong. Of an archive only plain files are taken, under their last name, so that
/// nothing can be written elsewhere.</summary>
internal static class Unpacking
{
    private const string Archive = ".tar.gz";
    private const long LargestFile = 256L << 20,
        LargestWhole = 1L << 30;
    private const int MostFiles = 100;

    /// <summary>Moves a file into a folder, or unpacks it there.</summary>
    /// <exception cref="DataFormatException">An archive is damaged, or has more than a data set needs.</exception>
    public static void Place(string path, string folder, CancellationToken cancel)
    {
        if (!path.EndsWith(Archive, StringComparison.Ordinal))
        {
            File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            return;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            using GZipStream bytes = new(file, CompressionMode.Decompress);
            using TarReader reader = new(bytes);
            Unpack(path, reader, folder, cancel);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw DataFormatException.In(path, $"the archive is damaged: {e.Message}", e);
        }
    }

    private static void Unpack(string path, TarReader reader, string folder, CancellationToken cancel)
    {
        long whole = 0;
        int count = 0;
        while (reader.GetNextEntry() is { } entry)
        {
            cancel.ThrowIfCancellationRequested();
            if (
                entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                || entry.DataStream is null
            )
            {
                continue; // folders; links and devices are nothing that a data set needs
            }

            string name = entry.Name.Split('/', '\\')[^1];
            whole += entry.Length;
            if (++count > MostFiles || entry.Length > LargestFile || whole > LargestWhole)
            {
                throw DataFormatException.In(
                    path,
                    $"the archive has more than a data set needs: up to {MostFiles} files of {LargestFile >> 20} MiB are unpacked, {LargestWhole >> 20} MiB in all."
                );
            }

            if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars()))
            {
                throw DataFormatException.In(
                    path,
                    $"the archive has a file without a name that can be used: '{entry.Name}'."
                );
            }

            using FileStream target = new(Path.Combine(folder, name), FileMode.CreateNew);
            entry.DataStream.CopyTo(target);
        }
    }
}
