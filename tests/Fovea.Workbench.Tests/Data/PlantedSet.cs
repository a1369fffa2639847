using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>A data set with faults planted: other items, labels or values in place of its own.</summary>
internal sealed class PlantedSet(IDataset inner) : IDataset
{
    public string Name => inner.Name;

    public int Count => Order?.Length ?? inner.Count;

    public Shape ItemShape => inner.ItemShape;

    public IReadOnlyList<string> Classes => ClassNames ?? inner.Classes;

    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Items of the inner set, in their order here.</summary>
    public int[]? Order { get; init; }

    /// <summary>From number and label to another label.</summary>
    public Func<int, int, int>? Relabel { get; init; }

    /// <summary>Changes the values of an item.</summary>
    public Action<int, float[]>? Change { get; init; }

    public int Reads => _reads;

    private int _reads;

    public int Label(int index)
    {
        int label = inner.Label(Order?[index] ?? index);
        return Relabel?.Invoke(index, label) ?? label;
    }

    public void Read(int index, Span<float> destination)
    {
        Interlocked.Increment(ref _reads);
        float[] values = new float[destination.Length];
        inner.Read(Order?[index] ?? index, values);
        Change?.Invoke(index, values);
        values.CopyTo(destination);
    }

    /// <summary>The built-in shapes.</summary>
    public static DataSource Shapes(int train = 400, int test = 100) =>
        Datasets.Open("shapes", new DataOptions { TrainCount = train, TestCount = test });

    /// <summary>The set with others in place of its parts.</summary>
    public static DataSource With(DataSource source, IDataset? train = null, IDataset? test = null) =>
        source with
        {
            Train = train ?? source.Train,
            Test = test ?? source.Test,
        };
}

/// <summary>Pictures of three channels that change smoothly, each channel with a tint of its own.</summary>
internal sealed class TintedPictures(int count, ulong seed, bool interleaved = false) : IDataset
{
    private const int Side = 24;

    public string Name => "tinted";

    public int Count => count;

    public Shape ItemShape => [3, Side, Side];

    public IReadOnlyList<string> Classes { get; } = ["a", "b"];

    public int Label(int index) => index % 2;

    public void Read(int index, Span<float> destination)
    {
        Rng rng = new Rng(seed).Split((ulong)index);
        float[] tint = [0.1f + (0.2f * rng.NextSingle()), 0.4f + (0.2f * rng.NextSingle()), 0.8f * rng.NextSingle()];
        float across = rng.NextSingle(),
            down = rng.NextSingle();
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    float value = tint[c] + (0.2f * ((across * x) + (down * y)) / Side);
                    destination[interleaved ? (((y * Side) + x) * 3) + c : (((c * Side) + y) * Side) + x] = value;
                }
            }
        }
    }
}
