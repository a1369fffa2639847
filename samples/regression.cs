// Regression: where a bright spot is, in numbers rather than classes.
//   dotnet run samples/regression.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Data;
using Fovea.Losses;
using Fovea.Workbench;

SampleSource spots = new("spots", new Spots(800, seed: 1), new Spots(200, seed: 2));
Sequential net = new(
    new Conv2d(1, 16, 3, stride: 2, padding: 1),
    new ReLU(),
    new Conv2d(16, 32, 3, stride: 2, padding: 1),
    new ReLU(),
    new Flatten(),
    new Linear(32 * 4 * 4, 2)
);
net.Initialize(seed: 1);
MeanSquaredError squared = new();
TrainingOptions options = new()
{
    Epochs = 20,
    Batch = 32,
    LearningRate = 3e-3,
    Preflight = false,
};

// The loss sees all outputs and all targets; with one of each it is a line.
TrainingResult result = Trainer.Fit(net, spots, options, (outputs, targets) => squared.Forward(outputs[0], targets[0]));
double pixels = Math.Sqrt(result.Test!.Loss) * Spots.Side;
Console.WriteLine($"{result.Outcome}: root mean square error {pixels:F2} pixels");

Sample one = spots.Test.Read(0);
Tensor found = net.Eval().Forward(one.Inputs[0].Unsqueeze(0));
Console.WriteLine($"is at {one.Targets[0].ToText(2)}, found at {found.Detach()[0].ToText(2)}");

/// <summary>Pictures of a spot, and where its centre is: x and y from 0 to 1.</summary>
internal sealed class Spots(int count, ulong seed) : ISampleSet
{
    public const int Side = 16;

    public string Name => $"spots {seed}";

    public int Count => count;

    public Sample Read(int index)
    {
        Rng rng = new Rng(seed).Split((ulong)index);
        (double x, double y) = (0.2 + 0.6 * rng.NextDouble(), 0.2 + 0.6 * rng.NextDouble());
        float[] pixels = new float[Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            (double dx, double dy) = (i % Side + 0.5 - x * Side, i / Side + 0.5 - y * Side);
            pixels[i] = (float)(Math.Exp(-(dx * dx + dy * dy) / 8) + 0.05 * rng.NextNormal());
        }

        return new Sample([Tensor.From(pixels, [1, Side, Side])], [Tensor.From<float>([(float)x, (float)y], [2])]);
    }
}
