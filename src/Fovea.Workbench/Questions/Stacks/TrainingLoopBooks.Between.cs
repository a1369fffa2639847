namespace Fovea.Workbench;

/// <content>What happens between Backward and the update, between updates, and before items are measured.</content>
public sealed partial class TrainingLoopBooks
{
    // Of an update, taken back before the next one; rounding to few bits takes back nearly all, an average now and then little.
    private const double TakenBack = 0.5;

    // Of the largest output, and of the norm of the weights.
    private const double Differs = 1e-5,
        Moved = 1e-3;

    // Times the loss while learning, and standard errors.
    private const double Worse = 1.5,
        Sure = 3;

    /// <summary>Gradients of earlier updates.</summary>
    private Answer? Late(Measurements measured)
    {
        int count = measured.Steps.Sum(s => s.Late);
        return count < Habit
            ? null
            : Fix(
                Cause.WrongGradient,
                $"In {count} of {measured.Updates} updates the optimizer took, to the bit, the gradient that Backward had left up to {measured.Steps.Max(s => s.LateBy)} updates before: it is that of weights which are no longer there.",
                measured.Steps.First(s => s.Late > 0).Step,
                "Step with the gradient of the present weights; workers that do not wait for each other need a far lower rate (--lr).",
                new Quantity("lateUpdates", count, "updates"),
                new Quantity("lateBy", measured.Steps.Max(s => s.LateBy), "updates")
            );
    }

    /// <summary>Updates that are taken back: weights rounded to a grid, held, or overwritten.</summary>
    private Answer? Undone(Measurements measured)
    {
        MeasuredStep[] lines = [.. measured.Steps.Where(s => s.Undone is { } share && double.IsFinite(share))],
            back = [.. lines.Where(s => s.Undone > TakenBack)];
        return !IsHabit(lines, back)
            ? null
            : Fix(
                Cause.RateTooLow,
                $"Of what an update changes {Figures.Percent(Statistics.Median(back.Select(s => s.Undone!.Value)))} is taken back before the next one begins, in {back.Length} of {lines.Length} updates looked at: most steps have no effect.",
                back[0].Step,
                "Keep the weights that are trained in full precision, and round a copy of them for Forward; look for what writes into weights behind Step.",
                new Quantity("takenBack", Statistics.Median(back.Select(s => s.Undone!.Value)), "ratio")
            );
    }

    /// <summary>Items that have another answer each time in evaluation.</summary>
    private Answer? Restless(Measurements measured) =>
        measured.LastProbe(MixingProbe.ProbeName) is { } probe && probe["again"] > Differs * probe["scale"]
            ? Fix(
                Cause.TrainingMode,
                $"In evaluation the very same items have other outputs when they are asked again: they differ by up to {probe["again"]:G3} where the largest is {probe["scale"]:G3}. A layer goes on dropping units or drawing numbers.",
                0,
                "Let a layer ask whether it IsTraining; a Train() within Forward, or dropout made without a module, does not hear of Eval().",
                new Quantity("again", probe["again"], "score"),
                new Quantity("scale", probe["scale"], "score")
            )
            : null;

    /// <summary>Items measured with other weights than those that were trained, and much worse for it.</summary>
    private Answer? OtherWeights(Measurements measured)
    {
        MeasuredEpoch[] last =
        [
            .. measured
                .Epochs.Where(e => e is { Epoch: > 0, Train: not null } && double.IsFinite(e.WeightsMoved))
                .TakeLast(2),
        ];
        return last.Length < 2 || !last.All(IsWorse)
            ? null
            : Fix(
                Cause.OtherWeights,
                $"Items were measured with other weights than the last update left ({last[^1].WeightsMoved:G3} of their norm apart), and those learned from have a loss of {last[^1].Train!.Loss:G4} with them, where it was {last[^1].RunningLoss:G4} while they were learned.",
                last[0].Step,
                "Evaluate the trained weights; an average of them needs a decay that forgets within the run (0.99 for some hundred updates), or a warm-up of it.",
                new Quantity("weightsMoved", last[^1].WeightsMoved, "ratio"),
                new Quantity("loss", last[^1].Train!.Loss, "loss")
            );

        static bool IsWorse(MeasuredEpoch e) =>
            e.WeightsMoved > Moved
            && e.Train!.Loss > Worse * e.RunningLoss
            && e.Train.Loss - e.RunningLoss > Sure * e.Train.LossError;
    }
}
