using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of the loss, put aside.</summary>
internal static class AsideLosses
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            Of(
                "loss averaged over a wrong count",
                [Cause.LossScale, Cause.RateTooLow],
                p => AsideKinds.IsSgd(p) && p.Source.Train.Count >= 1000,
                p => OverAllItems(p.Source.Train.Count)
            ),
            Of(
                "root of 0 in the loss",
                [Cause.NonFinite, Cause.WrongGradient],
                _ => true,
                _ => (scores, labels) => new CrossEntropy().Forward(scores, labels) + Spread(scores, labels)
            ),
            Of(
                "probabilities given to a loss of log-probabilities",
                [Cause.LossKind, Cause.OutputActivation],
                _ => true,
                _ => (scores, labels) => -Chosen(scores.Softmax(1), labels).Mean()
            ),
            new(
                "loss of another head",
                [Cause.Disconnected, Cause.NotOptimized],
                (p, seed) =>
                    new Case(
                        new TwoHeads(p.Build(seed), p.Source.Train.ItemShape[0], p.Source.Train.Classes.Count, seed),
                        p.Source,
                        p.Options(seed)
                    )
                    {
                        Own = new Habits
                        {
                            Value = (net, x, labels) => new CrossEntropy().Forward(((TwoHeads)net).Second(x), labels),
                        },
                    }
            ),
        ];

    private static Fault Of(
        string name,
        string[] accepts,
        Func<Problem, bool> fits,
        Func<Problem, Func<Tensor, Tensor, Tensor>> loss
    ) => new(name, accepts, (p, seed) => fits(p) ? new Case(p.Build(seed), p.Source, p.Options(seed), loss(p)) : null);

    /// <summary>The sum over a batch, divided by the items of the whole set.</summary>
    private static Func<Tensor, Tensor, Tensor> OverAllItems(int items)
    {
        CrossEntropy sum = new() { Reduction = LossReduction.Sum };
        return (scores, labels) => sum.Forward(scores, labels) * (1.0 / items);
    }

    /// <summary>The mean distance of items of one class, as in losses of pairs and triplets: that of an item from itself is
    /// the root of 0.</summary>
    private static Tensor Spread(Tensor scores, Tensor labels)
    {
        Tensor one = labels.OneHot(scores.Shape[1]),
            same = one.MatMul(one.Transpose()),
            distances = (scores.Unsqueeze(1) - scores.Unsqueeze(0)).Square().Sum([2]).Sqrt();
        return (distances * same).Mean() * 0.1;
    }

    private static Tensor Chosen(Tensor values, Tensor labels) => (values * labels.OneHot(values.Shape[1])).Sum([1]);
}

/// <summary>A network with a second head, on the means of the input's channels.</summary>
internal sealed class TwoHeads(Module body, int channels, int classes, ulong seed) : Module
{
    private readonly Module _body = body;
    private readonly Module _second = new Linear(channels, classes).Initialize(seed);

    public override Tensor Forward(Tensor x) => _body.Forward(x);

    /// <summary>The second head's scores.</summary>
    public Tensor Second(Tensor x) => _second.Forward(x.Flatten(2).Mean([2]));
}
