namespace Fovea.Workbench;

/// <summary>1.9, measured: whether the loss of the first update is what scores of the measured variance give.</summary>
/// <remarks>
/// As in 1.9 by structure, ln K + v/2 - (e^v - 1)/(2K) for K classes and scores of variance v, here measured; above v = 1
/// the bound ln K + v/2. It is taken in relation to the loss of a network that knows nothing, so a factor on the loss
/// changes nothing.
/// </remarks>
public sealed class InitialLossMeasured : MeasuredQuestion
{
    private const double Off = 1.2,
        Exact = 0.1;

    /// <inheritdoc/>
    public override string Id => "1.9";

    /// <inheritdoc/>
    public override string Text => "Is the loss of the first update what such scores should give?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        MeasuredRun run = measured.Run;
        if (run.ChanceLoss is not { } chance || run.Classes.Count < 2)
        {
            return NotApplicable("The loss is not known to be a cross entropy over classes.");
        }

        int output = run
            .Points.Select((p, i) => (p, i))
            .Where(p => p.p.IsOutput)
            .Select(p => p.i)
            .DefaultIfEmpty(-1)
            .First();
        if (
            measured.Steps is not [{ Step: 0 } first, ..]
            || output < 0
            || measured.Samples.FirstOrDefault() is not { Step: 0, Power: { } power, Mean: { } mean }
        )
        {
            return CannotTell("The first update's loss and scores were not measured.");
        }

        double k = run.Classes.Count,
            even = Math.Log(k),
            v = Math.Max(0.0, power[output] - (mean[output] * mean[output])),
            bound = even + (v / 2.0),
            nats = v <= 1.0 ? bound - ((Math.Exp(v) - 1.0) / (2.0 * k)) : bound,
            expected = chance * nats / even,
            ratio = first.Loss / expected;
        double chanceError = 3.0 * Math.Sqrt(v / Math.Max(1.0, Math.Min(k, run.Batch))) * chance / even;
        bool surprising = ratio > Off && first.Loss - expected > chanceError,
            sure = v > 1.0 && first.Loss > Off * chance;
        string hint = surprising ? Hint(run, ratio) : "";
        Verdict verdict = surprising || sure ? Verdict.Look : Verdict.Ok;
        string sides =
            $"The first loss is {first.Loss:G4}; scores of the measured variance {v:G3} give {(v > 1.0 ? "at most " : "")}{expected:G4}, equal scores {chance:G4}";
        return Answer(
            verdict,
            surprising ? $"{sides}: {ratio:G3} times as much as expected. {hint}"
                : sure ? $"{sides}: the network starts sure of wrong answers."
                : $"{sides}{(ratio < 1.0 / Off ? ": less, so the network knows something already, such as how common classes are" : "")}."
        ) with
        {
            Layers = verdict == Verdict.Ok ? [] : [run.Points[output].Name],
            OnsetStep = verdict == Verdict.Ok ? null : 0,
            Cause = !surprising
                ? sure
                    ? Cause.FirstValues
                    : ""
                : IsSum(run, ratio)
                    ? Cause.LossScale
                    : Cause.FirstValues,
            Predicted = [new("firstLoss", expected, "loss"), new("lossOfEqualScores", chance, "loss")],
            Measured =
            [
                new("firstLoss", first.Loss, "loss"),
                new("logitVariance", v, "squared scores"),
                new("ratio", ratio, "ratio"),
            ],
            Threshold =
                $"more than {Off} times the expected loss, and three deviations of its chance; scores of variance above 1 and a loss {Off} times that of equal scores",
            Source = "second-order expansion of E[log sum exp]; Jensen's inequality for the bound; the fifth is ours",
            Remedy =
                IsSum(run, ratio) ? "Let the loss average over items, or divide it by the batch."
                : verdict == Verdict.Ok ? ""
                : "Start the last layer with smaller weights, or with zeros.",
            Experiment = verdict == Verdict.Ok ? "" : Experiments.DryRun(measured),
        };
    }

    private static bool IsSum(MeasuredRun run, double ratio) =>
        run.Batch >= 4 && Math.Abs((ratio / run.Batch) - 1.0) < Exact
        || (run.Accumulation > 1 && Math.Abs((ratio / run.Accumulation) - 1.0) < Exact);

    private static string Hint(MeasuredRun run, double ratio) =>
        IsSum(run, ratio)
            ? $"That is the number of {(run.Batch >= 4 && Math.Abs((ratio / run.Batch) - 1.0) < Exact ? "items a batch" : "batches an update")}: the loss sums where it should average."
            : "Scores that know nothing of the labels cannot do worse: the labels are in another order than the scores, or the loss is another one.";
}
