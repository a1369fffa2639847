using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of the loss, of the second set put aside.</summary>
internal static class BlindLosses
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            Of(
                "label 0 ignored as padding",
                [Cause.ItemsMissed, Cause.Imbalance, Cause.LossKind],
                (_, _) => new CrossEntropy { IgnoredLabel = 0 }.Forward
            ),
            Of(
                "loss clamped to 1",
                [Cause.WrongGradient, Cause.LossKind, Cause.Disconnected],
                // With two classes the loss starts below 1.
                (p, _) =>
                    p.Source.Train.Classes.Count > 2
                        ? (scores, labels) => new CrossEntropy().Forward(scores, labels).Clamp(high: 1)
                        : null
            ),
            Of(
                "magnitudes of all weights in the loss",
                [Cause.OverRegularized, Cause.LossScale],
                (_, net) =>
                {
                    Parameter[] weights = NetworkFaults.Weights(net);
                    return (scores, labels) =>
                        weights.Aggregate(
                            new CrossEntropy().Forward(scores, labels),
                            (sum, weight) => sum + (weight.Abs().Sum() * 0.01)
                        );
                }
            ),
            Of(
                "scores divided by a temperature of 1000",
                [Cause.FirstValues, Cause.Vanishing, Cause.RateTooLow],
                (_, _) => (scores, labels) => new CrossEntropy().Forward(scores * 0.001, labels)
            ),
        ];

    private static Fault Of(string name, string[] accepts, Func<Problem, Module, Func<Tensor, Tensor, Tensor>?> loss) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                Module net = p.Build(seed);
                return loss(p, net) is { } own ? new Case(net, p.Source, p.Options(seed), own) : null;
            }
        );
}
