using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of the items' values, of the second set put aside.</summary>
internal static class BlindItems
{
    // Items that the deviation of each position is taken of.
    private const int Few = 60;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All => [.. OfOnePart, .. OfBothParts];

    private static IEnumerable<Fault> OfOnePart =>
        [
            HeldOut("held-out part lies on its side", [Cause.PipelinesDiffer, Cause.DataLayout], Turned),
            HeldOut("held-out part zoomed in", [Cause.PipelinesDiffer], Zoomed),
            HeldOut("held-out part of a noisy sensor", [Cause.PipelinesDiffer], Noisy, series: true),
            AsideKinds.ByHand(
                "zeros in front in training, behind in the held-out part",
                [Cause.PipelinesDiffer, Cause.DataLayout],
                (_, _) =>
                    new Habits
                    {
                        Learned = d => new Changed(d, (x, _) => Shortened(x, inFront: true)),
                        HeldOut = d => new Changed(d, (x, _) => Shortened(x, inFront: false)),
                    }
            ) with
            {
                On = BlindKinds.PlacedSeries,
            },
            AsideKinds.ByHand(
                "augmented in the held-out part too",
                [Cause.PipelinesDiffer, Cause.StrongAugmentation],
                (_, seed) =>
                    new Habits
                    {
                        Augmentation = new Augmentation([new Harsh()]),
                        HeldOut = d => new Changed(
                            d,
                            (x, i) => new Harsh().Apply(x, d.ItemShape, new Rng(seed).Split((ulong)i))
                        ),
                    }
            ),
            AsideKinds.ByHand(
                "a tag that tells the class, in training alone",
                [Cause.PipelinesDiffer, Cause.Leak],
                (p, _) =>
                    new Habits
                    {
                        Learned = d => new Changed(
                            d,
                            (x, i) => x.Slice(3 * d.Label(i), 3).Fill(AsideKinds.IsSeries(p) ? 5 : 1)
                        ),
                    }
            ),
            AsideKinds.ByHand(
                "mixup with the two labels swapped",
                [Cause.StrongAugmentation, Cause.LabelNoise, Cause.ShuffledLabels],
                (p, _) => new Habits { Augmentation = new Augmentation([new WeakerHalf(p.Source.Train)]) }
            ),
        ];

    private static IEnumerable<Fault> OfBothParts =>
        [
            Both("missing values as -999", [Cause.DataScale], _ => true, _ => data => new Changed(data, Missing)),
            Both(
                "one broken value of a million",
                [Cause.DataScale],
                p => BlindKinds.IsPictures(p) && !p.HasBatchNorm,
                source =>
                    data => new Changed(
                        data,
                        (x, i) =>
                        {
                            if (i == 5 && ReferenceEquals(data, source.Train))
                            {
                                x[x.Length / 2] = 1e6f;
                            }
                        }
                    )
            ),
            Both(
                "scaled position by position, by a few items",
                [Cause.DataScale],
                p => p.Data == "fashion-mnist",
                source =>
                {
                    (float[] mean, float[] deviation) = Positions(source.Train);
                    return data => new Changed(
                        data,
                        (x, _) =>
                        {
                            for (int i = 0; i < x.Length; i++)
                            {
                                x[i] = (x[i] - mean[i]) / (deviation[i] + 1e-4f);
                            }
                        }
                    );
                }
            ),
        ];

    private static Fault HeldOut(
        string name,
        string[] accepts,
        Action<Span<float>, Shape, int> change,
        bool series = false
    ) =>
        AsideKinds.ByHand(
            name,
            accepts,
            (p, _) =>
                series || BlindKinds.IsPictures(p)
                    ? new Habits { HeldOut = d => new Changed(d, (x, i) => change(x, d.ItemShape, i)) }
                    : null
        );

    private static Fault Both(
        string name,
        string[] accepts,
        Func<Problem, bool> fits,
        Func<DataSource, Func<IDataset, IDataset>> change
    ) =>
        new(
            name,
            accepts,
            (p, seed) =>
            {
                if (!fits(p))
                {
                    return null;
                }

                Func<IDataset, IDataset> through = change(p.Source);
                DataSource data = p.Source with { Train = through(p.Source.Train), Test = through(p.Source.Test) };
                return new Case(p.Build(seed), data, p.Options(seed));
            }
        );

    private static void Turned(Span<float> values, Shape shape, int index)
    {
        (int height, int width) = (shape[1], shape[2]);
        float[] before = values.ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = (i / width % height, i % width);
            values[i] = before[i - (row * width) - column + (column * width) + row];
        }
    }

    /// <summary>The middle half of each side, twice as large.</summary>
    private static void Zoomed(Span<float> values, Shape shape, int index)
    {
        (int height, int width) = (shape[1], shape[2]);
        float[] before = values.ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = (i / width % height, i % width);
            values[i] = before[
                i - (row * width) - column + (((height / 4) + (row / 2)) * width) + (width / 4) + (column / 2)
            ];
        }
    }

    private static void Noisy(Span<float> values, Shape shape, int index)
    {
        Rng rng = new Rng(8).Split((ulong)index);
        double deviation = shape.Rank == 3 ? 0.35 : 1.2;
        foreach (ref float value in values)
        {
            value += (float)(deviation * rng.NextNormal());
        }
    }

    /// <summary>Three fifths of a series, with zeros in front or behind.</summary>
    private static void Shortened(Span<float> values, bool inFront)
    {
        float[] kept = values[..(values.Length * 3 / 5)].ToArray();
        values.Clear();
        kept.CopyTo(inFront ? values[^kept.Length..] : values);
    }

    private static void Missing(Span<float> values, int index)
    {
        Rng rng = new Rng(9).Split((ulong)index);
        foreach (ref float value in values)
        {
            value = rng.NextSingle() < 0.02f ? -999 : value;
        }
    }

    private static (float[] Mean, float[] Deviation) Positions(IDataset data)
    {
        float[] sum = new float[data.ItemShape.Count],
            squares = new float[sum.Length],
            item = new float[sum.Length];
        for (int i = 0; i < Few; i++)
        {
            data.Read(i, item);
            for (int k = 0; k < item.Length; k++)
            {
                sum[k] += item[k] / Few;
                squares[k] += item[k] * item[k] / Few;
            }
        }

        return (sum, [.. squares.Zip(sum, (s, m) => MathF.Sqrt(MathF.Max(0, s - (m * m))))]);
    }

    /// <summary>Shifts an item by up to a third, round the end, and blanks half of each side.</summary>
    private sealed class Harsh : ItemTransform
    {
        public override string Name => "shift and blank";

        public override double Amount => 0.5;

        public override bool BeforePreprocessing => true;

        public override string? Refusal(Shape itemShape) => null;

        public override void Apply(Span<float> item, Shape itemShape, Rng rng)
        {
            int length = itemShape[itemShape.Rank - 1],
                rows = itemShape.Rank == 3 ? itemShape[1] : 1,
                by = rng.Next(length / 3),
                row = rng.Next((rows / 2) + 1),
                column = rng.Next(length / 2);
            float[] before = item.ToArray();
            for (int i = 0; i < item.Length; i++)
            {
                (int r, int c) = (i / length % rows, i % length);
                bool isBlank =
                    (rows == 1 || (r >= row && r < row + (rows / 2))) && c >= column && c < column + (length / 2);
                item[i] = isBlank ? 0 : before[i - c + ((c + by) % length)];
            }
        }
    }

    /// <summary>Mixes an item with another of larger share, and keeps the item's label.</summary>
    private sealed class WeakerHalf(IDataset data) : ItemTransform
    {
        public override string Name => "mixup";

        public override double Amount => 0.5;

        public override bool BeforePreprocessing => true;

        public override string? Refusal(Shape itemShape) => null;

        public override void Apply(Span<float> item, Shape itemShape, Rng rng)
        {
            float[] other = new float[item.Length];
            data.Read(rng.Next(data.Count), other);
            float share = 0.5f * rng.NextSingle();
            for (int i = 0; i < item.Length; i++)
            {
                item[i] = (share * item[i]) + ((1 - share) * other[i]);
            }
        }
    }
}
