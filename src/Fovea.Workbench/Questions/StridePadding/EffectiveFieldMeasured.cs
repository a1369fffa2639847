namespace Fovea.Workbench;

/// <summary>2.7: which part of its receptive field the middle unit of a map really uses.</summary>
/// <remarks>The squared gradient by the input gathers in the middle like a bell, of a deviation that grows with the root of the
/// number of layers, while the field grows with the number: Luo, Li, Urtasun, Zemel 2016, Understanding the effective receptive
/// field in deep convolutional neural networks, https://arxiv.org/abs/1701.04128.</remarks>
public sealed class EffectiveFieldMeasured : MeasuredQuestion
{
    // Of the side that structure predicts, within the input.
    private const double Little = 0.25;

    /// <inheritdoc/>
    public override string Id => "2.7";

    /// <inheritdoc/>
    public override string Text => "How large is the effective receptive field?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        EndLook look = EndLook.Of(
            measured,
            "field",
            "No map has a middle unit whose field is known: the network has several inputs, or an operator without a rule."
        );
        if (look.Lines.Count == 0)
        {
            return evidence.Graph.SpatialRank == 0 && measured.Run.Untraced.Length == 0
                ? NotApplicable("The input has no spatial axes.")
                : CannotTell(look.Missing);
        }

        MeasuredProbe last = look.Lines[^1];
        double predicted = Predicted(last),
            used = last["side95"];
        if (used <= 0)
        {
            return Answer(
                Verdict.Look,
                $"The middle unit of the last map, {last.Layer}, does not depend on the input: its gradient is 0 for all items looked at."
            ) with
            {
                Layers = [last.Layer],
                Predicted = [new("receptiveField", predicted, "pixels")],
                Measured = [new("side95", 0, "pixels")],
                Remedy = "See question 3.3 for units that are dead, and 3.4 for layers that are cut off.",
            };
        }

        return Judge(evidence, measured, look, predicted, used).UnlessAtChance(measured);
    }

    private Answer Judge(Evidence evidence, Measurements measured, EndLook look, double predicted, double used)
    {
        MeasuredProbe last = look.Lines[^1];
        bool little = used < Little * predicted;
        string others = string.Join(
            ", ",
            look.Lines.SkipLast(1).Select(l => $"{l["side95"]:F0} of {Predicted(l):F0} at {l.Layer}")
        );
        return Answer(
            little ? Verdict.Look : Verdict.Ok,
            $"Of the {predicted:F0} pixels that the middle unit of the last map, {last.Layer}, sees within the input, squares of {last["side50"]:F0} and {used:F0} hold 50 and 95 % of its dependence{(others.Length > 0 ? $"; 95 % lie within {others}" : "")}."
        ) with
        {
            Layers = little ? [last.Layer] : [],
            Predicted = [new("receptiveField", predicted, "pixels")],
            Measured =
            [
                new("side50", last["side50"], "pixels"),
                new("side95", used, "pixels"),
                new("deviation", last["deviation0"], "pixels"),
                new("used", used / predicted, "ratio"),
            ],
            Threshold =
                "to look at: 95 % of the squared gradient within a quarter of the side that structure predicts within the input",
            Source = "Luo et al. 2016, https://arxiv.org/abs/1701.04128; the quarter is ours",
            Remedy = little
                ? "Fine where what matters is small; else larger or dilated kernels, or an earlier stride: depth alone adds little."
                : "",
            Experiment = little ? Experiments.Inspect(evidence, measured) : "",
        };
    }

    /// <summary>The largest side over the axes.</summary>
    private static double Predicted(MeasuredProbe line) =>
        Enumerable.Range(0, line.Values.Count).Select(axis => line[$"predicted{axis}"]).Where(double.IsFinite).Max();
}
