using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of labels and of the weights of classes, put aside.</summary>
internal static class AsideLabels
{
    // One in so many items of a rare class stays.
    private const int Rarely = 12;

    // With more classes, half of one is less than the harm that counts.
    private const int FewClasses = 6;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            new(
                "half of a class mislabelled",
                [Cause.LabelNoise],
                (p, seed) =>
                    p.Source.Train.Classes.Count <= FewClasses
                        ? new Case(
                            p.Build(seed),
                            p.Source with
                            {
                                Train = Relabelled(p.Source.Train, seed, l => l == 0 ? 1 : l),
                            },
                            p.Options(seed)
                        )
                        : null
            ),
            AsideKinds.ByHand(
                "missing labels became the first class",
                [Cause.LabelNoise, Cause.Imbalance],
                (_, seed) => new Habits { Learned = d => Relabelled(d, seed, _ => 0) }
            ),
            AsideKinds.ByHand(
                "two classes swapped in the held-out part",
                [Cause.ClassOrder, Cause.LabelNoise],
                (_, _) =>
                    new Habits
                    {
                        HeldOut = d => Relabelled(d, [.. Labels(d).Select(label => label < 2 ? 1 - label : label)]),
                    }
            ),
            AsideKinds.ByHand(
                "held-out labels shuffled",
                [Cause.ShuffledLabels, Cause.LabelNoise, Cause.ClassOrder, Cause.PipelinesDiffer],
                (_, seed) =>
                    new Habits
                    {
                        HeldOut = d =>
                        {
                            int[] order = new Rng(seed).Split("held-out").Permutation(d.Count);
                            return Relabelled(d, [.. order.Select(d.Label)]);
                        },
                    }
            ),
            new(
                "class weights upside down",
                [Cause.Imbalance, Cause.ItemsMissed, Cause.LossKind],
                (p, seed) =>
                    p.Source.Train.Count < 250
                        ? null
                        : new Case(
                            p.Build(seed),
                            p.Source,
                            p.Options(seed),
                            new CrossEntropy { ClassWeights = ByCount(p.Source.Train) }.Forward
                        )
                        {
                            Own = new Habits { Learned = Imbalanced },
                        }
            ),
        ];

    /// <summary>Half of the items, by chance, with another label.</summary>
    private static Items Relabelled(IDataset data, ulong seed, Func<int, int> label)
    {
        Rng rng = new Rng(seed).Split("relabelled");
        return Relabelled(
            data,
            [.. Labels(data).Select((l, i) => rng.Split((ulong)i).NextSingle() < 0.5f ? label(l) : l)]
        );
    }

    private static IEnumerable<int> Labels(IDataset data) => Enumerable.Range(0, data.Count).Select(data.Label);

    private static Items Relabelled(IDataset data, int[] labels) =>
        new(data, [.. Enumerable.Range(0, data.Count)], labels);

    private static bool IsRare(IDataset data, int label) => 2 * label >= data.Classes.Count;

    /// <summary>The second half of the classes is rare.</summary>
    private static Items Imbalanced(IDataset data) =>
        new(data, [.. Enumerable.Range(0, data.Count).Where(i => !IsRare(data, data.Label(i)) || i % Rarely == 0)]);

    /// <summary>Weights that grow with a class's items, where they should fall.</summary>
    private static Tensor ByCount(IDataset data)
    {
        int classes = data.Classes.Count;
        return Tensor.From(
            [.. Enumerable.Range(0, classes).Select(c => IsRare(data, c) ? 1f / Rarely : 1f)],
            [classes]
        );
    }
}
