namespace Fovea.Workbench;

/// <summary>1.9: the cross entropy to expect before the first step.</summary>
/// <remarks>
/// With K logits of mean 0 and variance v, independent of the label, the mean cross entropy is E[log sum exp] = ln K +
/// v/2 - (e^v - 1) / (2K) to second order: good to 1 % for v up to 1.
/// By Jensen's inequality it is never above ln K + v/2. Equal scores give ln K, the value to look for before anything
/// else: Karpathy 2019, A recipe for training neural networks.
/// </remarks>
public sealed class InitialLoss : Question
{
    /// <inheritdoc/>
    public override string Id => "1.9";

    /// <inheritdoc/>
    public override string Text => "Which loss should the first step show?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Graph.Outputs.Count > 1)
        {
            return NotApplicable(
                $"The network has {evidence.Graph.Outputs.Count} outputs ({string.Join(", ", evidence.Graph.Outputs)}), and a loss of its own over them."
            );
        }

        Value output = evidence.Graph.Output;
        if (output.Shape.Rank != 2 || output.Shape.Single[1] < 2)
        {
            return NotApplicable($"The output {output.Shape} is not a score for each of several classes.");
        }

        int classes = output.Shape.Single[1];
        if (evidence.Signals[output] is not { } logits)
        {
            Node? node = Wiring.FirstWithoutRule(evidence);
            return CannotTell(
                $"The variance of the scores is not known: {node?.Operator.Name} at {node?.Name} has no variance rule. Equal scores would give ln {classes} = {Math.Log(classes):F4}."
            );
        }

        double v = logits.Variance + logits.ChannelVariance,
            even = Math.Log(classes),
            bound = even + (v / 2.0);
        double loss = v <= 1.0 ? bound - ((Math.Exp(v) - 1.0) / (2.0 * classes)) : bound;
        string about = logits.IsApproximate ? "about " : "";
        string finding =
            v <= 1.0
                ? $"The first cross entropy should be {about}{loss:F4}: ln {classes} = {even:F4} for equal scores, and more for scores of variance {v:G3}."
                : $"Scores start with a variance of {about}{v:G3}, so the first cross entropy lies well above ln {classes} = {even:F4}, at most at {bound:G4}: the network starts sure of wrong answers.";
        return Answer(v <= 1.0 ? Verdict.Ok : Verdict.Look, finding) with
        {
            Layers = v <= 1.0 || output.Producer is null ? [] : [output.Producer.Name],
            Predicted =
            [
                new(v <= 1.0 ? "initialLoss" : "initialLossAtMost", loss, "nats"),
                new("logitVariance", v, "squared scores"),
                new("lossOfEqualScores", even, "nats"),
            ],
            Threshold = "scores of variance above 1, half a nat more than equal scores",
            Source = "second-order expansion of E[log sum exp]; Karpathy 2019, A recipe for training neural networks",
            Remedy = v <= 1.0 ? "" : "Start the last layer with smaller weights, or with zeros.",
            Experiment = $"fovea train {evidence.Model} --dry-run",
        };
    }
}
