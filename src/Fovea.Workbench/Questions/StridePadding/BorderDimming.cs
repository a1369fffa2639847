namespace Fovea.Workbench;

/// <summary>2.8: how much zero padding dims the border of the last map.</summary>
/// <remarks>A constant input through kernels whose taps add up to 1; zero padding adds nothing. One 3x3 convolution
/// leaves 6/9 at an edge and 4/9 in a corner, which is the product of its edges.</remarks>
public sealed class BorderDimming : Question
{
    private const double Dim = 1.0 / 3.0;

    /// <inheritdoc/>
    public override string Id => "2.8";

    /// <inheritdoc/>
    public override string Text => "How much does zero padding dim the border?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (BorderCoverage.Of(evidence) is not { } coverage)
        {
            return evidence.Graph.SpatialRank == 0
                ? NotApplicable("The input has no spatial axes.")
                : CannotTell("A layer before the last map has no receptive-field rule.");
        }

        double[] edge = coverage.Edge;
        double corner = edge.Aggregate(1.0, (a, b) => a * b);
        if (corner == 1.0)
        {
            return Answer(
                Verdict.Ok,
                $"The last map, {evidence.LastMap.Name}, is covered evenly: no zero padding dims its border."
            ) with
            {
                Predicted = Numbers(edge, corner),
            };
        }

        return Answer(
            edge.Min() < Dim ? Verdict.Look : Verdict.Ok,
            $"At the border of the last map, {evidence.LastMap.Name}, {AxisText.ByAxis([.. edge.Select(Percent)])} of what the middle gets arrives, in a corner {Percent(corner)}: zero padding takes the place of input."
        ) with
        {
            Layers = [evidence.LastMap.Name],
            Predicted = Numbers(edge, corner),
            Threshold =
                "less than a third at the border of an axis, for kernels whose taps add up to the same everywhere and no normalization",
            Source =
                "coverage of stacked windows, exact for kernels of equal taps; Alsallakh et al. 2021, Mind the Pad; the third is Fovea's choice: usual classifiers keep 0.38 to 0.56",
            Remedy =
                edge.Min() < Dim
                    ? "Reflect or replicate padding keeps a constant input constant; partial convolution reweights the border."
                    : "",
            Experiment = edge.Min() < Dim ? $"fovea inspect {evidence.Model} --input {evidence.SweepText()}" : "",
        };
    }

    /// <summary>Shares at the ends of each axis and in a corner.</summary>
    internal static Quantity[] Numbers(double[] edge, double corner) =>
        [
            .. AxisText.Quantities("edge", edge, "ratio"),
            .. edge.Length > 1 ? [new Quantity("corner", corner, "ratio")] : Array.Empty<Quantity>(),
        ];

    private static string Percent(double share) => $"{AxisText.Number(100.0 * share)} %";
}
