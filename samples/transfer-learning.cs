// Transfer learning: weights of a network that was trained on six classes, a frozen body, a new head for other four.
//   dotnet run samples/transfer-learning.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Data;
using Fovea.Workbench;

DataSource shapes = Datasets.Open("shapes", new DataOptions { TrainCount = 2000, TestCount = 500 });
DataSource Part(int first, int end) =>
    new(
        $"shapes {first} to {end - 1}",
        shapes.Format,
        new ClassRange(shapes.Train, first, end),
        new ClassRange(shapes.Test, first, end)
    );

// What somebody else would have trained, and its weights: those of a zoo come from Safetensors.Read(file).
Sequential before = Network(classes: 6);
before.Initialize(seed: 1);
TrainingOptions options = new()
{
    Epochs = 3,
    LearningRate = 0.01,
    Preflight = false,
};
Trainer.Fit(before, Part(0, 6), options);
IReadOnlyDictionary<string, Tensor> weights = before.StateDict();

Sequential net = Network(classes: 4);
net.Initialize(seed: 2);
StateMatch match = net.LoadMatching(weights);
Console.WriteLine($"taken: {match.Loaded.Count} tensors; not taken: {match}");

// Frozen, the body gets no gradients, and its running statistics stay as they are in training too.
Module body = net[0];
body.Freeze();
float[] statistics = ((BatchNorm2d)((Sequential)body)[1]).RunningMean!.ToArray();
Console.WriteLine($"trained: {net.ParameterCount(trainableOnly: true)} of {net.ParameterCount()} parameters");
TrainingResult result = Trainer.Fit(net, Part(6, 10), options);
bool held = ((BatchNorm2d)((Sequential)body)[1]).RunningMean!.ToArray().SequenceEqual(statistics);
Console.WriteLine($"running statistics stayed: {held}");
Console.WriteLine($"accuracy on the four new classes: {result.Test!.Accuracy}");

static Sequential Network(int classes) =>
    new(
        new Sequential(
            new Conv2d(1, 16, 3, padding: Padding.Same, bias: false),
            new BatchNorm2d(16),
            new ReLU(),
            new MaxPool2d(2),
            new Conv2d(16, 32, 3, padding: Padding.Same, bias: false),
            new BatchNorm2d(32),
            new ReLU(),
            new MaxPool2d(2),
            new Conv2d(32, 48, 3, padding: Padding.Same, bias: false),
            new BatchNorm2d(48),
            new ReLU(),
            new GlobalMaxPool(flatten: true)
        ),
        new Linear(48, classes)
    );

/// <summary>The items of a data set whose class is in a range, their labels counted from 0.</summary>
internal sealed class ClassRange(IDataset all, int first, int end) : IDataset
{
    private readonly int[] _items =
    [
        .. Enumerable.Range(0, all.Count).Where(i => all.Label(i) >= first && all.Label(i) < end),
    ];

    public string Name => $"{all.Name}, classes {first} to {end - 1}";

    public int Count => _items.Length;

    public Shape ItemShape => all.ItemShape;

    public IReadOnlyList<string> Classes { get; } = [.. all.Classes.Take(first..end)];

    public int Label(int index) => all.Label(_items[index]) - first;

    public void Read(int index, Span<float> destination) => all.Read(_items[index], destination);
}
