using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of rates, schedules, optimizers and regularization.</summary>
internal static class OptionFaults
{
    private static readonly string[] High = [Cause.RateTooHigh, Cause.Exploding, Cause.NonFinite];

    public static IEnumerable<Fault> All =>
        [
            Of("rate x 100", High, o => o with { LearningRate = o.LearningRate * 100 }),
            Of("rate x 30", High, o => o with { LearningRate = o.LearningRate * 30 }),
            Of("rate / 1000", [Cause.RateTooLow], o => o with { LearningRate = o.LearningRate / 1000 }),
            Of("rate / 10000", [Cause.RateTooLow], o => o with { LearningRate = o.LearningRate / 10000 }),
            Of("schedule by batch", [Cause.Schedule, Cause.RateTooLow], o => o with { Schedule = "step=10,gamma=0.3" }),
            Of(
                "momentum .999",
                [Cause.RateTooHigh, Cause.NonFinite, Cause.Exploding],
                o => o with { Optimizer = "sgd,momentum=0.999", Schedule = "constant" }
            ),
            Of("adam without epsilon, rate .3", High, o => o with { Optimizer = "adam,eps=1e-16", LearningRate = 0.3 }),
            Of(
                "decay 1",
                [Cause.OverRegularized],
                o => o with { Optimizer = "sgd,momentum=0.9,decay=1", LearningRate = 0.02 }
            ),
            Of(
                "clip 1e-5",
                [Cause.RateTooLow],
                o => o with { ClipNorm = 1e-5, Optimizer = "sgd,momentum=0.9", LearningRate = 0.05 }
            ),
            Of("smoothing .99", [Cause.OverRegularized, Cause.Underfitting], o => o with { LabelSmoothing = 0.99 }),
            Of(
                "erases nearly all",
                [Cause.StrongAugmentation, Cause.OverRegularized],
                o => o with { Augment = "resized-crop=0.02,erase=1,color=0.9" },
                p => p.Source.Train.ItemShape.Rank == 3
            ),
            new(
                "normalized over two values",
                [Cause.SmallBatchStatistics],
                (p, seed) =>
                    p.IsText && p.Network.Contains("flatten=true; linear", StringComparison.Ordinal)
                        ? new Case(
                            p.Build(
                                seed,
                                p.Network.Replace(
                                    "flatten=true; linear",
                                    "flatten=true; bn; linear",
                                    StringComparison.Ordinal
                                )
                            ),
                            p.Source,
                            p.Options(seed) with
                            {
                                Batch = 2,
                                LearningRate = p.Rate / 8,
                                Epochs = Math.Max(1, 1200 / p.Source.Train.Count),
                            }
                        )
                        : null
            ),
        ];

    private static Fault Of(
        string name,
        string[] accepts,
        Func<TrainingOptions, TrainingOptions> change,
        Func<Problem, bool>? fits = null
    ) =>
        new(
            name,
            accepts,
            (p, seed) => fits?.Invoke(p) == false ? null : new Case(p.Build(seed), p.Source, change(p.Options(seed)))
        );
}
