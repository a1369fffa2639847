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
    public void Train_Network_IsCompiledAsInTraining() =>
        Assert.Null(NetworkSpeed.Train(Network(), [3, 8, 8], 2, 0).NotCompiled);

    /// <summary>Multiply-adds of a convolution and its gradients are the same three times; the first layer has no gradient of
    /// data. Bytes by hand: an item of 3x8x8, weights of 4x3x3x3, results of 4x8x8, two items.</summary>
    [Fact]
    public void TrainingSteps_OfANetwork_AreItsLayersInEachDirection()
    {
        IReadOnlyList<StepTime> steps = NetworkSpeed.TrainingSteps(
            new Sequential(
                new Conv2d(3, 4, 3, padding: 1, bias: false),
                new ReLU(),
                new Conv2d(4, 4, 3, padding: 1, bias: false),
                new GlobalAvgPool(flatten: true),
                new Linear(4, 5)
            ),
            [3, 8, 8],
            2,
            1
        );
        long Macs(string layer, StepDirection direction) =>
            steps.Where(s => s.Layer == layer && s.Direction == direction).Sum(s => s.MultiplyAdds);
        long first = 2 * 8 * 8 * 4 * 27,
            second = 2 * 8 * 8 * 4 * 36,
            linear = 2 * 4 * 5;

        Assert.Equal(first, Macs("0", StepDirection.Forward));
        Assert.Equal(0, Macs("0", StepDirection.BackwardData));
        Assert.Equal(first, Macs("0", StepDirection.BackwardWeights));
        Assert.All(
            new[] { StepDirection.Forward, StepDirection.BackwardData, StepDirection.BackwardWeights },
            d => Assert.Equal((second, linear), (Macs("2", d), Macs("4", d)))
        );
        Assert.Equal(
            4 * ((2 * 3 * 64) + (4 * 27) + (2 * 4 * 64)),
            steps.Single(s => s.Layer == "0" && s.Direction == StepDirection.Forward).Bytes
        );
        StepTime update = steps[^1];
        Assert.Equal(StepDirection.Update, update.Direction);
        Assert.Equal(4L * 5 * ((4 * 27) + (4 * 36) + 20 + 5), update.Bytes);
        Assert.All(steps, s => Assert.True(s.Milliseconds >= 0, s.ToString()));
    }

    [Fact]
    public void Steps_OfACompiledNetwork_HaveLayersAndBytes()
    {
        IReadOnlyList<StepTime> steps = NetworkSpeed.Steps(Network().Eval().Compile([3, 8, 8]), 2, 1);

        Assert.Equal("0", steps[0].Layer);
        Assert.Equal(4 * ((2 * 3 * 64) + (4 * 27) + 4 + (2 * 4 * 64)), steps[0].Bytes);
        Assert.All(steps, s => Assert.Equal(StepDirection.Forward, s.Direction));
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
