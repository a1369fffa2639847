namespace Fovea.Workbench;

/// <summary>3.12: whether items are learned by heart, and since when.</summary>
/// <remarks>
/// A gap between items learned from and others is no fault by itself: residual networks know all of CIFAR-10 by heart and are the best
/// there are. At fault is what goes on learning while others get worse: a held-out loss more than two standard errors above its best for
/// three epochs, and no more of them right. The gap has the interval of Newcombe 1998, method 10.
/// </remarks>
public sealed class Generalization : MeasuredQuestion
{
    private const int Epochs = 3;
    private const double Sure = 2;

    // Gaps: below the first usual, and above the second much; shares of near copies; parameters an item.
    private const double SmallestGap = 0.05,
        Copies = 0.1,
        Capacity = 5,
        Known = 0.9;

    private const string More =
        "More items, augmentation (--augment), weight decay or a smaller network narrow the gap; --patience 3 stops in time.";

    /// <inheritdoc/>
    public override string Id => "3.12";

    /// <inheritdoc/>
    public override string Text => "Does the network overfit, and since when?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        Answer answer = Of(measured);
        return answer.Cause == Cause.Overfitting ? answer with { Experiment = Augmented(answer, measured) } : answer;
    }

    /// <summary>The run with pictures shifted by up to an eighth; empty where the advice is to stop in time, of what is no picture, and
    /// where they are augmented already.</summary>
    private static string Augmented(Answer answer, Measurements measured) =>
        answer.Options.Count == 0
        && measured.Run.Augment == TrainingOptions.None
        && measured.Data?.ItemShape is [_, var height, var width]
            ? Experiments.Pair(measured, "augment", $"crop={Math.Max(1, Math.Min(height, width) / 8)}")
            : "";

    /// <summary>The answer, of a network that cannot be traced too.</summary>
    internal Answer Of(Measurements measured)
    {
        MeasuredEpoch[] held = [.. measured.Epochs.Where(e => e is { Epoch: > 0, HeldOut: not null })];
        if (held.Length == 0 && measured.Test is null)
        {
            return CannotTell(
                "No items are held out, and the test part was not measured: --validation 0.2 holds a fifth out."
            );
        }

        Gap? gap = Gap.Of(measured);
        Finding[] findings =
        [
            .. (
                (IEnumerable<Finding?>)
                    [Leaks(measured, gap), Worse(measured, held, gap), Wide(gap), Unsure(measured, held)]
            ).OfType<Finding>(),
        ];
        Answer answer = Answer(Verdict.Ok, Fine(held, gap)) with
        {
            Measured = [.. Quantities(held, gap)],
            Threshold =
                $"to fix: a held-out loss {Sure} standard errors above its best for {Epochs} epochs, no more items right, and fewer than of those learned from; to look at: a gap whose interval lies above {100 * SmallestGap:F0} points",
            Source = "Newcombe 1998, method 10, for the gap; Prechelt 1998, Early stopping, but when?",
        };
        return Finding.Into(answer, findings);
    }

    private static string Fine(MeasuredEpoch[] held, Gap? gap) =>
        gap is { } g ? $"{g.Text()}."
        : held.Length > 0
            ? $"The held-out loss is {held[^1].HeldOut!.Loss:G4}, at best {held.Min(e => e.HeldOut!.Loss):G4}."
        : "Nothing is right or wrong, and no loss was held out: what the test part says stands alone.";

    private static IEnumerable<Quantity> Quantities(MeasuredEpoch[] held, Gap? gap)
    {
        if (held.Length > 0)
        {
            MeasuredEpoch best = held.MinBy(e => e.HeldOut!.Loss)!;
            yield return new("bestHeldOutLoss", best.HeldOut!.Loss, "loss");
            yield return new("bestEpoch", best.Epoch, "epochs");
            yield return new("heldOutLoss", held[^1].HeldOut!.Loss, "loss");
        }

        if (gap is { } g)
        {
            yield return new("gap", g.Difference.Value, "share");
            yield return new("gapLow", g.Difference.Low, "share");
            yield return new("gapHigh", g.Difference.High, "share");
        }
    }

    /// <summary>The held-out loss rises, and no more items are right.</summary>
    private static Finding? Worse(Measurements measured, MeasuredEpoch[] held, Gap? gap)
    {
        if (held.Length <= Epochs)
        {
            return null;
        }

        MeasuredEpoch best = held.MinBy(e => e.HeldOut!.Loss)!;
        MeasuredEpoch[] last = [.. held.TakeLast(Epochs)];
        if (
            !last.All(e => e.Epoch > best.Epoch && IsAbove(e.HeldOut!, best.HeldOut!))
            || !IsLearning(measured, best, last[^1])
            || gap?.Difference.Low <= 0
        )
        {
            return null;
        }

        double? then = best.HeldOut!.Accuracy()?.Value,
            now = last[^1].HeldOut!.Accuracy()?.Value;
        bool up = now > then;
        string right = then is null
            ? ""
            : $", and {Figures.Percent(now ?? 0)} are right where {Figures.Percent(then.Value)} were";
        return new Finding(
            up ? Verdict.Look : Verdict.Fix,
            Cause.Overfitting,
            $"Since epoch {best.Epoch} (update {best.Step:N0}) the held-out loss rises, from {best.HeldOut!.Loss:G4} to {last[^1].HeldOut!.Loss:G4}{right}{(up ? ": it grows surer of its mistakes, and is right more often" : "")}.{(gap is { } g ? $" {g.Text()}." : "")}"
        )
        {
            Crossed =
            [
                new(
                    $"held-out loss above its best, in standard errors, the least of {Epochs} epochs",
                    last.Min(e => Above(e.HeldOut!, best.HeldOut!)),
                    ">",
                    Sure,
                    Crossing.Ours
                ),
            ],
            Remedy = More,
            Options = new Dictionary<string, string> { ["patience"] = "3" },
            Onset = best.Step,
        };
    }

    private static bool IsAbove(MeasuredPart now, MeasuredPart best) => now.Loss - best.Loss > Sure * Error(now, best);

    private static double Above(MeasuredPart now, MeasuredPart best) => (now.Loss - best.Loss) / Error(now, best);

    private static double Error(MeasuredPart now, MeasuredPart best) =>
        Math.Sqrt((now.LossError * now.LossError) + (best.LossError * best.LossError));

    /// <summary>Whether items learned from got better meanwhile: else it is no overfitting.</summary>
    private static bool IsLearning(Measurements measured, MeasuredEpoch best, MeasuredEpoch now) =>
        now.RunningLoss < best.RunningLoss || measured.TrainAccuracy(now)?.Value > measured.TrainAccuracy(best)?.Value;

    private static Finding? Wide(Gap? gap) =>
        gap is not { } g || g.Difference.Low <= SmallestGap
            ? null
            : new Finding(Verdict.Look, Cause.Overfitting, $"Overfitting: {g.Text()}.")
            {
                Crossed =
                [
                    new(
                        "gap of the accuracies, lower end of its 95 % interval (Newcombe 1998)",
                        g.Difference.Low,
                        ">",
                        SmallestGap,
                        Crossing.Ours
                    ),
                ],
                Remedy = More,
            };

    /// <summary>No gap where there should be one, and near copies in both parts.</summary>
    private static Finding? Leaks(Measurements measured, Gap? gap)
    {
        if (
            measured.Data is not { NeighboursLooked: > 0 } data
            || gap is not { } g
            || data.NeighboursAcrossParts + data.AcrossParts < Copies * data.OthersLooked
            || g.Difference.High > SmallestGap
            || measured.Run.Parameters.Sum(p => p.Count) < Capacity * measured.Run.TrainItems
            || g.Train.Value < Known
        )
        {
            return null;
        }

        return new Finding(
            Verdict.Fix,
            Cause.Leak,
            $"{g.Text()}, though the network has {Figures.Count((double)measured.Run.Parameters.Sum(p => p.Count) / measured.Run.TrainItems)} parameters an item, and {data.NeighboursAcrossParts + data.AcrossParts:N0} of {data.OthersLooked:N0} items of other parts are copies or near copies: it is judged on what it learned."
        )
        {
            Crossed =
            [
                new(
                    "share of items of other parts that are copies or near copies",
                    (double)(data.NeighboursAcrossParts + data.AcrossParts) / data.OthersLooked,
                    ">=",
                    Copies,
                    Crossing.Ours
                ),
                new(
                    "gap of the accuracies, upper end of its 95 % interval",
                    g.Difference.High,
                    "<=",
                    SmallestGap,
                    Crossing.Ours
                ),
            ],
            Remedy = "Split by source (person, object, recording), not by file.",
        };
    }

    /// <summary>A held-out loss out of all proportion, without normalization to explain it.</summary>
    private static Finding? Unsure(Measurements measured, MeasuredEpoch[] held) =>
        held.LastOrDefault() is { } last
        && measured.Run is { ChanceLoss: { } chance, Normalizations.Count: 0 }
        && HeldOutLoss.Explain(last.HeldOut!.Loss, last.RunningLoss, chance, normalizes: false, last.Step) is { } text
            ? new Finding(Verdict.Look, Cause.Overfitting, text) { Remedy = More, Onset = last.Step }
            : null;

    /// <summary>The share right of items learned from, less that of others.</summary>
    /// <param name="Train">Of items learned from.</param>
    /// <param name="Others">Of the others.</param>
    /// <param name="Items">How many others.</param>
    /// <param name="Name">What the others are.</param>
    private readonly record struct Gap(Proportion Train, Proportion Others, int Items, string Name)
    {
        public Proportion Difference => Train.Less(Others);

        public string Text() =>
            FormattableString.Invariant(
                $"{100 * Train.Value:F1} % of the items learned from are right and {100 * Others.Value:F1} % of the {Items:N0} {Name}, a gap of {100 * Difference.Value:F1} points (95 % interval {100 * Difference.Low:F1} to {100 * Difference.High:F1})"
            );

        /// <summary>Of the test part, or else of the last epoch with items held out.</summary>
        public static Gap? Of(Measurements measured)
        {
            if (
                measured.Test is { } test
                && test.Part.Accuracy() is { } tested
                && measured.Epochs.LastOrDefault(e => e.Epoch > 0 && e.Epoch <= test.Epoch) is { } then
                && measured.TrainAccuracy(then) is { } known
            )
            {
                return new Gap(known, tested, test.Part.Items, "test items");
            }

            return
                measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, HeldOut: not null }) is { } last
                && last.HeldOut!.Accuracy() is { } held
                && measured.TrainAccuracy(last) is { } train
                ? new Gap(train, held, last.HeldOut!.Items, "items held out")
                : null;
        }
    }
}
