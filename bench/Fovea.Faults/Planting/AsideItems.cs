using Fovea.Data;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of the items' values, put aside.</summary>
internal static class AsideItems
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
        [
            AsideKinds.ByHand(
                "held-out part in BGR",
                [Cause.PipelinesDiffer, Cause.DataLayout],
                (_, _) => new Habits { HeldOut = d => new Changed(d, SwapColours) }
            ) with
            {
                On = AsideKinds.Colour,
            },
            Both("reshaped where a transpose was meant", [Cause.DataLayout], _ => true, data => new Reshaped(data)),
            AsideKinds.ByHand(
                "series reversed in the held-out part",
                [Cause.PipelinesDiffer, Cause.DataLayout],
                (p, _) =>
                    AsideKinds.IsSeries(p) ? new Habits { HeldOut = d => new Changed(d, (x, _) => x.Reverse()) } : null
            ),
            AsideKinds.ByHand(
                "a channel zeroed in the training part",
                [Cause.PipelinesDiffer, Cause.InputUnused],
                (_, _) => new Habits { Learned = d => new Changed(d, (x, _) => x[^(x.Length / 3)..].Clear()) }
            ) with
            {
                On = AsideKinds.Colour,
            },
            Both(
                "pixels divided as whole numbers",
                [Cause.DataScale, Cause.InputUnused],
                p => !AsideKinds.IsSeries(p),
                data => new Changed(data, (x, _) => Floor(x))
            ),
            new(
                "near copies across parts",
                [Cause.Leak, Cause.RepeatedItems],
                (p, seed) =>
                    new Case(
                        p.Build(seed),
                        p.Source with
                        {
                            Train = new NearCopies(p.Source.Train, 3, seed),
                        },
                        p.Options(seed)
                    )
            )
            {
                IsStructural = true,
            },
            new(
                "series padded to ten times their length",
                [Cause.ReceptiveField, Cause.InputUnused, Cause.DataScale, Cause.FirstValues],
                (p, seed) =>
                {
                    if (!AsideKinds.IsSeries(p))
                    {
                        return null;
                    }

                    DataSource padded = p.Source with
                    {
                        Train = new Padded(p.Source.Train, 10),
                        Test = new Padded(p.Source.Test, 10),
                    };
                    Module net = ModelSource
                        .Create(ModelSource.Resolve(p.Network), padded.Train.ItemShape, padded.Train.Classes.Count)
                        .Initialize(seed);
                    return new Case(net, padded, p.Options(seed));
                }
            ),
            new(
                "mirrored, where left and right are the classes",
                [Cause.StrongAugmentation],
                (p, seed) =>
                    p.Data is HandedShoes.Title
                        ? new Case(p.Build(seed), p.Source, p.Options(seed) with { Augment = "flip=0.5" })
                        : new Case(p.Build(seed), p.Source, p.Options(seed))
                        {
                            Own = new Habits { Augmentation = new Augmentation([new Backwards()]) },
                        }
            )
            {
                On = [.. AsideKinds.Handed, .. Problem.All.Where(p => p.Data == "SyntheticControl")],
            },
            new(
                "tanh on inputs times 1000",
                [Cause.DataScale, Cause.Saturation],
                (p, seed) =>
                    p.IsText && !p.HasBatchNorm && !AsideKinds.IsSeries(p)
                        ? new Case(
                            p.Build(seed, p.Network.Replace("relu", "tanh", StringComparison.Ordinal)),
                            p.Source,
                            p.Options(seed)
                        )
                        {
                            Own = new Habits { Inputs = x => x * 1000.0 },
                        }
                        : null
            ),
        ];

    private static Fault Both(
        string name,
        string[] accepts,
        Func<Problem, bool> fits,
        Func<IDataset, IDataset> change
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
                fits(p)
                    ? new Case(
                        p.Build(seed),
                        p.Source with
                        {
                            Train = change(p.Source.Train),
                            Test = change(p.Source.Test),
                        },
                        p.Options(seed)
                    )
                    : null
        );

    private static void SwapColours(Span<float> values, int index)
    {
        int size = values.Length / 3;
        for (int i = 0; i < size; i++)
        {
            (values[i], values[i + (2 * size)]) = (values[i + (2 * size)], values[i]);
        }
    }

    private static void Floor(Span<float> values)
    {
        foreach (ref float value in values)
        {
            value = MathF.Floor(value);
        }
    }

    /// <summary>Turns half of the series round in time.</summary>
    private sealed class Backwards : ItemTransform
    {
        public override string Name => "mirror";

        public override double Amount => 0.5;

        public override string? Refusal(Shape itemShape) => itemShape.Rank == 2 ? null : "works on series";

        public override void Apply(Span<float> item, Shape itemShape, Rng rng)
        {
            if (rng.NextSingle() < 0.5f)
            {
                item.Reverse();
            }
        }
    }
}

/// <summary>Augmented before it was split: of each item so many copies, shifted by a position or two, with noise.</summary>
internal sealed class NearCopies(IDataset data, int copies, ulong seed) : IDataset
{
    public string Name => data.Name;

    public int Count => data.Count;

    public Shape ItemShape => data.ItemShape;

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) => data.Label(index / copies);

    public void Read(int index, Span<float> destination)
    {
        float[] original = new float[destination.Length];
        data.Read(index / copies, original);
        int shift = index % copies,
            length = ItemShape[ItemShape.Rank - 1];
        Rng rng = new Rng(seed).Split((ulong)index);
        for (int i = 0; i < original.Length; i++)
        {
            int at = (i - (i % length)) + Math.Min(length - 1, (i % length) + shift);
            destination[i] = original[at] + (shift == 0 ? 0f : 0.02f * (rng.NextSingle() - 0.5f));
        }
    }
}

/// <summary>A table of a column for each item, taken for one of a row each: what a file of another program's order gives
/// with a reshape where a transpose was meant.</summary>
internal sealed class Reshaped(IDataset data) : IDataset
{
    private readonly Lazy<float[]> _table = new(() => Columns(data));

    public string Name => data.Name;

    public int Count => data.Count;

    public Shape ItemShape => data.ItemShape;

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) => data.Label(index);

    public void Read(int index, Span<float> destination) =>
        _table.Value.AsSpan(index * destination.Length, destination.Length).CopyTo(destination);

    private static float[] Columns(IDataset data)
    {
        float[] table = new float[data.Count * data.ItemShape.Count],
            item = new float[data.ItemShape.Count];
        for (int i = 0; i < data.Count; i++)
        {
            data.Read(i, item);
            for (int k = 0; k < item.Length; k++)
            {
                table[(k * data.Count) + i] = item[k];
            }
        }

        return table;
    }
}

/// <summary>Series with zeros behind them.</summary>
internal sealed class Padded(IDataset data, int times) : IDataset
{
    public string Name => data.Name;

    public int Count => data.Count;

    public Shape ItemShape => [data.ItemShape[0], data.ItemShape[1] * times];

    public IReadOnlyList<string> Classes => data.Classes;

    public int Label(int index) => data.Label(index);

    public void Read(int index, Span<float> destination)
    {
        int length = data.ItemShape[1];
        float[] series = new float[data.ItemShape.Count];
        data.Read(index, series);
        destination.Clear();
        for (int c = 0; c < data.ItemShape[0]; c++)
        {
            series.AsSpan(c * length, length).CopyTo(destination.Slice(c * length * times, length));
        }
    }
}
