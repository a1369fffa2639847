using Fovea.Data;

namespace Fovea.Faults;

/// <summary>Data that was put aside: UCR problems, and two that are made here.</summary>
internal static class AsideData
{
    /// <summary>Shapes in one of two tints: the class is outline and tint, so that the order of the colours matters.</summary>
    public const string Tinted = "tinted shapes";

    /// <summary>Two dots on noise: the class is whether they are 10 or 16 pixels apart.</summary>
    public const string TwoDots = "two dots";

    private const int Side = 32;
    private const int Outlines = 4;

    /// <summary>Opens a set by name: one of those made here, or a UCR problem whose parts are joined and split anew,
    /// as most have too few items to learn from.</summary>
    /// <param name="name">The name.</param>
    /// <param name="root">The folder of the data.</param>
    public static DataSource Open(string name, string root) =>
        name switch
        {
            Tinted => OfTints(),
            HandedShoes.Title => HandedShoes.Open(root),
            TwoDots => new DataSource(name, "generated", new Dots(1200, 1), new Dots(400, 2)),
            _ => Joined(Datasets.Open(Path.Combine(root, "ucr", "tsv", name), new DataOptions())),
        };

    /// <summary>Whether a set is opened here.</summary>
    public static bool Has(string name) =>
        name
            is Tinted
                or TwoDots
                or HandedShoes.Title
                or "CBF"
                or "Trace"
                or "Plane"
                or "MedicalImages"
                or "PowerCons"
                or "ItalyPowerDemand";

    private static DataSource Joined(DataSource source)
    {
        Both all = new(source.Train, source.Test);
        int[] order = new Rng(20).Split(source.Name).Permutation(all.Count);
        int count = Math.Min(480, all.Count * 7 / 10);
        return source with
        {
            Train = new Items(all, order[..count]),
            Test = new Items(all, order[count..Math.Min(all.Count, count + 400)]),
        };
    }

    private static DataSource OfTints()
    {
        DataSource shapes = Datasets.Open("shapes", new DataOptions { TrainCount = 3750, TestCount = 1000 });
        return new DataSource(Tinted, "generated", Of(shapes.Train), Of(shapes.Test));

        static Tints Of(IDataset data) =>
            new(new Items(data, [.. Enumerable.Range(0, data.Count).Where(i => data.Label(i) < Outlines)]), Outlines);
    }

    /// <summary>Items of two sets.</summary>
    private sealed class Both(IDataset first, IDataset second) : IDataset
    {
        public string Name => first.Name;

        public int Count => first.Count + second.Count;

        public Shape ItemShape => first.ItemShape;

        public IReadOnlyList<string> Classes => first.Classes;

        public int Label(int index) => index < first.Count ? first.Label(index) : second.Label(index - first.Count);

        public void Read(int index, Span<float> destination)
        {
            if (index < first.Count)
            {
                first.Read(index, destination);
            }
            else
            {
                second.Read(index - first.Count, destination);
            }
        }
    }

    /// <summary>Gray items as colour: warm and cold by turns.</summary>
    private sealed class Tints(IDataset gray, int outlines) : IDataset
    {
        public string Name => Tinted;

        public int Count => gray.Count;

        public Shape ItemShape => [3, gray.ItemShape[1], gray.ItemShape[2]];

        public IReadOnlyList<string> Classes { get; } =
        [
            .. Enumerable
                .Range(0, 2 * outlines)
                .Select(k => $"{(k < outlines ? "warm" : "cold")} {gray.Classes[k % outlines]}"),
        ];

        public int Label(int index) => gray.Label(index) + (IsCold(index) ? outlines : 0);

        public void Read(int index, Span<float> destination)
        {
            int size = destination.Length / 3;
            gray.Read(index, destination[..size]);
            for (int i = 0; i < size; i++)
            {
                float value = destination[i];
                (float low, float high) = (value * 0.45f, value);
                destination[i] = IsCold(index) ? low : high;
                destination[size + i] = value * 0.7f;
                destination[(2 * size) + i] = IsCold(index) ? high : low;
            }
        }

        private static bool IsCold(int index) => new Rng(5).Split((ulong)index).NextSingle() < 0.5f;
    }

    /// <summary>Two dots in a row, both far from the border, at random places on noise.</summary>
    private sealed class Dots(int count, ulong seed) : IDataset
    {
        private const int Margin = 6;
        private readonly Rng _rng = new(seed);

        public string Name => TwoDots;

        public int Count => count;

        public Shape ItemShape => [1, Side, Side];

        public IReadOnlyList<string> Classes { get; } = ["near", "far"];

        public int Label(int index) => index % 2;

        public void Read(int index, Span<float> destination)
        {
            Rng rng = _rng.Split((ulong)index);
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = 0.2f * rng.NextSingle();
            }

            int apart = Label(index) == 0 ? 10 : 16,
                row = Margin + rng.Next(Side - (2 * Margin) - 1),
                column = Margin + rng.Next(Side - (2 * Margin) - apart - 1);
            foreach (int start in (ReadOnlySpan<int>)[column, column + apart])
            {
                for (int i = 0; i < 4; i++)
                {
                    destination[((row + (i / 2)) * Side) + start + (i % 2)] = 1f;
                }
            }
        }
    }
}
