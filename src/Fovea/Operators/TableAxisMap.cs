namespace Fovea;

/// <summary>Reads given as a table: adaptive pools and resampling.</summary>
/// <param name="In">Size of the input.</param>
/// <param name="Reads">For each output position the input positions it reads.</param>
public sealed record TableAxisMap(int In, IReadOnlyList<int[]> Reads) : AxisMap(In, Reads.Count)
{
    /// <summary>How the table goes on beyond its ends; left out, as a division of the input into equal shares does:
    /// Out / d positions further on, In / d further, d the greatest common divisor.</summary>
    public RepeatedReads? Repeated { get; init; }

    /// <summary>With which weights the reads of each output position are mixed, where that is fixed: they add up to 1.
    /// Null where all weigh the same.</summary>
    public IReadOnlyList<double[]>? Weights { get; init; }

    /// <inheritdoc/>
    public override (int Outputs, int Inputs) Period =>
        Out == 1 ? (1, 0)
        : Repeated is { } r ? (r.Reads.Count, r.Inputs)
        : (Out / Rational.Divisor(In, Out), In / Rational.Divisor(In, Out));

    /// <inheritdoc/>
    public override IEnumerable<int> Taps(int output) => Reads[output];

    /// <inheritdoc/>
    protected override IEnumerable<int> ReachOf(int phase) =>
        Out > 1 && Repeated is { } r ? r.Reads[phase] : Reads[phase];
}

/// <summary>Reads that repeat.</summary>
/// <param name="Inputs">Input positions that a period goes further.</param>
/// <param name="Reads">For each output position of a period the input positions it reads where no border is
/// near.</param>
public sealed record RepeatedReads(int Inputs, IReadOnlyList<int[]> Reads);
