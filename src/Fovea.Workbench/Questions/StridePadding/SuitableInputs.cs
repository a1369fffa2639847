namespace Fovea.Workbench;

/// <summary>2.6: which range of input sizes suits the network.</summary>
/// <remarks>
/// Least: above the largest field, on shortest paths, that a convolution reads; all convolutions then have context to
/// add. Most: the largest field; beyond it no unit sees all.
/// Richter et al. 2021, https://arxiv.org/abs/2106.12307; for torchvision's ResNet-50 75 and 427.
/// </remarks>
public sealed class SuitableInputs : Question
{
    /// <inheritdoc/>
    public override string Id => "2.6";

    /// <inheritdoc/>
    public override string Text => "Which range of input sizes suits this network?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Graph.SpatialRank == 0 || !ContextLayers.Convolutions(evidence).Any())
        {
            return NotApplicable("No convolution reads a map whose receptive field is known.");
        }

        int[] least = ContextLayers.Least(evidence),
            most = ContextLayers.Most(evidence);
        bool small = Enumerable.Range(0, least.Length).Any(i => evidence.InputSizes[i] <= least[i]),
            large = Enumerable.Range(0, least.Length).Any(i => evidence.InputSizes[i] > most[i]);
        bool none = Enumerable.Range(0, least.Length).Any(i => least[i] >= most[i]);
        string suits = none
            ? $"Above {AxisText.Sizes(least)} every convolution has context to add, and no unit sees more than {AxisText.Sizes(most)}, so no input suits it in both"
            : $"Inputs above {AxisText.Sizes(least)} and up to {AxisText.Sizes(most)} suit it";
        string where =
            small ? "is smaller: late convolutions add no context"
            : large ? "is larger: no unit sees all of it"
            : "is within";
        return Answer(
            small || large ? Verdict.Look : Verdict.Ok,
            $"{suits}; {AxisText.Sizes(evidence.InputSizes)} {where}."
        ) with
        {
            Predicted =
            [
                .. AxisText.Quantities("least", [.. least.Select(s => (double)s)], "pixels"),
                .. AxisText.Quantities("most", [.. most.Select(s => (double)s)], "pixels"),
            ],
            Threshold = "the input is not above the least or is above the most size",
            Source = "Richter et al. 2021, https://arxiv.org/abs/2106.12307",
            Remedy =
                small ? "Use a larger input, or a stem with less stride."
                : large
                    ? $"Use {(none ? "" : "a smaller input, or ")}more layers or dilation, where objects fill the input."
                : "",
            Experiment = small || large ? $"fovea inspect {evidence.Model} --input {evidence.SweepText()}" : "",
        };
    }
}
