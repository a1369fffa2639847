using Fovea.Data;

namespace Fovea.PublicApi.Tests;

/// <summary>The README's training loop.</summary>
public sealed class ReadmeTraining
{
    [Fact]
    public void Loop_AsWritten_LowersTheLoss()
    {
        var net = new Sequential(
            new DepthwiseSeparable(1, 16),
            new BatchNorm2d(16),
            new ReLU(),
            new Conv2d(16, 32, 3, stride: 2),
            new BatchNorm2d(32),
            new ReLU(),
            new GlobalAvgPool(flatten: true),
            new Linear(32, 10)
        );
        net.Initialize(seed: 1);
        var optimizer = new SGD(net, learningRate: 0.1, momentum: 0.9);
        var loss = new CrossEntropy(labelSmoothing: 0.1);
        var shapes = Datasets.Open("shapes");
        var loader = new Loader(
            shapes.Train,
            new LoaderOptions
            {
                BatchSize = 64,
                Shuffle = true,
                Seed = 1,
            }
        );
        foreach (Batch batch in loader.Epoch(0).Take(60))
        {
            optimizer.ZeroGrad();
            loss.Forward(net.Forward(batch.Inputs), batch.Targets).Backward();
            optimizer.Step();
        }

        Batch probe = loader.Epoch(1).First();
        double after = NoGrad.Run(() => loss.Forward(net.Forward(probe.Inputs), probe.Targets)).Item();
        net.Initialize(seed: 1);
        double before = NoGrad.Run(() => loss.Forward(net.Forward(probe.Inputs), probe.Targets)).Item();
        Assert.True(after < before, $"60 steps brought the loss from {before} to {after}");
    }
}
