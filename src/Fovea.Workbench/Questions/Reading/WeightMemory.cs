namespace Fovea.Workbench;

/// <summary>How long weights remember: the updates in which decay alone takes them to 1/e, at the highest rate.</summary>
/// <param name="Updates">1 / (eta lam), divided by 1 / (1 - mu) for SGD with momentum, which takes decay along with the
/// gradient.</param>
/// <param name="Rate">The highest rate.</param>
/// <param name="Decay">The highest decay of a weight.</param>
/// <remarks>The recipes of ResNets (rate 0.1, momentum 0.9, decay 1e-4 to 5e-4) have 200 to 1000 updates, AdamW (1e-3, 1e-2)
/// 100,000.</remarks>
internal sealed record WeightMemory(double Updates, double Rate, double Decay)
{
    /// <summary>A usual memory, in updates.</summary>
    public const double Usual = 1000.0;

    private const double Short = 50.0,
        OrdinaryDecay = 0.01;
    private const int Patience = 100;

    /// <summary>Whether it is shorter than any recipe has it.</summary>
    public bool IsShort => Updates < Short;

    /// <summary>Whether the decay is to blame, rather than the rate.</summary>
    public bool IsByDecay => Decay > OrdinaryDecay;

    /// <summary>Reads it; null without decay, after few updates, and for optimizers that rescale decay.</summary>
    public static WeightMemory? Of(Measurements measured)
    {
        MeasuredRun run = measured.Run;
        double rate = Math.Max(run.LearningRate, measured.Steps.Select(s => s.LearningRate).DefaultIfEmpty().Max()),
            share = run.Optimizer switch
            {
                "sgd" when run.Momentum < 1.0 => 1.0 / (1.0 - run.Momentum),
                "adamw" => 1.0,
                _ => 0.0,
            };
        MeasuredParameter[] weights =
        [
            .. run.Parameters.Where(p =>
                p is { IsWeight: true, IsTrainable: true, IsOptimized: true, WeightDecay: > 0.0 }
            ),
        ];
        return share == 0.0 || rate <= 0.0 || weights.Length == 0 || measured.Updates < Patience
            ? null
            : new WeightMemory(
                weights.Min(w => 1.0 / (rate * w.LearningRateScale * w.WeightDecay * share)),
                rate,
                weights.Max(w => w.WeightDecay)
            );
    }
}
