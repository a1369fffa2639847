namespace Fovea.Tests;

public sealed class WeightAverageTests
{
    [Fact]
    public void Update_WarmUpThenDecay_FollowsTheFormulaForParametersAndState()
    {
        MixedNetwork network = OptimizerTests.New(DType.Float64);
        WeightAverage average = new(network, 0.3);
        double bias = network.Bias.ToArray<double>()[2],
            mean = 0;
        for (int t = 0; t < 8; t++)
        {
            network.Bias.Fill(t + 1);
            network.RunningMean.Fill(-t);
            average.Update();
            double d = Math.Min(0.3, (1.0 + t) / (10.0 + t)); // 0.1, 0.18, 0.25, then 0.3
            bias = (d * bias) + ((1 - d) * (t + 1));
            mean = (d * mean) - ((1 - d) * t);
        }

        Assert.Equal(bias, average.StateDict()["bias"].ToArray<double>()[2], 1e-12);
        Assert.Equal(mean, average.StateDict()["running_mean"].ToArray<double>()[4], 1e-12);
        Assert.Equal(8, average.Updates);
    }

    [Fact]
    public void Update_CountersAndFlags_AreCopied()
    {
        Counting network = new();
        WeightAverage average = new(network, 0.5);
        for (int i = 0; i < 5; i++)
        {
            network.Forward(Tensor.Normal([6, 2], i, 1.0, new Rng((ulong)i)));
            average.Update();
        }

        IReadOnlyDictionary<string, Tensor> state = average.StateDict();
        Assert.Equal(5.0, state["norm.num_batches_tracked"].Item());
        Assert.Equal(5.0, state["instance.num_batches_tracked"].Item());
        Assert.Equal([1f, 0f], state["flags"].ToArray());
        float mean = state["norm.running_mean"].ToArray()[0];
        Assert.True(mean > 0 && mean < network.Norm.RunningMean!.ToArray()[0], $"the mean is blended, got {mean}");
        network.Forward(Tensor.Zeros([6, 2]));
        average.Apply();
        Assert.Equal(5.0, network.Norm.NumBatchesTracked!.Item());
        average.Restore();
        Assert.Equal(6.0, network.Norm.NumBatchesTracked!.Item());
    }

    [Fact]
    public void ApplyAndRestore_Network_HoldsTheAverageThenItsOwnBits()
    {
        MixedNetwork network = OptimizerTests.New(DType.Float32);
        WeightAverage average = new(network);
        network.Initialize(2);
        average.Update();
        double[] own = network.Values(),
            averaged = [.. network.Parameters().SelectMany(p => average.StateDict()[p.Path].ToArray<double>())];
        average.Apply();
        Assert.True(average.IsApplied);
        Bits.AssertSame(averaged, network.Values(), "applied");
        average.Restore();
        Assert.False(average.IsApplied);
        Bits.AssertSame(own, network.Values(), "restored");
        Assert.NotEqual(own[0], averaged[0]);
    }

    [Fact]
    public void StateDict_Loaded_ContinuesToTheSameBits()
    {
        MixedNetwork network = OptimizerTests.New(DType.Float32);
        WeightAverage first = new(network, 0.5);
        network.Initialize(2);
        first.Update();
        WeightAverage second = new(network, 0.5);
        second.LoadStateDict(first.StateDict().ToDictionary(s => s.Key, s => s.Value.Clone()));
        network.Initialize(3);
        first.Update();
        second.Update();
        Assert.Equal(first.StateDict().Keys, second.StateDict().Keys);
        Assert.All(
            first.StateDict(),
            s => Bits.AssertSame(s.Value.ToArray<double>(), second.StateDict()[s.Key].ToArray<double>(), s.Key)
        );
    }

    [Fact]
    public void LoadStateDict_WrongEntries_ListsAll()
    {
        WeightAverage average = new(new MixedNetwork());
        Dictionary<string, Tensor> state = average.StateDict().ToDictionary(s => s.Key, s => s.Value);
        state.Remove("updates");
        state["bias"] = Tensor.Zeros([1]);
        state["more"] = Tensor.Zeros([1]);
        Assert.Equal(
            "WeightAverage.LoadStateDict: 'updates' is missing; 'more' is not in the network; 'bias' has shape [1], the network wants [13].",
            Assert.Throws<ShapeException>(() => average.LoadStateDict(state)).Message
        );
    }

    [Fact]
    public void Calls_InTheWrongOrder_SayWhatToDo()
    {
        MixedNetwork network = new();
        WeightAverage average = new(network);
        Assert.Equal(
            "WeightAverage.Restore: the average must be applied, but is not. Call Apply first.",
            Message(average.Restore)
        );
        average.Apply();
        Assert.Equal(
            "WeightAverage.Apply: the network must hold its own values, but holds the average. Call Restore first.",
            Message(average.Apply)
        );
        Assert.StartsWith(
            "WeightAverage.Update: the network must hold its own values",
            Message(average.Update),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "WeightAverage.StateDict: the network must hold its own values",
            Message(() => average.StateDict()),
            StringComparison.Ordinal
        );
        average.Restore();
        network.To(DType.Float64);
        Assert.Equal(
            "WeightAverage: the network must keep its element type, got Float64 for 'weight', which was Float32. Convert it before making the average.",
            Message(average.Update)
        );
        Assert.Equal(
            "WeightAverage: decay must be 0 or more and less than 1, got 1.",
            Assert.Throws<ArgumentException>(() => new WeightAverage(network, 1)).Message
        );
    }

    private static string Message(Action action) => Assert.Throws<InvalidOperationException>(action).Message;

    /// <summary>State of every kind: means, counters, and flags that turn by turn are set.</summary>
    private sealed class Counting : Module
    {
        private readonly InstanceNorm1d _instance = new(2, trackRunningStats: true);
        private readonly StateBuffer _flags = new([2], 0f) { IsDiscrete = true };

        public BatchNorm Norm { get; } = new(2);

        public override Tensor Forward(Tensor x)
        {
            float[] flags = _flags.ToArray();
            _flags.CopyFrom(Tensor.From<float>([1 - flags[0], flags[0]], [2]));
            return Norm.Forward(x) + _instance.Forward(x.Reshape(1, 2, -1)).Reshape(x.Shape[0], 2);
        }
    }
}
