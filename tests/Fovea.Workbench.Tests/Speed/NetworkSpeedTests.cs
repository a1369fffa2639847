namespace Fovea.Workbench.Tests;

public sealed class NetworkSpeedTests
{
    private static Sequential Network() =>
        new(new Conv2d(3, 4, 3, padding: 1), new ReLU(), new GlobalAvgPool(flatten: true), new Linear(4, 5));

    [Fact]
    public void Infer_ZeroSeconds_RunsFiveTimes()
    {
        SpeedResult result = NetworkSpeed.Infer(Network().Eval().Compile([3, 8, 8]), 3, 0);

        Assert.Equal((3, 5), (result.Batch, result.Runs));
        Assert.True(result.MinMs <= result.MedianMs && result.MedianMs <= result.P90Ms, result.ToString());
        Assert.Equal(2e-6 * 3 * ((8 * 8 * 4 * 27) + 20) / result.MedianMs, result.Gflops, 1e-9);
        Assert.Equal(3000 / result.MedianMs, result.ItemsPerSecond, 1e-6);
    }

    [Fact]
    public void Train_Network_ChangesItsWeights()
    {
        Module network = Network().Initialize(0);
        float[] before = network.Parameters()[0].ToArray();

        SpeedResult result = NetworkSpeed.Train(network, [3, 8, 8], 4, 0);

        Assert.Equal((4, 5), (result.Batch, result.Runs));
        Assert.NotEqual(before, network.Parameters()[0].ToArray());
        Assert.True(network.IsTraining, "a training step was timed in evaluation");
    }

    [Fact]
    public void Train_OutputThatIsNoScores_IsRefused() =>
        Assert.Contains(
            "one score a class",
            Assert.Throws<ArgumentException>(() => NetworkSpeed.Train(new Conv2d(3, 4, 3), [3, 8, 8], 1, 0)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void InferAndTrain_WrongNumbersOrStopped_DoNotRun()
    {
        CompiledNetwork compiled = Network().Eval().Compile([3, 8, 8]);
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkSpeed.Infer(compiled, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkSpeed.Infer(compiled, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkSpeed.Train(Network(), [3, 8, 8], 0, 0));
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => NetworkSpeed.Infer(compiled, 1, 1, cancel: stopped.Token));
    }
}
