using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of a training loop written by hand.</summary>
internal static class LoopFaults
{
    public static IEnumerable<Fault> All =>
        [
            Of(Slip.NotCleared, "gradients never cleared", [Cause.GradientsNotCleared]),
            Of(Slip.ClearedEachBatch, "cleared at each batch of an update", [Cause.ItemsMissed]),
            Of(Slip.SummedBatches, "batches summed", [Cause.LossScale]),
            Of(Slip.ClimbsTheLoss, "sign flipped", [Cause.WrongGradient]),
            Of(Slip.NoisyGradient, "gradients changed on the way", [Cause.WrongGradient]),
            Of(Slip.ScaledLoss, "loss times 30", [Cause.LossScale]),
            Of(Slip.InEvaluation, "left in evaluation", [Cause.EvaluationMode], p => p.HasBatchNorm),
            Of(Slip.EvaluatedInTraining, "measured in training", [Cause.TrainingMode]),
            Of(Slip.LayerNotOptimized, "a layer not given to the optimizer", [Cause.NotOptimized]),
            Of(Slip.Unshuffled, "sorted by class, not shuffled", [Cause.Unshuffled]),
            Of(Slip.OneBatchForEver, "one batch for ever", [Cause.RepeatedItems]),
            Of(Slip.HalfOfTheItems, "half of the items never fed", [Cause.ItemsMissed]),
            Of(Slip.SameAugmentation, "the same random numbers each epoch", [Cause.RepeatedAugmentation]),
            Of(Slip.RawInputs, "raw inputs of 0 to 255", [Cause.DataScale, Cause.RateTooHigh], exact: false),
            Of(
                Slip.DividedTwice,
                "divided by 255 twice",
                [Cause.DataScale, Cause.RateTooLow, Cause.FirstValues],
                exact: false
            ),
            Of(
                Slip.OtherPipeline,
                "another pipeline for held-out items",
                [Cause.PipelinesDiffer, Cause.RunningStatistics]
            ),
            Late(Slip.NotCleared, "no longer cleared", [Cause.GradientsNotCleared]),
            Late(Slip.ClimbsTheLoss, "sign flipped later", [Cause.WrongGradient]),
            Late(Slip.ScaledLoss, "loss times 30 later", [Cause.LossScale]),
            Late(Slip.InEvaluation, "left in evaluation later", [Cause.EvaluationMode], p => p.HasBatchNorm),
            Of(Slip.OtherClassOrder, "another class order for held-out items", [Cause.ClassOrder]),
        ];

    /// <summary>From an update within the third epoch or so on.</summary>
    private static Fault Late(Slip slip, string name, string[] accepts, Func<Problem, bool>? fits = null) =>
        Of(slip, name, accepts, fits) is var fault
            ? fault with
            {
                Plant = (p, seed) =>
                    fault.Plant(p, seed) is { } run ? run with { From = 100 + (int)(seed * 7 % 40) } : null,
            }
            : fault;

    private static Fault Of(
        Slip slip,
        string name,
        string[] accepts,
        Func<Problem, bool>? fits = null,
        bool exact = true
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
                fits?.Invoke(p) == false ? null : new Case(p.Build(seed), p.Source, p.Options(seed), Slip: slip)
        )
        {
            IsExact = exact,
        };
}
