// Time series: cylinders, bells and funnels, told apart by a network with one spatial axis.
//   dotnet run samples/series.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Data;
using Fovea.Workbench;

DataSource cbf = Datasets.Open("cbf", new DataOptions { TrainCount = 90, TestCount = 300 });
Console.WriteLine($"{cbf.Train.Count} series of shape {cbf.Train.ItemShape}: {string.Join(", ", cbf.Train.Classes)}");
Sequential net = new(
    new Conv1d(1, 16, kernelSize: 9, padding: Padding.Same),
    new BatchNorm1d(16),
    new ReLU(),
    new MaxPool1d(2),
    new Conv1d(16, 32, kernelSize: 9, padding: Padding.Same),
    new BatchNorm1d(32),
    new ReLU(),
    new GlobalAvgPool(flatten: true),
    new Linear(32, 3)
);
net.Initialize(seed: 1);
TrainingResult result = Trainer.Fit(
    net,
    cbf,
    new TrainingOptions
    {
        Epochs = 20,
        Batch = 16,
        LearningRate = 0.01,
        Preflight = false,
    }
);
Console.WriteLine($"{result.Outcome} after {result.Last!.Epoch} epochs, best {result.BestEpoch}");
Console.WriteLine($"accuracy on the test series: {result.Test!.Accuracy}");
