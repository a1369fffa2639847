// A data set of your own: an IDataset is a count, labels and a way to read an item.
//   dotnet run samples/own-dataset.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Data;
using Fovea.Workbench;

DataSource stripes = new("stripes", "computed", new Stripes(600, seed: 1), new Stripes(200, seed: 2));

// Loaders, statistics and training take it as they take the built-in ones.
Preprocessing statistics = Preprocessing.Fit(stripes.Train);
Console.WriteLine($"mean {statistics.Mean[0]:F2}, deviation {statistics.Std[0]:F2}");
Batch batch = new Loader(
    stripes.Train,
    new LoaderOptions
    {
        BatchSize = 32,
        Shuffle = true,
        Seed = 1,
    }
).Epoch(0).First();
Console.WriteLine($"a batch: {batch.Inputs.Shape}, labels {batch.Targets.Shape}");

Sequential net = new(
    new Conv2d(1, 8, 5, padding: Padding.Same),
    new ReLU(),
    new GlobalMaxPool(flatten: true),
    new Linear(8, stripes.Train.Classes.Count)
);
net.Initialize(seed: 1);
TrainingResult result = Trainer.Fit(
    net,
    stripes,
    new TrainingOptions
    {
        Epochs = 5,
        Batch = 32,
        LearningRate = 0.02,
        Preflight = false,
    }
);
foreach (ClassResult found in result.Test!.PerClass)
{
    Console.WriteLine($"{found.Name, -10} {found.Correct} of {found.N}");
}

/// <summary>Pictures of noisy stripes in one of three directions. An item depends on the seed and its number alone, so it
/// can be read by several threads and is the same in each epoch.</summary>
internal sealed class Stripes(int count, ulong seed) : IDataset
{
    private const int Side = 16;
    private const int Period = 4;

    public string Name => $"stripes {seed}";

    public int Count => count;

    public Shape ItemShape => [1, Side, Side];

    public IReadOnlyList<string> Classes => ["level", "upright", "diagonal"];

    public int Label(int index) => index % Classes.Count;

    public void Read(int index, Span<float> destination)
    {
        Rng rng = new Rng(seed).Split((ulong)index);
        int phase = rng.Next(Period);
        for (int i = 0; i < destination.Length; i++)
        {
            (int y, int x) = (i / Side, i % Side);
            int along = Label(index) switch
            {
                0 => y,
                1 => x,
                _ => x + y,
            };
            float light = (along + phase) % Period < Period / 2 ? 0.75f : 0.25f;
            destination[i] = light + 0.1f * (float)rng.NextNormal();
        }
    }
}
