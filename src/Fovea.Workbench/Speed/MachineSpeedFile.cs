using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Fovea.Kernels;

namespace Fovea.Workbench;

/// <summary>Where the fastest that a machine was seen to do is kept between processes: a file in the user's cache folder, one
/// for each processor, vector width, number of threads and version. It is help, not truth: what cannot be read is measured
/// anew, what cannot be written is not kept.</summary>
/// <param name="folder">The folder; null where the user has none.</param>
/// <param name="processor">Name, family and model.</param>
/// <param name="bits">Vector width.</param>
/// <param name="threads">Threads.</param>
/// <param name="version">Of the library, whose loops are measured.</param>
internal sealed class MachineSpeedFile(string? folder, string processor, int bits, int threads, string version)
{
    private const int MostBytes = 65_536; // more was not written here
    private const double MostPlausible = 1e9;

    private static int _writes; // of this process: each has a name of its own, also where machines share the folder

    /// <summary>That of this process.</summary>
    public static MachineSpeedFile OfUser() =>
        new(
            FolderOf(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData,
                    Environment.SpecialFolderOption.DoNotVerify
                )
            ),
            CpuName.Text,
            CpuTier.Bits,
            WorkerPool.Threads,
            RunFolder.Version
        );

    /// <summary>The file; null where there is no folder.</summary>
    public string? FileName =>
        folder is null
            ? null
            : Path.Combine(
                folder,
                $"speed-{XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(Key)).ToString("x16", CultureInfo.InvariantCulture)}.json"
            );

    private string Key =>
        string.Create(CultureInfo.InvariantCulture, $"{processor}; {bits} bits; {threads} threads; {version}");

    /// <summary>The folder for an XDG_CACHE_HOME, which counts where it is a whole path (XDG Base Directory Specification), and
    /// the folder of a user's local data.</summary>
    public static string? FolderOf(string? cacheHome, string localData) =>
        Path.IsPathFullyQualified(cacheHome ?? "") ? Path.Combine(cacheHome!, "fovea")
        : localData.Length > 0 ? Path.Combine(localData, "fovea")
        : null;

    /// <summary>What the file holds; null where it is missing, damaged, or of another machine.</summary>
    public MachineSpeed? Read()
    {
        try
        {
            if (FileName is not { } path || !File.Exists(path) || new FileInfo(path).Length > MostBytes)
            {
                return null;
            }

            Content? content = RunJson.Indented.From<Content>(File.ReadAllText(path));
            return content?.Key == Key && content.Speed is { } speed && IsPlausible(speed) ? speed : null;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Measures, and keeps for each figure the greatest that was seen.</summary>
    /// <param name="measure">Measures.</param>
    public MachineSpeed Update(Func<MachineSpeed> measure)
    {
        MachineSpeed? kept = Read();
        MachineSpeed now = measure();
        MachineSpeed best = kept?.Or(now) ?? now;
        if (best != kept)
        {
            Write(best);
        }

        return best;
    }

    /// <summary>Writes beside the file and puts it in its place, so that nobody reads a half.</summary>
    private void Write(MachineSpeed speed)
    {
        if (FileName is not { } path)
        {
            return;
        }

        string temporary = string.Create(
            CultureInfo.InvariantCulture,
            $"{path}.{Environment.MachineName}.{Environment.ProcessId}.{Interlocked.Increment(ref _writes)}"
        );
        try
        {
            Directory.CreateDirectory(folder!);
            File.WriteAllText(temporary, RunJson.Indented.ToText(new Content(Key, speed)));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Remove(temporary);
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // it was not made, or stays: a file of no use in a folder for such files
        }
    }

    private bool IsPlausible(MachineSpeed s) =>
        s.Threads == threads
        && s.ThirdCacheGBs is >= 0 and < MostPlausible
        && new[] { s.PeakGflops, s.FirstCacheGBs, s.SecondCacheGBs, s.MemoryGBs }.All(v =>
            v is > 0 and < MostPlausible
        );

    /// <summary>What is in the file.</summary>
    /// <param name="Key">Of whom.</param>
    /// <param name="Speed">What was measured.</param>
    internal sealed record Content(string Key, MachineSpeed? Speed);
}
