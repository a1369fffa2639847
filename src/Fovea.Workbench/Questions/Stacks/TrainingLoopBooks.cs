namespace Fovea.Workbench;

/// <summary>3.19: whether the training loop does what a loop must, by its books: gradients cleared once an update, the gradient
/// that of the loss, every parameter given to the optimizer, the network in the right mode.</summary>
/// <remarks>Everything here is exact: objects that are the same or not, gradients compared with those of a trace, so one
/// occurrence in several updates is enough. The cosine of two gradients of one batch is 1 but for rounding; batch normalization
/// and long sums round to 1e-3 at worst, so 0.99 tells them apart.</remarks>
public sealed partial class TrainingLoopBooks : MeasuredQuestion
{
    private const double Same = 0.99,
        Close = 0.02;

    // One odd update can be meant, such as a skipped one; three are a habit.
    private const int Habit = 3;

    /// <inheritdoc/>
    public override string Id => "3.19";

    /// <inheritdoc/>
    public override string Text => "Does the training loop do what a loop must?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        if (measured.Updates < Habit)
        {
            return CannotTell($"Fewer than {Habit} updates were made.");
        }

        return (
            Uncleared(measured)
            ?? Dropped(measured)
            ?? Evaluating(measured)
            ?? Replaced(measured)
            ?? Late(measured)
            ?? Undone(measured)
            ?? Restless(measured)
            ?? OtherWeights(measured)
            ?? OtherHead(measured)
            ?? OtherNetwork(measured)
            ?? Turned(measured)
            ?? OtherGradient(measured)
            ?? EvaluatedInTraining(measured)
            ?? Answer(Verdict.Ok, Fine(measured))
        ) with
        {
            Threshold =
                $"exact books: to fix from {Habit} updates on; gradients count as the same from a cosine of {Same} on",
            Source = "the loop's own objects, and the gradient of the loss as traced",
        };
    }

    private Answer? Uncleared(Measurements measured)
    {
        int count = measured.Steps.Sum(s => s.Uncleared);
        return count < Habit
            ? null
            : Fix(
                Cause.GradientsNotCleared,
                $"In {count} of {measured.Updates} updates the gradient went on from that of the update before, as it was not cleared: it holds all batches so far.",
                measured.Steps.First(s => s.Uncleared > 0).Step,
                "Call optimizer.ZeroGrad() once for each update, before Backward.",
                new Quantity("unclearedUpdates", count, "updates")
            );
    }

    private Answer? Dropped(Measurements measured)
    {
        int count = measured.Steps.Sum(s => s.Dropped);
        return count < Habit
            ? null
            : Fix(
                Cause.ItemsMissed,
                $"The gradients of {count} batches were cleared before the update that was to take them: their items have no effect.",
                measured.Steps.First(s => s.Dropped > 0).Step,
                "Call optimizer.ZeroGrad() once for each update, not for each batch of it.",
                new Quantity("droppedBatches", count, "batches")
            );
    }

    private Answer? Evaluating(Measurements measured)
    {
        MeasuredStep[] lines = [.. measured.Steps.Where(s => s.InEvaluation > 0)];
        return lines.Length < Habit || measured.Steps[^1].InEvaluation == 0
            ? null
            : Fix(
                Cause.EvaluationMode,
                $"{Figures.Of(lines[^1].InEvaluation, "layer")} that behave differently in training are in evaluation while the network learns: dropout does nothing, running statistics stand still.",
                lines[0].Step,
                "Call net.Train() before learning, and again behind every evaluation; what shall stay in evaluation is frozen with net.Freeze(state: true).",
                new Quantity("layersInEvaluation", lines[^1].InEvaluation, "layers")
            );
    }

    /// <summary>Weights that are others at the begin of an update than the update before left.</summary>
    private Answer? Replaced(Measurements measured)
    {
        int count = measured.Steps.Sum(s => s.Replaced);
        return count == 0
            ? null
            : Answer(
                count > 1 ? Verdict.Fix : Verdict.Look,
                $"{Figures.Of(count, "time")} the weights were others at the begin of an update than the update before had left, by more than half of their size: they were made or loaded anew, and what was learned is lost."
            ) with
            {
                Cause = Cause.Unregistered,
                OnsetStep = measured.Steps.First(s => s.Replaced > 0).Step,
                Remedy =
                    "Make, initialize or load the network once, before the loop over epochs; look for Initialize or LoadStateDict within it.",
                Measured = [new("replacedWeights", count, "times")],
            };
    }

    /// <summary>A loss that no parameter behind the outputs gets a gradient from: it is that of something else.</summary>
    private Answer? OtherHead(Measurements measured)
    {
        int[] reached =
        [
            .. Enumerable
                .Range(0, measured.Run.Parameters.Count)
                .Where(i => measured.Run.Parameters[i] is { IsWeight: true, IsReached: true, IsTrainable: true }),
        ];
        MeasuredStep[] lines = [.. measured.Samples.Where(s => s.Gradients is not null)];
        if (
            reached.Length == 0
            || lines.Length < Habit
            || !lines.All(s => reached.All(i => double.IsNaN(s.Gradients![i])) && s.GradientNorm > 0.0)
        )
        {
            return null;
        }

        return Fix(
            Cause.Disconnected,
            $"The loss has a gradient, but none of the {reached.Length} weights that the outputs depend on gets one: it is the loss of other values than the network's outputs.",
            lines[0].Step,
            "Compute the loss from what Forward returns, and look for Detach or another layer's scores on the way to it.",
            new Quantity("reachedWithoutGradient", reached.Length, "weights")
        ) with
        {
            Layers =
            [
                .. reached.Select(i => SignalLayers.LayerName(measured.Run, measured.Run.Parameters[i])).Distinct(),
            ],
        };
    }

    /// <summary>Parameters whose gradient was turned round between Backward and the update.</summary>
    private Answer? Turned(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        MeasuredStep[] lines = [.. measured.Samples.Where(s => s.GradientTurns?.Count == run.Parameters.Count)];
        int[] turned =
        [
            .. Enumerable
                .Range(0, run.Parameters.Count)
                .Where(i => IsHabit(lines, [.. lines.Where(s => s.GradientTurns![i] < -Same)])),
        ];
        if (turned.Length == 0)
        {
            return null;
        }

        string[] layers = [.. turned.Select(i => SignalLayers.LayerName(run, run.Parameters[i])).Distinct()];
        return Fix(
            Cause.WrongGradient,
            $"The gradient of {run.Parameters[turned[0]].Name} points the other way when the optimizer takes it than Backward left it: it climbs the loss; {Figures.Of(turned.Length, "parameter")} of {run.Parameters.Count}.",
            lines.First(s => s.GradientTurns![turned[0]] < -Same).Step,
            $"Look for what changes the sign of gradients of {layers[0]} between Backward and Step.",
            new Quantity("turnedParameters", turned.Length, "parameters")
        ) with
        {
            Layers = layers,
        };
    }

    private Answer? OtherNetwork(Measurements measured)
    {
        MeasuredStep[] lines = [.. measured.Samples.Where(s => s.TracedLoss is not null && s.FirstLoss is not null)];
        MeasuredStep[] other = [.. lines.Where(Differs)];
        return !IsHabit(lines, other)
            ? null
            : Fix(
                Cause.Unregistered,
                $"The network does other things in each call: its loss was {other[^1].FirstLoss:G4} where the same batch, weights and drawn numbers give {other[^1].TracedLoss:G4}. A layer or tensor made within Forward would explain it; it is no parameter and never learns.",
                other[0].Step,
                "Make layers in the constructor and keep them in fields; draw numbers by a layer such as Dropout.",
                new Quantity("loss", other[^1].FirstLoss!.Value, "nats"),
                new Quantity("tracedLoss", other[^1].TracedLoss!.Value, "nats")
            );

        static bool Differs(MeasuredStep s) =>
            double.IsFinite(s.FirstLoss!.Value)
            && Math.Abs(s.FirstLoss.Value - s.TracedLoss!.Value) > 1e-3 * Math.Max(1e-3, Math.Abs(s.FirstLoss.Value));
    }

    private Answer? OtherGradient(Measurements measured)
    {
        MeasuredStep[] lines =
        [
            .. measured.Samples.Where(s => s.GradientCosine is { } c && double.IsFinite(c) && s.Uncleared == 0),
        ];
        MeasuredStep[] other = [.. lines.Where(s => s.GradientCosine < Same)];
        if (IsHabit(lines, other))
        {
            double cosine = other.Average(s => s.GradientCosine!.Value);
            return Fix(
                Cause.WrongGradient,
                cosine < -Same
                    ? "The gradient points the other way: the loop climbs the loss."
                    : $"The gradient is not that of the loss: the cosine of the two is {cosine:F3}.",
                other[0].Step,
                cosine < -Same
                    ? "Call loss.Backward() on the loss itself; do not change the sign of loss or gradient."
                    : "Look for what changes gradients between Backward and Step, for another loss, and for Detach or AsSpan within the network.",
                new Quantity("cosine", cosine, "ratio")
            );
        }

        MeasuredStep[] scaled =
        [
            .. lines.Where(s => s.GradientScale is { } scale && Math.Abs((scale * s.Batches) - 1.0) > Close),
        ];
        if (!IsHabit(lines, scaled))
        {
            return null;
        }

        double factor = scaled.Average(s => s.GradientScale!.Value * s.Batches);
        bool sums = scaled.All(s => s.Batches > 1 && Math.Abs(s.GradientScale!.Value - 1.0) <= Close);
        return Fix(
            Cause.LossScale,
            sums
                ? $"The gradients of the {scaled[^1].Batches} batches of an update are summed, not averaged: every step is {scaled[^1].Batches} times as long as its learning rate says."
                : $"The gradient is {factor:G4} times that of the mean loss: every step is as much longer or shorter than its learning rate says.",
            scaled[0].Step,
            sums
                ? $"Divide each loss by {scaled[^1].Batches}, the number of batches, before Backward."
                : "Learn from the mean over items; a factor belongs into the learning rate.",
            new Quantity("factor", factor, "ratio")
        );
    }

    /// <summary>Whether it happens in most samples from its first on, and at last: a loop may go wrong on its way.</summary>
    private static bool IsHabit(MeasuredStep[] lines, MeasuredStep[] some) =>
        some.Length >= Habit && some.Length >= 0.5 * lines.Count(l => l.Step >= some[0].Step) && lines[^1] == some[^1];

    private Answer? EvaluatedInTraining(Measurements measured)
    {
        int count = measured.Epochs.Count(e => e.EvaluatedInTraining);
        return count == 0
            ? null
            : Fix(
                Cause.TrainingMode,
                $"The items held out were measured {Figures.Of(count, "time")} with the network in training: what it says of an item then depends on the other items of its batch and on dropped units.",
                measured.Epochs.First(e => e.EvaluatedInTraining).Step,
                "Call net.Eval() before measuring, and net.Train() behind it.",
                new Quantity("evaluationsInTraining", count, "evaluations")
            );
    }

    private static string Fine(Measurements measured) =>
        measured.Samples.Any(s => s.GradientCosine is not null)
            ? "Gradients are those of the loss and are cleared once an update; layers are in training while the network learns."
            : "Gradients are cleared once an update; layers are in training while the network learns. Whether the gradient is that of the loss cannot be told, as the network cannot be traced.";

    private Answer Fix(
        string cause,
        string finding,
        long onset,
        string remedy,
        params IReadOnlyList<Quantity> figures
    ) => Answer(Verdict.Fix, finding) with { Cause = cause, OnsetStep = onset, Remedy = remedy, Measured = figures };
}
