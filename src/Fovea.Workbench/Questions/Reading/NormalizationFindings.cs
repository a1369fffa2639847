namespace Fovea.Workbench;

/// <summary>What was measured of batch normalizations: their statistics, and the values they work on.</summary>
internal static class NormalizationFindings
{
    // Values a channel (Wu, He 2018).
    private const int EnoughValues = 16;

    // Standard errors, and a share of the loss, by which evaluation is worse than training.
    private const double Sure = 3,
        Worse = 0.1,
        MuchWorse = 0.5;

    // Time constants after which running statistics have forgotten their first values, and updates before which a gap passes.
    private const double Constants = 5;
    private const long Early = 100;

    // The share of a batch in running statistics from which on they are those of the last batch. Usual is 0.1; 0.9 and 0.99 are what
    // other libraries call the same, as they count the share that is kept.
    private const double LastBatch = 0.9;

    // Of the updates, that have a quarter of the batch or less.
    private const double Often = 0.25;

    // Times the usual norm of the gradient.
    private const double Spike = 10;

    /// <summary>The thresholds in words.</summary>
    public const string Threshold =
        "evaluation 3 standard errors and a tenth worse than training on the same items, in two measured epochs; to fix: where it is half worse and statistics taken anew heal it, or where a channel has fewer than 16 values";

    /// <summary>All of them, in the order in which causes explain.</summary>
    public static IEnumerable<Finding> Of(Evidence evidence, Measurements measured) =>
        (
            (IEnumerable<Finding?>)
                [
                    OneItem(measured),
                    LastOfOne(measured),
                    FewValues(evidence, measured),
                    NoAverage(measured),
                    Statistics(measured),
                ]
        ).OfType<Finding>();

    /// <summary>By how much the same items are worse in evaluation than in training, over epochs where both were
    /// measured.</summary>
    public static IReadOnlyList<(MeasuredEpoch Epoch, double Gap, bool IsLarge)> Gaps(Measurements measured) =>
        [
            .. measured
                .Epochs.Where(e => e is { Epoch: > 0, Train: not null, TrainingModeLoss: not null })
                .Select(e => (e, e.Train!.Loss - e.TrainingModeLoss!.Value))
                .Select(g => (g.e, g.Item2, IsLarge(measured, g.e, g.Item2))),
        ];

    /// <summary>Whether a gap is certain, and large enough to matter; one that is no number is.</summary>
    private static bool IsLarge(Measurements measured, MeasuredEpoch epoch, double gap) =>
        !(gap <= Sure * epoch.Train!.LossError)
        && !(gap <= Worse * Math.Max(epoch.TrainingModeLoss!.Value, Worse * (measured.Run.ChanceLoss ?? 0)));

    /// <summary>Batches of one item: each is normalized by itself in training, and by what all have in common in
    /// evaluation.</summary>
    private static Finding? OneItem(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        if (run.Batch != 1 || run.Normalizations.Count == 0)
        {
            return null;
        }

        MeasuredEpoch? last = measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, Train: not null });
        bool harms =
            last is { Train: { } train }
            && train.Loss > (1 + MuchWorse) * last.RunningLoss
            && train.Loss - last.RunningLoss > Sure * train.LossError;
        int batch = Math.Clamp(run.TrainItems / 2, 2, 16);
        return new Finding(
            harms ? Verdict.Fix : Verdict.Look,
            Cause.SmallBatchStatistics,
            $"Batches hold one item, so that in training each is normalized by its own mean and variance, and in evaluation all by the same: two different networks{(harms ? $". The items learned from have a loss of {last!.RunningLoss:G4} while they are learned and of {last.Train!.Loss:G4} in evaluation, and {Figures.Percent(last.Train.Accuracy()?.Value ?? 0)} of them are right there" : "")}."
        )
        {
            IsFact = true,
            Remedy =
                $"Use batches of several items: --batch {batch}; or GroupNorm, which does not look at other items.",
            Options = new Dictionary<string, string>
            {
                ["batch"] = batch.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
            Onset = 0,
            Threshold =
                "one item a batch; to fix: where the items learned from are half worse in evaluation than while they are learned",
        };
    }

    private static Finding? LastOfOne(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        bool one =
            run.Batch > 1
            && run.TrainItems % run.Batch == 1
            && run.UpdatesPerEpoch == (run.TrainItems + run.Batch - 1) / run.Batch;
        if (!one)
        {
            return null;
        }

        double usual = measured
            .Steps.Where(s => s.Steps > 0)
            .Select(s => s.GradientNorm)
            .Order()
            .ElementAtOrDefault(measured.Steps.Count / 2);
        int spikes = measured.Epochs.Count(e =>
            e.Epoch > 0
            && measured.Steps.FirstOrDefault(s => s.Step >= e.Step - 1) is { } line
            && line.GradientNormHigh > Spike * usual
        );
        return new Finding(
            spikes >= 3 ? Verdict.Fix : Verdict.Look,
            Cause.SmallBatchStatistics,
            $"{run.TrainItems:N0} items in batches of {run.Batch} leave one item over: the last batch of each epoch has no variance to normalize by{(spikes > 0 ? $", and the gradient there was more than {Spike:F0} times the usual in {Figures.Of(spikes, "epoch")}" : "")}."
        )
        {
            Remedy = "Leave the last batch out: new LoaderOptions { DropLast = true }; fovea train does so by itself.",
        };
    }

    private static Finding? FewValues(Evidence evidence, Measurements measured)
    {
        int items = UsualBatch(measured);
        (Node Node, long Values)[] few = [.. ByValues(evidence, items).Where(n => n.Values < EnoughValues)];
        if (few.Length == 0)
        {
            return null;
        }

        (MeasuredEpoch Epoch, double Gap, bool IsLarge)[] last = [.. Gaps(measured).TakeLast(2)];
        bool stuck = LossCurve.Of(measured).IsStuck(measured.Run),
            two = few[0].Values <= 2, // one is 1 and the other -1, whatever they were
            harms = stuck || two || (last.Length == 2 && last.All(g => g.IsLarge));
        int batch = (int)Math.Ceiling((double)EnoughValues / few[0].Values * items);
        return new Finding(
            harms ? Verdict.Fix : Verdict.Look,
            Cause.SmallBatchStatistics,
            $"{Figures.Of(few.Length, "batch normalization has", "batch normalizations have")} fewer than {EnoughValues} values a channel, {few[0].Node.Name} {few[0].Values} with batches of {items}: their statistics are noise{(two ? ", and two values become 1 and -1, whatever they were" : stuck ? ", and the loss does not move" : harms ? $", and evaluation is {last[^1].Gap:G3} worse than training on the same items" : "")}."
        )
        {
            Crossed = [new("values a channel", few[0].Values, "<", EnoughValues, "Wu, He 2018, figure 1")],
            Remedy = $"Use batches of {batch} or more, or GroupNorm, which does not look at other items.",
            Options = new Dictionary<string, string>
            {
                ["batch"] = batch.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
            Layers = [.. few.Select(n => n.Node.Name)],
            Onset = harms && last.Length > 0 ? last[0].Epoch.Step : null,
            Threshold = Threshold,
        };
    }

    /// <summary>The items of a batch; of batches of very different size the small ones, where they are a quarter of all.</summary>
    private static int UsualBatch(Measurements measured)
    {
        int[] items =
        [
            .. measured.Steps.Where(s => s.Steps == 1 && s.Items > 0).Select(s => s.Items / Math.Max(1, s.Batches)),
        ];
        int[] small = [.. items.Where(i => 4 * i <= measured.Run.Batch)];
        return small.Length > 0 && small.Length >= Often * items.Length ? small.Max() : measured.Run.Batch;
    }

    /// <summary>Running statistics that hold the last batch and nothing else.</summary>
    private static Finding? NoAverage(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        int count = run.NormalizationMomentum.Count(m => m >= LastBatch);
        return count == 0 || run.Batch >= run.TrainItems
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.RunningStatistics,
                $"{Figures.Of(count, "batch normalization")} {(count == 1 ? "takes" : "take")} {Figures.Percent(run.NormalizationMomentum.Max())} of each batch into running statistics: in evaluation all items are normalized by what the last batch of {run.Batch} items happened to have."
            )
            {
                IsFact = true,
                Remedy =
                    "new BatchNorm2d(channels, momentum: 0.1): momentum is the share of the new batch, not of what was kept.",
                Onset = 0,
                Threshold = "a momentum of 0.9 or more",
            };
    }

    /// <summary>The batch normalizations with the values that each channel has in a batch, fewest first.</summary>
    public static IEnumerable<(Node Node, long Values)> ByValues(Evidence evidence, int batch) =>
        evidence
            .Graph.Nodes.Where(n => n.Has(OperatorTraits.UsesBatchStatistics))
            .Select(n => (n, n.Output.Shape.Single.Count / n.Output.Shape.Single[1] * Math.Max(1, batch)))
            .OrderBy(n => n.Item2);

    /// <summary>Running statistics that are not those of the network as it is.</summary>
    private static Finding? Statistics(Measurements measured)
    {
        (MeasuredEpoch Epoch, double Gap, bool IsLarge)[] gaps = [.. Gaps(measured)],
            last = [.. gaps.TakeLast(2)];
        if (measured.Run.Normalizations.Count == 0 || last.Length == 0 || !last[^1].IsLarge)
        {
            return null;
        }

        double momentum = measured.Run.NormalizationMomentum.Where(m => m > 0).DefaultIfEmpty(0.1).Min();
        long settles = (long)Math.Ceiling(Constants / momentum),
            updates = last[^1].Epoch.Step;
        bool lags = updates < settles,
            persists = last.Length == 2 && last.All(g => g.IsLarge) && updates >= Early,
            slow = settles > 5 * Early;
        MeasuredEpoch epoch = last[^1].Epoch;
        string why =
            lags && slow
                ? $" They follow with a momentum of {momentum:G3}, and need {settles:N0} updates to forget what they were"
            : lags ? $" After {updates:N0} updates they still lag behind weights that change fast; that passes"
            : "";
        string healed = Heals(measured, Worse)
            ? $" With statistics taken anew over 8 batches the loss falls from {measured.LastProbe("batchnorm")!["loss"]:G4} to {measured.LastProbe("batchnorm")!["reestimated"]:G4}."
            : "";
        return new Finding(
            persists && Heals(measured, slow ? Worse : MuchWorse) && (!lags || slow) ? Verdict.Fix : Verdict.Look,
            Cause.RunningStatistics,
            $"The same {epoch.Train!.Items:N0} items have a loss of {epoch.Train.Loss:G4} in evaluation and {epoch.TrainingModeLoss:G4} as in training: running statistics do not follow the network.{(why.Length > 0 ? why + "." : "")}{healed}"
        )
        {
            Remedy =
                slow ? "new BatchNorm2d(channels, momentum: 0.1)."
                : lags ? "A lower learning rate or a warmup helps: --schedule cosine,warmup=1ep."
                : "Lower the learning rate, or take the statistics anew over some batches of training before evaluation.",
            Onset = gaps.Reverse().TakeWhile(g => g.IsLarge).Last().Epoch.Step,
            Threshold = Threshold,
        };
    }

    private static bool Heals(Measurements measured, double share) =>
        measured.LastProbe("batchnorm") is { } probe
        && probe["loss"] - probe["reestimated"] > Sure * probe["error"]
        && probe["loss"] - probe["reestimated"] > share * Math.Abs(probe["reestimated"]);
}
