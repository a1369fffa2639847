namespace Fovea.Workbench;

/// <summary>What was found of updates: the parts of an answer.</summary>
internal sealed record Ailment(
    Verdict Verdict,
    string Cause,
    string Finding,
    long? Onset,
    string Remedy,
    Dictionary<string, string> Options
)
{
    /// <summary>What was measured beside the limits that it crossed.</summary>
    public IReadOnlyList<Crossing> Crossed { get; init; } = [];

    /// <summary>What an experiment changes: the options, or where the remedy is too unsure to be advised what it names.</summary>
    public Dictionary<string, string> Tried { get; init; } = Options;
}

/// <summary>Faults of the loop around the optimizer, told by how gradients, rate and loss go together.</summary>
internal static class UpdateFaults
{
    private const int Some = 50;

    // Of the loss at first, or of that of knowing nothing.
    private const double HardlyLearned = 0.5;

    /// <summary>Gradients that add up: the norm grows with the number of updates, and each is nearly that of the update
    /// before.</summary>
    public static Ailment? NotCleared(Measurements measured, RateSigns signs)
    {
        double cosine = Statistics.RecentMean(measured.Steps, s => s.LagCosine, Some);
        (double X, double Y)[] norms =
        [
            .. measured
                .Steps.Where(s => double.IsFinite(s.GradientNorm) && s.GradientNorm > 0.0)
                .Select(s => (Math.Log(s.Step + 1.0), Math.Log(s.GradientNorm))),
        ];
        // Where gradients were compared with those of the loss, question 3.19 knows for certain.
        bool known = measured.Samples.Any(s => s.GradientCosine is { } c && double.IsFinite(c));
        if (known || !(cosine > 0.9) || norms.Length < Some / 5 || signs.Curve.Updates < Some)
        {
            return null;
        }

        double slope = Statistics.Slope(norms),
            grown = Math.Exp(
                Statistics.Median(norms.TakeLast(5).Select(n => n.Y))
                    - Statistics.Median(norms.Take(5).Select(n => n.Y))
            );
        bool fell = signs.Curve.Best < signs.Curve.Start,
            suffers = signs.Curve.SinceBest >= 2 * LossCurve.Window;
        return slope > 0.5 && grown > 5.0 && fell
            ? new Ailment(
                suffers ? Verdict.Fix : Verdict.Look,
                Cause.GradientsNotCleared,
                $"Gradients add up: their norm grew {grown:G3} times, with the power {slope:G2} of the number of updates, and each is nearly that of the update before (cosine {cosine:G3}){(suffers ? $"; the loss was lowest {signs.Curve.SinceBest} updates ago" : "")}.",
                0,
                "Clear gradients before each update: optimizer.ZeroGrad() in front of Backward.",
                []
            )
            : null;
    }

    /// <summary>Adam with betas for which it has no bound: the mean of gradients is over more updates than that of their squares, as
    /// where the two changed places.</summary>
    /// <remarks>Kingma, Ba 2015, theorem 4.1, asks for beta1² below the root of beta2: usual is 0.81 against 0.9995.</remarks>
    public static Ailment? Betas(Measurements measured, LossCurve curve)
    {
        MeasuredRun run = measured.Run;
        if (
            run.Optimizer is not ("adam" or "adamw")
            || !(run.Beta2 > 0)
            || run.Momentum * run.Momentum < Math.Sqrt(run.Beta2)
        )
        {
            return null;
        }

        bool learned = curve.Last < HardlyLearned * curve.Start;
        return new Ailment(
            learned ? Verdict.Look : Verdict.Fix,
            Cause.RateTooHigh,
            $"Adam has beta1 = {run.Momentum:G4} and beta2 = {run.Beta2:G4}: it follows the mean of more updates ({1 / (1 - run.Momentum):F0}) than it takes the size of gradients from ({1 / (1 - run.Beta2):F0}), so that steps go on long after gradients turned{(learned ? "" : $", and the loss went from {curve.Start:G4} to {curve.Last:G4}")}.",
            0,
            $"--optimizer {run.Optimizer},beta1=0.9,beta2=0.999: the first is of gradients, the second of their squares.",
            learned ? [] : new Dictionary<string, string> { ["optimizer"] = run.Optimizer }
        );
    }

    /// <summary>Updates that go up the gradient: the loss rises from the first on, by what gradients say.</summary>
    public static Ailment? Uphill(RateSigns signs)
    {
        LossCurve curve = signs.Curve;
        int rises = curve.Blocks.Zip(curve.Blocks.Skip(1), (a, b) => b.Loss > a.Loss).Count(r => r);
        bool steady =
            curve.Blocks.Count >= 3
            && rises >= 0.8 * (curve.Blocks.Count - 1)
            && curve.AboveStart >= 2 * LossCurve.Window
            && curve.BestStep == curve.Blocks[0].Last;
        bool shown = signs.Gains >= 2 && signs.Uphill >= 0.9;
        return steady && (shown || signs.LagCosine > 0.2)
            ? new Ailment(
                shown ? Verdict.Fix : Verdict.Look,
                Cause.WrongGradient,
                shown
                    ? $"Updates go up the gradient: in {100 * signs.Uphill:F0} % of {signs.Gains} looked at the loss of the batch rose by what its gradient says, and the loss rises from the first update on, from {curve.Start:G4} to {curve.Last:G4}."
                    : $"The loss rises steadily from the first update on, from {curve.Start:G4} to {curve.Last:G4}, while successive gradients agree (cosine {signs.LagCosine:G2}): updates may go up the gradient.",
                0,
                "Turn a sign around: of the loss, of an operator of your own in its Backward, or of the update.",
                []
            )
            : null;
    }

    /// <summary>A run that is over after a few updates, as each takes many batches.</summary>
    public static Ailment? Few(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        int batches = measured.Steps.Select(s => s.Batches).DefaultIfEmpty(1).Max();
        if (run.PlannedUpdates <= 0 || measured.Updates < run.PlannedUpdates || measured.Updates >= Some || batches < 4)
        {
            return null;
        }

        double last = measured.Steps[^1].Loss;
        bool learned = last < HardlyLearned * (run.ChanceLoss ?? measured.Steps[0].Loss);
        return new Ailment(
            learned ? Verdict.Look : Verdict.Fix,
            Cause.RateTooLow,
            $"The whole run has {measured.Updates} updates, as each takes up to {batches} batches{(learned ? "" : $", and the loss is {last:G4} at its end")}: {measured.Updates} steps at the learning rate take weights nowhere far.",
            0,
            "Accumulate fewer batches: --accumulation 1; or train for as many more epochs.",
            learned ? [] : new Dictionary<string, string> { ["accumulation"] = "1" }
        )
        {
            Crossed = [new("updates of the whole run", measured.Updates, "<", Some, Crossing.Ours)],
        };
    }

    /// <summary>A rate that comes nowhere near what it was to be in the whole run: a warm-up longer than the run.</summary>
    public static Ailment? WarmUp(Measurements measured, LossCurve curve)
    {
        MeasuredRun run = measured.Run;
        double highest = measured.Steps.Max(s => s.LearningRate);
        if (
            run.PlannedUpdates <= 0
            || measured.Updates < run.PlannedUpdates
            || measured.Updates < Some
            || !(highest < 0.1 * run.LearningRate)
        )
        {
            return null;
        }

        bool learned = curve.Last < HardlyLearned * curve.Start;
        return new Ailment(
            learned ? Verdict.Look : Verdict.Fix,
            Cause.Schedule,
            $"The learning rate came to {highest:G3} of the {run.LearningRate:G3} asked for, in all {measured.Updates} updates of the run{(learned ? "" : $", and the loss went from {curve.Start:G4} to {curve.Last:G4}")}: the warm-up is longer than the run.",
            0,
            $"Let the warm-up end within the first tenth of the run: --schedule cosine,warmup={Math.Max(1, measured.Updates / 20)}.",
            new Dictionary<string, string>
            {
                ["schedule"] = string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"cosine,warmup={Math.Max(1, measured.Updates / 20)}"
                ),
            }
        )
        {
            Crossed = [new("highest rate over that asked for", highest / run.LearningRate, "<", 0.1, Crossing.Ours)],
        };
    }

    /// <summary>A rate that falls a hundred times within a quarter of the run, long before its end. Cosine and one-cycle fall so
    /// in their last tenth alone.</summary>
    public static Ailment? Schedule(Measurements measured, LossCurve curve)
    {
        long planned = measured.Run.PlannedUpdates;
        double highest = measured.Steps.Max(s => s.LearningRate);
        MeasuredStep? high = measured.Steps.LastOrDefault(s => s.LearningRate >= highest / 2.0),
            low = measured.Steps.FirstOrDefault(s => s.Step > high?.Step && s.LearningRate <= highest / 100.0);
        if (
            planned <= 0
            || high is null
            || low is null
            || low.Step - high.Step > 0.25 * planned
            || planned - low.Step < 0.4 * planned
            || measured.Updates - low.Step < 30
        )
        {
            return null;
        }

        double[] after = [.. curve.Blocks.Where(b => b.First > low.Step).Select(b => b.Loss)];
        bool flat = after.Length >= 2 && !(after[^1] < 0.95 * after[0]);
        return new Ailment(
            flat ? Verdict.Fix : Verdict.Look,
            Cause.Schedule,
            $"The learning rate falls from {highest:G3} to {low.LearningRate:G3} between updates {high.Step} and {low.Step} of {planned}{(flat ? $", and the loss stays at {after[^1]:G4} since" : "")}: the schedule seems to be stepped by update instead of by epoch.",
            low.Step,
            "Step the schedule once an epoch, or take one that knows the number of updates: --schedule cosine.",
            flat ? new Dictionary<string, string> { ["schedule"] = "cosine" } : []
        );
    }
}
