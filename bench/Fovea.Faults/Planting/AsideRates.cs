using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of rates and schedules, put aside.</summary>
internal static class AsideRates
{
    // An epoch of so many items has enough batches for a fault that depends on their number.
    private const int ManyItems = 1000;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            AsideKinds.ByOptions(
                "warm-up never ends",
                [Cause.RateTooLow, Cause.Schedule],
                (_, o) => o with { Schedule = "cosine,warmup=100000" }
            ),
            AsideKinds.ByOptions(
                "SGD's rate given to Adam",
                [Cause.RateTooHigh, Cause.Exploding, Cause.NonFinite],
                (p, o) =>
                    p.HasBatchNorm || AsideKinds.IsSeries(p) ? null : o with { Optimizer = "adam", LearningRate = 0.1 }
            ),
            AsideKinds.ByOptions(
                "Adam's rate given to SGD",
                [Cause.RateTooLow],
                (_, o) => o with { Optimizer = "sgd", LearningRate = 1e-4 }
            ),
            AsideKinds.ByOptions(
                "batch of one at the rate for 32",
                [Cause.RateTooHigh],
                (p, o) =>
                    p.HasBatchNorm ? null : o with { Batch = 1, Epochs = Math.Max(1, 2400 / p.Source.Train.Count) }
            ),
            AsideKinds.ByOptions(
                "64 batches accumulated",
                [Cause.RateTooLow, Cause.Underfitting],
                (p, o) => p.Source.Train.Count < ManyItems ? null : o with { Accumulation = 64 }
            ),
            new(
                "fine-tuned at 15 times the rate",
                [Cause.RateTooHigh],
                (p, seed) =>
                    new Case(
                        Learned(p, seed),
                        p.Source,
                        p.Options(seed) with
                        {
                            LearningRate = p.Rate * 15,
                            Schedule = "constant",
                        }
                    )
            )
            {
                On = Problem.All,
            },
            AsideKinds.ByHand(
                "rate times 60 at every 15th update",
                [Cause.RateTooHigh, Cause.Schedule],
                (_, _) => new Habits { Rate = (u, schedule) => schedule.Factor(u) * (u % 15 == 14 ? 60 : 1) }
            ),
            new(
                "resumed without the optimizer's state",
                [Cause.RateTooHigh, Cause.Schedule],
                // A rate that is well with a cosine to its end, and is not where the end has it anew.
                (p, seed) =>
                    p.HasBatchNorm && p.Source.Train.Count > 250
                        ? new Case(p.Build(seed), p.Source, p.Options(seed) with { LearningRate = p.Rate * 3 })
                        {
                            Own = Resumed(150, 292),
                        }
                        : null
            ),
            AsideKinds.ByHand(
                "gradient clipped by value to 1e-6",
                [Cause.RateTooLow, Cause.WrongGradient],
                (p, _) =>
                    AsideKinds.IsSgd(p)
                        ? new Habits { BeforeStep = (net, _, _) => GradientClipping.ByValue(net.Parameters(), 1e-6) }
                        : null
            ),
        ];

    /// <summary>A network that has learned its problem.</summary>
    public static Module Learned(Problem problem, ulong seed)
    {
        Module net = problem.Build(seed);
        _ = Trainer.Fit(net, problem.Source, problem.Options(seed) with { Watch = WatchLevel.Off, Preflight = false });
        return net;
    }

    /// <summary>At some updates the run goes on from a checkpoint that holds the weights alone: moments are zero, and the
    /// schedule, counted by the optimizer, begins anew at its top, as the warm-up is thought to be over.</summary>
    private static Habits Resumed(params int[] at) =>
        new()
        {
            Rate = (u, schedule) => schedule.Factor(u - at.Where(a => a <= u).Select(a => a - 10).LastOrDefault()),
            BeforeStep = (_, optimizer, u) =>
            {
                if (at.Contains(u))
                {
                    optimizer.LoadStateDict(
                        new Dictionary<string, Tensor> { ["steps"] = Tensor.Scalar(0, DType.Int64) }
                    );
                }
            },
        };
}
