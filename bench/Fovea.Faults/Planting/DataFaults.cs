using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of data, labels and splits.</summary>
internal static class DataFaults
{
    public static IEnumerable<Fault> All =>
        [
            Of(
                "labels shuffled",
                [Cause.ShuffledLabels, Cause.LabelNoise],
                (d, seed) => d with { Train = Relabelled(d.Train, seed, 1.0) }
            ),
            Of(
                "40 % of the labels wrong",
                [Cause.LabelNoise],
                (d, seed) => d with { Train = Relabelled(d.Train, seed, 0.4) }
            ),
            Of(
                "test items among those learned from",
                [Cause.Leak],
                (d, _) => d with { Test = new Items(d.Train, [.. Enumerable.Range(0, d.Train.Count / 4)]) },
                structural: true
            ),
            Of(
                "every item three times",
                [Cause.Leak, Cause.RepeatedItems],
                (d, _) =>
                    d with
                    {
                        Train = new Items(d.Train, [.. Enumerable.Range(0, d.Train.Count).Select(i => i / 3)]),
                    },
                structural: true
            ),
            Of(
                "one class in a hundred items",
                [Cause.Imbalance],
                (d, _) =>
                    d with
                    {
                        Train = new Items(
                            d.Train,
                            [.. Enumerable.Range(0, d.Train.Count).Where(i => d.Train.Label(i) == 0 || i % 60 == 0)]
                        ),
                    }
            ),
            Of(
                "inputs all the same",
                [Cause.InputUnused, Cause.DataScale],
                (d, _) =>
                    d with
                    {
                        Train = new Changed(d.Train, (x, _) => x.Fill(0.5f)),
                        Test = new Changed(d.Test, (x, _) => x.Fill(0.5f)),
                    },
                structural: true
            ),
            Of(
                "a third of the items constant",
                [Cause.InputUnused],
                (d, _) =>
                    d with
                    {
                        Train = new Changed(
                            d.Train,
                            (x, i) =>
                            {
                                if (i % 3 == 0)
                                {
                                    x.Clear();
                                }
                            }
                        ),
                    },
                structural: true
            ),
            Of(
                "positions in random order",
                [Cause.DataLayout],
                (d, seed) => d with { Train = Scrambled(d.Train, seed), Test = Scrambled(d.Test, seed) },
                structural: true
            ),
            Of(
                "an item with NaN",
                [Cause.NonFinite],
                (d, _) =>
                    d with
                    {
                        Train = new Changed(
                            d.Train,
                            (x, i) =>
                            {
                                if (i == 7)
                                {
                                    x[3] = float.NaN;
                                }
                            }
                        ),
                    },
                structural: true
            ) with
            {
                Refusal = "item 7 of",
            },
            Of(
                "contradicting twins",
                [Cause.LabelNoise],
                (d, _) => d with { Train = new Contradicting(d.Train) },
                structural: true
            ),
            new(
                "forty items",
                [Cause.Overfitting],
                (p, seed) =>
                    new Case(
                        p.Build(seed),
                        p.Source with
                        {
                            Train = new Items(
                                p.Source.Train,
                                Every(p.Source.Train.Count, Math.Max(1, p.Source.Train.Count / 60))
                            ),
                        },
                        p.Options(seed) with
                        {
                            Epochs = 100,
                            Batch = 16,
                            Validation = 0.3,
                        }
                    )
            ),
            Loss(
                "sum instead of mean",
                [Cause.LossScale, Cause.RateTooHigh, Cause.NonFinite],
                () => new CrossEntropy { Reduction = LossReduction.Sum }.Forward,
                structural: true
            ),
            Loss(
                "mean squares of softmax",
                [Cause.LossKind],
                () => (scores, labels) => SquaresOf(new Softmax(1).Forward(scores), labels),
                structural: true
            ),
            Loss(
                "mean squares of scores and class numbers",
                [Cause.LossKind, Cause.LossShape],
                () =>
                    (scores, labels) =>
                        (scores - labels.To(DType.Float32).Reshape([labels.Shape[0], 1])).Square().Mean(),
                structural: true
            ),
            Loss(
                "loss of the wrong sign",
                [Cause.WrongGradient, Cause.LossKind],
                () =>
                {
                    CrossEntropy entropy = new();
                    return (scores, labels) => entropy.Forward(scores, labels) * -1.0;
                }
            ),
            Loss(
                "mean over a broadcast",
                [Cause.LossShape],
                () => (scores, labels) => (scores.Mean([1], keepDims: true) - labels.To(DType.Float32)).Square().Mean(),
                structural: true
            ),
        ];

    private static Tensor SquaresOf(Tensor probabilities, Tensor labels)
    {
        int classes = probabilities.Shape[1];
        return (probabilities - labels.OneHot(classes).To(DType.Float32)).Square().Mean();
    }

    private static Fault Of(
        string name,
        string[] accepts,
        Func<DataSource, ulong, DataSource> change,
        bool structural = false
    ) =>
        new(name, accepts, (p, seed) => new Case(p.Build(seed), change(p.Source, seed), p.Options(seed)))
        {
            IsStructural = structural,
        };

    private static Fault Loss(
        string name,
        string[] accepts,
        Func<Func<Tensor, Tensor, Tensor>> loss,
        bool structural = false
    ) =>
        new(name, accepts, (p, seed) => new Case(p.Build(seed), p.Source, p.Options(seed), loss()))
        {
            IsStructural = structural,
        };

    private static int[] Every(int count, int step) =>
        [.. Enumerable.Range(0, count).Where(i => i % step == 0).Take(60)];

    private static Items Relabelled(IDataset data, ulong seed, double share)
    {
        Rng rng = new Rng(seed).Split("labels");
        int[] labels =
        [
            .. Enumerable
                .Range(0, data.Count)
                .Select(i =>
                    rng.Split((ulong)i).NextSingle() < share
                        ? (int)(rng.Split((ulong)i).Split(1).NextSingle() * data.Classes.Count)
                        : data.Label(i)
                ),
        ];
        return new Items(data, [.. Enumerable.Range(0, data.Count)], labels);
    }

    private static Changed Scrambled(IDataset data, ulong seed)
    {
        int[] order = new Rng(seed).Split("positions").Permutation((int)data.ItemShape.Count);
        return new Changed(
            data,
            (x, _) =>
            {
                float[] before = x.ToArray();
                for (int i = 0; i < order.Length; i++)
                {
                    x[i] = before[order[i]];
                }
            }
        );
    }
}

/// <summary>Changes the values of items.</summary>
internal delegate void ItemChange(Span<float> values, int index);

/// <summary>Items of another set, in any order, with labels of their own.</summary>
internal sealed class Items(IDataset data, int[] order, int[]? labels = null) : IDataset
{
    public string Name => data.Name;

    public int Count => order.Length;

    public Shape ItemShape => data.ItemShape;

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) =>
        labels is null ? data.Label(order[index]) : Math.Min(labels[index], Classes.Count - 1);

    public void Read(int index, Span<float> destination) => data.Read(order[index], destination);
}

/// <summary>Items with other values.</summary>
internal sealed class Changed(IDataset data, ItemChange change) : IDataset
{
    public string Name => data.Name;

    public int Count => data.Count;

    public Shape ItemShape => data.ItemShape;

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) => data.Label(index);

    public void Read(int index, Span<float> destination)
    {
        data.Read(index, destination);
        change(destination, index);
    }
}

/// <summary>Half of the items a second time, with another label.</summary>
internal sealed class Contradicting(IDataset data) : IDataset
{
    public string Name => data.Name;

    public int Count => data.Count;

    public Shape ItemShape => data.ItemShape;

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) => index % 2 == 0 ? data.Label(index) : (data.Label(index - 1) + 1) % Classes.Count;

    public void Read(int index, Span<float> destination) => data.Read(index - (index % 2), destination);
}
