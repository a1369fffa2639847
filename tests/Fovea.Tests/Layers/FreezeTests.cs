namespace Fovea.Tests;

/// <summary>What frozen layers do in training.</summary>
public sealed class FreezeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Train_AfterFreeze_RunningStatisticsStayOrMoveAsAsked(bool state)
    {
        Sequential network = new(new Conv2d(3, 4, 3), new BatchNorm2d(4), new Dropout(0.5));
        network.Initialize(1);
        network.Freeze(state);
        network.Train();
        float[] before = Statistics(network);

        Tensor y = network.Forward(Tensor.Normal([4, 3, 6, 6], mean: 3, rng: new Rng(2)));

        Assert.Equal(state, before.SequenceEqual(Statistics(network)));
        Assert.Contains(0f, y.ToArray()); // dropout has no state and still drops
        Assert.All(network.Parameters(), p => Assert.False(p.RequiresGrad, p.Path));
    }

    [Fact]
    public void Unfreeze_InTrainingAndInEvaluation_IsInTheModeOfTheNetwork()
    {
        Sequential network = new(new BatchNorm2d(4), new BatchNorm2d(4));
        Module first = network.NamedModules().ElementAt(1).Module;
        first.Freeze();
        network.Train();
        Assert.False(first.IsTraining);
        first.Unfreeze();
        Assert.True(first.IsTraining);
        first.Freeze();
        network.Eval();
        first.Unfreeze();
        Assert.False(first.IsTraining);
    }

    [Fact]
    public void Trace_InTraining_FrozenNormalizationUsesRunningStatisticsAndStaysFrozen()
    {
        Sequential network = new(new Conv2d(3, 4, 3), new BatchNorm2d(4), new Flatten(), new Linear(64, 2));
        Module normalization = network.NamedModules().ElementAt(2).Module;
        normalization.Freeze();

        TrainingGraph step = TrainingGraph.Of(
            network,
            [GraphInput.OfItems("x", [3, 6, 6])],
            [GraphInput.OfItems("labels", [], DType.Int64)],
            (y, t) => new CrossEntropy().Forward(y[0], t[0])
        );

        Assert.Empty(step.Graph.Updates);
        Assert.Equal(4, step.Parameters.Count);
        Assert.False(normalization.IsTraining);
        normalization.Unfreeze();
        Assert.True(normalization.IsTraining);
    }

    private static float[] Statistics(Module network) =>
        [.. network.NamedBuffers().SelectMany(b => b.Buffer.ToArray())];
}
