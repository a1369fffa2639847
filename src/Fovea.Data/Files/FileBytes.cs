using Fovea.Files;

namespace Fovea.Data;

/// <summary>Reads whole files; what the file system throws becomes <see cref="DataFormatException"/>.</summary>
internal static class FileBytes
{
    /// <summary>The largest file taken: bigger ones would not fit the memory limits of the readers anyway.</summary>
    public const long LargestFile = 1L << 30;

    /// <summary>All bytes of a file.</summary>
    public static byte[] Read(string path) =>
        Guard(
            path,
            () =>
            {
                using FileStream stream = new(
                    path,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.Read,
                    1,
                    FileOptions.SequentialScan
                );
                if (stream.Length > LargestFile)
                {
                    throw DataFormatException.In(
                        path,
                        $"files may have up to {LargestFile} bytes, this one has {stream.Length}."
                    );
                }

                byte[] bytes = new byte[stream.Length];
                int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                return read == bytes.Length
                    ? bytes
                    : throw DataFormatException.In(path, $"ends after {read} of {bytes.Length} bytes.");
            }
        );

    /// <summary>Number of bytes of a file.</summary>
    public static long Length(string path) => Guard(path, () => new FileInfo(path).Length);

    /// <summary>Opens a file to be read at any place.</summary>
    public static T Open<T>(string path, Func<ByteSource, T> read) =>
        Guard(
            path,
            () =>
            {
                using ByteSource source = ByteSource.Open(path);
                return read(source);
            }
        );

    /// <summary>The first bytes of a file, as many as there are up to a number.</summary>
    public static byte[] Head(string path, int count) =>
        Guard(
            path,
            () =>
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
                byte[] head = new byte[count];
                return head[..stream.ReadAtLeast(head, count, throwOnEndOfStream: false)];
            }
        );

    /// <summary>The files of a folder, in ordinal order of their names.</summary>
    public static string[] List(string folder) =>
        Guard(
            folder,
            () =>
            {
                string[] files = Directory.GetFiles(folder);
                Array.Sort(files, StringComparer.Ordinal);
                return files;
            }
        );

    /// <summary>What is in a folder, in no particular order.</summary>
    public static FileSystemInfo[] Entries(string folder) =>
        Guard(folder, () => new DirectoryInfo(folder).GetFileSystemInfos());

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (InvalidDataException e)
        {
            throw new DataFormatException(e.Message, e); // names the file and the place
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw DataFormatException.In(path, "does not exist.", e);
        }
        catch (Exception e)
            when (e
                    is (IOException and not DataFormatException)
                        or UnauthorizedAccessException
                        or ArgumentException
                        or NotSupportedException
            )
        {
            throw DataFormatException.In(path, $"cannot be read: {e.Message}", e);
        }
    }
}
