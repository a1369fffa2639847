using System.Runtime.InteropServices;

namespace Fovea.Workbench;

/// <summary>The machine's own files.</summary>
public sealed partial class DiskFileSystem : IFileSystem
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int Attempts = 5;

    private DiskFileSystem() { }

    /// <summary>The one instance; it has no state.</summary>
    public static DiskFileSystem Instance { get; } = new();

    /// <inheritdoc/>
    public Stream Create(string path) =>
        new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);

    /// <inheritdoc/>
    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);

    /// <inheritdoc/>
    public void Flush(Stream stream)
    {
        if (stream is FileStream file)
        {
            file.Flush(flushToDisk: true);
        }
        else
        {
            ArgumentNullException.ThrowIfNull(stream);
            stream.Flush();
        }
    }

    /// <inheritdoc/>
    /// <remarks>On Windows a virus scanner may hold the file for a moment: five attempts, 50 ms longer apart each
    /// time.</remarks>
    public void Move(string source, string destination)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                File.Move(source, destination, overwrite: true);
                return;
            }
            catch (IOException e) when (e.HResult == SharingViolation && attempt < Attempts)
            {
                Thread.Sleep(50 * attempt);
            }
        }
    }

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals renames; there is no call for a folder
        }

        int descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException(
                $"{folder}: the folder cannot be opened to flush it (error {Marshal.GetLastPInvokeError()})."
            );
        }

        int result = Fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        const int NotSupported = 22; // EINVAL: some network file systems have no fsync of folders
        if (result != 0 && error != NotSupported)
        {
            throw new IOException($"{folder}: the folder cannot be flushed to the disk (error {error}).");
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> Files(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
