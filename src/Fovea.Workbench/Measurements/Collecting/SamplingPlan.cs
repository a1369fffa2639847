namespace Fovea.Workbench;

/// <summary>How much evidence a run collects.</summary>
public enum WatchLevel
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Losses, norms, and signals once in 256 updates: below 1 % of a step's time. No probes are tried.</summary>
    Light,

    /// <summary>All, signals once in 32 updates and from 512 on once in 64. Below 5 % of the time of a long run; more of the
    /// first hundreds of updates, which are looked at more often.</summary>
    Full,
}

/// <summary>In which updates signals and parameters are measured. Decided by the number of the update alone, so that a run
/// that is continued measures the same ones.</summary>
/// <remarks>Densely at first, where first values and rates show; then ever more rarely, so that 10^6 updates give about 3000
/// lines.</remarks>
internal static class SamplingPlan
{
    /// <summary>Whether an update is measured.</summary>
    /// <param name="level">How much is collected.</param>
    /// <param name="update">Its number, from 0.</param>
    public static bool Includes(WatchLevel level, long update) =>
        level switch
        {
            WatchLevel.Off => false,
            WatchLevel.Light => update is 0 or 16 || (update > 0 && update % Math.Max(256, Spacing(update)) == 0),
            _ => update < 8 || update % Spacing(update) == 0,
        };

    private static long Spacing(long update) =>
        update < 64 ? 8
        : update < 128 ? 16
        : update < 512 ? 32
        : update < 32768 ? 64
        : 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)update) - 9);
}
