using Fovea.Files;

namespace Fovea.Interop;

/// <summary>Opens files at the door: whatever goes wrong comes out as <see cref="ModelFormatException"/>.</summary>
internal static class ModelFiles
{
    /// <summary>Opens a file and reads it.</summary>
    public static T Open<T>(string path, Func<ByteSource, T> read) =>
        Guard(
            path,
            "read",
            () =>
            {
                using ByteSource source = ByteSource.Open(path);
                return read(source);
            }
        );

    /// <summary>Reads bytes in memory as a file.</summary>
    public static T Of<T>(ReadOnlyMemory<byte> bytes, string name, Func<ByteSource, T> read) =>
        Guard(name, "read", () => read(ByteSource.Of(bytes, name)));

    /// <summary>Does something with a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What is done, e.g. <c>read</c>.</param>
    /// <param name="action">Does it.</param>
    /// <exception cref="ModelFormatException">It fails.</exception>
    public static T Guard<T>(string path, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (InvalidDataException e)
        {
            throw new ModelFormatException(e.Message, e); // names the file and the place
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException($"{path}: the file or its folder does not exist.", e);
        }
        catch (Exception e)
            when (e
                    is (IOException and not ModelFormatException)
                        or UnauthorizedAccessException
                        or ArgumentException
                        or NotSupportedException
            )
        {
            throw new ModelFormatException($"{path}: the file cannot be {what}: {e.Message}", e);
        }
    }
}
