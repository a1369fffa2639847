namespace Fovea.Workbench;

/// <summary>3.9: whether a deep network without skips does not learn what a shallower one would: degradation, not
/// overfitting.</summary>
/// <remarks>
/// He et al. 2016, https://arxiv.org/abs/1512.03385, figure 1: of plain networks the deeper one has the higher error on the items
/// learned from, though normalization keeps its gradients. One run shows the worst of it only: a network that stays at the loss of
/// knowing nothing. Whether a shallower one would learn more is for an experiment.
/// </remarks>
public sealed class DepthDegradation : MeasuredQuestion
{
    // Layers on the shortest path: He et al. see nothing at 18, and much at 34; MobileNet trains 28.
    private const int Deep = 30;

    // Updates after which a network that can learn has begun to.
    private const int Enough = 200;

    // Of the loss of knowing nothing.
    private const double Stuck = 0.97,
        High = 0.5;

    /// <inheritdoc/>
    public override string Id => "3.9";

    /// <inheritdoc/>
    public override string Text => "Is the network too deep to be learned without skips?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        int depth = PathLengths.Of(evidence.Graph).Shortest;
        if (depth == 0)
        {
            return NotApplicable("No layer has filters.");
        }

        double loss = NewestLoss(measured);
        if (measured.Run.ChanceLoss is not { } chance || double.IsNaN(loss))
        {
            return CannotTell(
                measured.Run.ChanceLoss is null
                    ? "What loss knowing nothing has is not known of this loss."
                    : "No loss was measured."
            );
        }

        Answer answer = Said(evidence, measured, depth, loss / chance) with
        {
            Predicted = [new("shortestPath", depth, "layers")],
            Measured = [new("loss", loss, "loss"), new("ofKnowingNothing", loss / chance, "ratio")],
            Threshold =
                $"a shortest path of {Deep} layers or more, and after {Enough} updates a loss above half of that of knowing nothing; to fix: above {Stuck} of it",
            Source = "He et al. 2016, figure 1 and table 2",
        };
        return answer.Verdict is Verdict.Fix or Verdict.Look
            ? answer with
            {
                Remedy =
                    "Put skips around every two or three layers, new Residual(body), and a normalization behind each; or take a shallower network.",
            }
            : answer;
    }

    private Answer Said(Evidence evidence, Measurements measured, int depth, double share)
    {
        LossCurve curve = LossCurve.Of(measured);
        bool deep = depth >= Deep,
            stuck = share >= Stuck && curve.IsStuck(measured.Run, Enough);
        Answer gradients = new GradientScale().Ask(evidence);
        string predicted = gradients.Verdict is Verdict.Fix or Verdict.Look
            ? $" Structure predicts it (question 3.1): {gradients.Finding}"
            : " Gradients keep their size, so that depth itself is at fault.";
        return deep && measured.Updates < Enough
                ? CannotTell(
                    $"{measured.Updates:N0} updates are too few to tell whether {depth} layers without skips are learned."
                )
            : deep && stuck
                ? Answer(
                    Verdict.Fix,
                    $"The network of {depth} layers without skips does not learn: after {measured.Updates:N0} updates the loss is that of knowing nothing, {measured.Run.ChanceLoss:F4}.{predicted}"
                ) with
                {
                    Crossed =
                    [
                        new("layers on the shortest path", depth, ">=", Deep, "He et al. 2016, table 2"),
                        new("loss over that of knowing nothing", share, ">=", Stuck, Crossing.Ours),
                    ],
                    Cause = gradients.Verdict == Verdict.Fix ? Cause.Vanishing : Cause.TooDeep,
                    Layers = gradients.Layers,
                    OnsetStep = 0,
                }
            : deep && share > High
                ? Answer(
                    Verdict.Look,
                    $"After {measured.Updates:N0} updates {depth} layers without skips have a loss of {Figures.Percent(share)} of that of knowing nothing on the items learned from: that is no overfitting, and a shallower network may have less."
                ) with
                {
                    Crossed =
                    [
                        new("layers on the shortest path", depth, ">=", Deep, "He et al. 2016, table 2"),
                        new("loss over that of knowing nothing", share, ">", High, Crossing.Ours),
                    ],
                    Cause = Cause.TooDeep,
                }
            : Answer(
                Verdict.Ok,
                deep
                    ? $"{depth} layers without skips are learned: the loss is {Figures.Percent(share)} of that of knowing nothing. Whether fewer would do better needs an experiment."
                    : $"The shortest path has {Figures.Of(depth, "layer")}, fewer than the {Deep} from which on depth was seen to hinder."
            );
    }

    private static double NewestLoss(Measurements measured) =>
        measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, TrainingModeLoss: not null })?.TrainingModeLoss
        ?? measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, Train: not null })?.Train!.Loss
        ?? LossCurve.Of(measured).Last;
}
