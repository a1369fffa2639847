using static Fovea.Workbench.AxisText;

namespace Fovea.Workbench;

/// <summary>2.8, measured: what the trained network makes of a constant input at the border of its last map, beside the coverage
/// that structure predicts.</summary>
/// <remarks>Both agree for kernels of equal taps without biases. Biases and normalization are the same at the border and in the
/// middle, and make up for a part of what zero padding takes.</remarks>
public sealed class BorderDimmingMeasured : MeasuredQuestion
{
    private const string Probe = "border-dimming";

    private const double Dim = 1.0 / 3.0;

    /// <inheritdoc/>
    public override string Id => "2.8";

    /// <inheritdoc/>
    public override string Text => "How much does zero padding dim the border?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        if (evidence.Graph.SpatialRank == 0)
        {
            return NotApplicable("The input has no spatial axes.");
        }

        if (EndProbe.Lines(measured, Probe) is not [var line])
        {
            return CannotTell(EndProbe.WhyNone(measured, Probe));
        }

        double[] edge = [.. Enumerable.Range(0, evidence.Graph.SpatialRank).Select(axis => line[$"edge{axis}"])];
        if (edge.Any(double.IsNaN))
        {
            return CannotTell($"{line.Layer} is 0 in its middle for a constant input.");
        }

        return Judge(evidence, line, edge);
    }

    private Answer Judge(Evidence evidence, MeasuredProbe line, double[] edge)
    {
        double[]? predicted = BorderCoverage.Of(evidence)?.Edge;
        bool isDim = edge.Min() < Dim;
        string beside = predicted is null
            ? ""
            : $"; kernels of equal taps would give {ByAxis([.. predicted.Select(Share)])} and {Share(Product(predicted))}";
        return Answer(
            isDim ? Verdict.Look : Verdict.Ok,
            $"For a constant input the last map, {line.Layer}, has at its border {ByAxis([.. edge.Select(Share)])} of what it has in the middle, in a corner {Share(line["corner"])}{beside}."
        ) with
        {
            Layers = [line.Layer],
            Predicted = predicted is null ? [] : BorderDimming.Numbers(predicted, Product(predicted)),
            Measured = BorderDimming.Numbers(edge, line["corner"]),
            Threshold = "to look at: less than a third at the border of an axis",
            Source = "mean absolute map of a constant input; Alsallakh et al. 2021, Mind the Pad; the third is ours",
            Remedy = isDim
                ? "Reflect or replicate padding (padding-mode=reflect) keeps a constant input constant; partial convolution reweights the border."
                : "",
        };
    }

    private static double Product(double[] shares) => shares.Aggregate(1.0, (a, b) => a * b);

    private static string Share(double share) => $"{Number(100.0 * share)} %";
}
