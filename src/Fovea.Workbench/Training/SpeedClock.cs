namespace Fovea.Workbench;

/// <summary>Measures speed, and predicts the time left.</summary>
internal sealed class SpeedClock(TimeProvider time, double secondsBefore)
{
    private readonly long _start = time.GetTimestamp();
    private long _items;

    /// <summary>Seconds of training, earlier parts of an interrupted run included.</summary>
    public double Seconds => secondsBefore + time.GetElapsedTime(_start).TotalSeconds;

    public double ItemsPerSecond => _items / Math.Max(1e-9, time.GetElapsedTime(_start).TotalSeconds);

    public void Count(int items) => _items += items;

    public TimeSpan TimeFor(long items) =>
        _items == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(items / ItemsPerSecond, 1e8));
}
