namespace Fovea.Workbench;

/// <summary>3.11, measured: whether batch normalizations are correct: their running statistics, and the values they work on.
/// What the loop does to their modes is a matter of question 3.19.</summary>
/// <remarks>
/// The same items are measured in evaluation and as in training. Healthy networks have running statistics that follow within 5 /
/// momentum updates; fewer than 16 values a channel make statistics noise (Wu, He 2018, https://arxiv.org/abs/1803.08494).
/// </remarks>
public sealed class NormalizationMeasured : MeasuredQuestion
{
    /// <inheritdoc/>
    public override string Id => "3.11";

    /// <inheritdoc/>
    public override string Text => "Is normalization correct in training and in evaluation?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants => ["batchnorm"];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        Finding[] findings =
        [
            .. NormalizationWiring.Of(evidence, measured),
            .. NormalizationFindings.Of(evidence, measured),
            .. Proportion(measured),
        ];
        (Node Node, long Values)[] norms = [.. NormalizationFindings.ByValues(evidence, measured.Run.Batch)];
        if (norms.Length == 0 && findings.Length == 0)
        {
            return NotApplicable("There is no batch normalization.");
        }

        (MeasuredEpoch Epoch, double Gap, bool IsLarge)? last =
            NormalizationFindings.Gaps(measured).Count > 0 ? NormalizationFindings.Gaps(measured)[^1] : null;
        if (last is null && findings.Length == 0 && measured.Run.Normalizations.Count > 0)
        {
            return CannotTell("No epoch was measured both in evaluation and as in training.");
        }

        Answer answer = Answer(
            Verdict.Ok,
            last is null
                ? "Normalizations keep no running statistics."
                : $"{Figures.Of(norms.Length, "batch normalization")}: the same items have a loss of {last.Value.Epoch.Train!.Loss:G4} in evaluation and {last.Value.Epoch.TrainingModeLoss:G4} as in training."
        ) with
        {
            Predicted = norms.Length > 0 ? [new("fewestValues", norms[0].Values, "values a channel")] : [],
            Measured = [.. Quantities(measured, last?.Epoch)],
            Threshold = NormalizationFindings.Threshold,
            Source = "Wu, He 2018, figure 1; Ioffe, Szegedy 2015; 5 / momentum is the time an average forgets in",
        };
        return Finding.Into(answer, findings);
    }

    /// <summary>A held-out loss out of all proportion, where no gap of the modes says why.</summary>
    private static IEnumerable<Finding> Proportion(Measurements measured)
    {
        if (
            measured.Run is not { ChanceLoss: { } chance, Normalizations.Count: > 0 }
            || measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, HeldOut: not null }) is not { } epoch
            || HeldOutLoss.Explain(epoch.HeldOut!.Loss, epoch.RunningLoss, chance, normalizes: true, epoch.Step)
                is not { } text
        )
        {
            yield break;
        }

        yield return new Finding(Verdict.Look, Cause.RunningStatistics, text)
        {
            Remedy = "Go on; where it stays, lower the learning rate (--lr) or warm up (--schedule cosine,warmup=1ep).",
            Options = new Dictionary<string, string> { ["schedule"] = "cosine,warmup=1ep" },
            Onset = epoch.Step,
        };
    }

    private static IEnumerable<Quantity> Quantities(Measurements measured, MeasuredEpoch? epoch)
    {
        if (epoch is not null)
        {
            yield return new("evaluationLoss", epoch.Train!.Loss, "loss");
            yield return new("trainingModeLoss", epoch.TrainingModeLoss!.Value, "loss");
        }

        if (measured.Steps.LastOrDefault(s => s.MeanDrift is { Count: > 0 }) is { } step)
        {
            double[] drifts = [.. step.MeanDrift!.Where(double.IsFinite)],
                variances = [.. step.VarianceDrift!.Where(double.IsFinite)];
            if (drifts.Length > 0 && variances.Length > 0)
            {
                yield return new("meanDrift", drifts.Max(), "variances");
                yield return new("varianceDrift", variances.MaxBy(Math.Abs), "ln ratio");
            }
        }
    }
}
