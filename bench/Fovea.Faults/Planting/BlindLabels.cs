using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of labels and of splitting, of the second set put aside.</summary>
internal static class BlindLabels
{
    private const int Copies = 10;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            AsideKinds.ByHand(
                "labels guessed by a network that had not learned",
                [Cause.LabelNoise, Cause.ShuffledLabels, Cause.ClassOrder],
                (p, seed) => new Habits { Learned = d => Guessed(d, p.Build(seed + 1000)) }
            ),
            AsideKinds.ByHand(
                "two sources with other class orders",
                [Cause.LabelNoise, Cause.ClassOrder],
                (_, _) =>
                    new Habits
                    {
                        Learned = d => Relabelled(d, i => i % 2 == 0 ? d.Label(i) : d.Classes.Count - 1 - d.Label(i)),
                    }
            ),
            AsideKinds.ByHand(
                "split by place in a sorted file",
                [Cause.Imbalance, Cause.ItemsMissed, Cause.PipelinesDiffer],
                (p, _) =>
                    p.Source.Train.Classes.Count > 2
                        ? new Habits
                        {
                            Learned = d => OfClasses(d, first: true),
                            HeldOut = d => OfClasses(d, first: false),
                        }
                        : null
            ),
            new(
                "rare classes copied before the split",
                [Cause.Leak, Cause.RepeatedItems],
                (p, seed) =>
                    new Case(p.Build(seed), p.Source with { Train = Oversampled(p.Source.Train) }, p.Options(seed))
            )
            {
                IsStructural = true,
            },
        ];

    private static Items Relabelled(IDataset data, Func<int, int> label)
    {
        int[] all = [.. Enumerable.Range(0, data.Count)];
        return new Items(data, all, [.. all.Select(label)]);
    }

    /// <summary>The class whose score is most above its mean over the items.</summary>
    private static Items Guessed(IDataset data, Module net)
    {
        Loader loader = new(
            data,
            new LoaderOptions
            {
                BatchSize = data.Count,
                Preprocessing = Preprocessing.Fit(data),
                Workers = 0,
            }
        );
        using (NoGrad.Enter())
        {
            Tensor scores = net.Train().Forward(loader.Epoch(0).First().Inputs);
            long[] best = (scores - scores.Mean([0], keepDims: true)).ArgMax(1).ToArray<long>();
            return Relabelled(data, i => (int)best[i]);
        }
    }

    /// <summary>The items of the first four fifths of the classes, or of the others.</summary>
    private static Items OfClasses(IDataset data, bool first)
    {
        int until = data.Classes.Count * 4 / 5;
        return new Items(data, [.. Enumerable.Range(0, data.Count).Where(i => data.Label(i) < until == first)]);
    }

    /// <summary>Of the second half of the classes one item in ten is there, so often that the classes are even.</summary>
    private static Items Oversampled(IDataset data) =>
        new(
            data,
            [
                .. Enumerable
                    .Range(0, data.Count)
                    .SelectMany(i =>
                        2 * data.Label(i) < data.Classes.Count ? [i]
                        : i % Copies == 0 ? Enumerable.Repeat(i, Copies)
                        : []
                    ),
            ]
        );
}
