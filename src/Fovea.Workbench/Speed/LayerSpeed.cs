namespace Fovea.Workbench;

/// <summary>How fast a layer ran in one direction, beside what the machine can do.</summary>
/// <param name="Layer">The layer, or for the update all parameters.</param>
/// <param name="Direction">Forward, backward or update.</param>
/// <param name="Steps">What was run for it.</param>
/// <param name="Milliseconds">Sum of the medians.</param>
/// <param name="MultiplyAdds">Of all items, by direct sums.</param>
/// <param name="Bytes">The least that must be read and written.</param>
/// <param name="Machine">What the machine was seen to do.</param>
public sealed record LayerSpeed(
    string Layer,
    StepDirection Direction,
    IReadOnlyList<string> Steps,
    double Milliseconds,
    long MultiplyAdds,
    long Bytes,
    MachineSpeed Machine
)
{
    /// <summary>GFLOP/s by direct sums. Winograd's algorithm needs fewer, so this may exceed the peak.</summary>
    public double Gflops => 2e-6 * MultiplyAdds / Milliseconds;

    /// <summary>GB/s, if each byte passed once.</summary>
    public double GigabytesPerSecond => 1e-6 * Bytes / Milliseconds;

    /// <summary>Arithmetic intensity, FLOP a byte; 0 where nothing is multiplied.</summary>
    public double Intensity => Bytes > 0 ? 2.0 * MultiplyAdds / Bytes : 0;

    /// <summary>Share of the measured peak, 0 and more.</summary>
    public double ShareOfPeak => Gflops / Machine.PeakGflops;

    /// <summary>Share of what memory and multiply-adds allow at this intensity; above 1 where values came from a cache, or an
    /// algorithm needed fewer products than direct sums.</summary>
    public double ShareOfRoof =>
        MultiplyAdds > 0 ? Gflops / Machine.Roof(Intensity) : GigabytesPerSecond / Machine.MemoryGBs;

    /// <summary>What bounds it.</summary>
    public SpeedBound Bound =>
        Intensity >= Machine.Ridge ? SpeedBound.Compute
        : GigabytesPerSecond > Machine.MemoryGBs ? SpeedBound.Cache
        : SpeedBound.Memory;

    /// <summary>Layers from steps, in the order in which each first ran; the passes of a layer in one direction are
    /// summed.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="machine">What the machine was seen to do.</param>
    public static IReadOnlyList<LayerSpeed> Of(IEnumerable<StepTime> steps, MachineSpeed machine) =>
        [
            .. steps
                .GroupBy(s => (s.Layer, s.Direction))
                .Select(g => new LayerSpeed(
                    g.Key.Layer,
                    g.Key.Direction,
                    [.. g.Select(s => s.Step)],
                    g.Sum(s => s.Milliseconds),
                    g.Sum(s => s.MultiplyAdds),
                    g.Sum(s => s.Bytes),
                    machine
                )),
        ];
}
