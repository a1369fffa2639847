using System.Diagnostics;
using Fovea.Data;
using Fovea.Interop;

namespace Fovea.Mutants;

/// <summary>One reading of a damaged file, and what it took.</summary>
/// <param name="Thrown">What came out of it; null where the file was read.</param>
/// <param name="Seconds">The time.</param>
/// <param name="Bytes">Memory that was allocated on the way.</param>
/// <param name="Length">Bytes of the file.</param>
internal sealed record Reading(Exception? Thrown, double Seconds, long Bytes, long Length)
{
    private const double MostSeconds = 2.0;
    private const long MemoryBase = 64L << 20; // and four times the file

    /// <summary>Whether the file was refused as it should be.</summary>
    public bool IsRefused => Thrown is ModelFormatException or DataFormatException;

    /// <summary>What is wrong with it: another exception, or more memory than the file is worth; null where nothing
    /// is.</summary>
    public string? Fault =>
        Thrown is not null && !IsRefused ? Thrown.ToString()
        : Bytes > MemoryBase + (4 * Length) ? $"took {Bytes >> 20} MiB for {Length} bytes"
        : null;

    /// <summary>What is wrong with it, the time counted in.</summary>
    public string? FaultOrDelay => Fault ?? (Seconds > MostSeconds ? $"took {Seconds:F1} s" : null);

    /// <summary>Reads a file.</summary>
    public static Reading Of(Format format, string path)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(),
            start = Stopwatch.GetTimestamp();
        Exception? thrown = null;
        try
        {
            format.Read(path);
        }
#pragma warning disable CA1031 // whatever comes out is looked at
        catch (Exception e)
#pragma warning restore CA1031
        {
            thrown = e;
        }

        return new Reading(
            thrown,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            GC.GetAllocatedBytesForCurrentThread() - before,
            new FileInfo(path).Length
        );
    }
}
