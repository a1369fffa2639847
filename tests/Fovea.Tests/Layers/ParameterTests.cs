namespace Fovea.Tests;

/// <summary>Parameters take memory and draw their first values when first read; nobody can tell from the
/// values.</summary>
public sealed class ParameterTests
{
    private static Sequential Network() =>
        new(new Conv2d(3, 8, 3), new BatchNorm2d(8), new PReLU(8), new Flatten(), new Linear(8 * 4, 5));

    private static Dictionary<string, double[]> Values(Module network) =>
        network.StateDict().ToDictionary(s => s.Key, s => s.Value.ToArray<double>());

    private static void RequireEqual(
        Dictionary<string, double[]> expected,
        Dictionary<string, double[]> actual,
        string what
    ) =>
        Assert.All(
            expected,
            e => Assert.True(e.Value.AsSpan().SequenceEqual(actual[e.Key]), $"{what}: '{e.Key}' has other values")
        );

    /// <summary>The values drawn at once, by the rule and the stream of the path.</summary>
    private static Dictionary<string, double[]> Eager(Module network, ulong seed)
    {
        Dictionary<string, double[]> values = [];
        foreach ((string path, Parameter parameter) in network.NamedParameters())
        {
            Tensor tensor = Tensor.Zeros(parameter.Shape);
            parameter.Initializer.Fill(tensor, new Rng(seed).Split(path));
            values.Add(path, tensor.ToArray<double>());
        }

        return values;
    }

    [Fact]
    public void Initialize_ReadLater_GivesTheValuesDrawnAtOnce()
    {
        Module network = Network().Initialize(5);
        Assert.All(
            network.StateDict(),
            s => Assert.False(s.Value.HasStorage, $"{s.Key} has memory before anybody read it")
        );
        RequireEqual(Eager(network, 5), Values(network), "read once");
        Assert.All(
            network.StateDict(),
            s => Assert.True(s.Value.HasStorage, $"{s.Key} has no memory though it was read")
        );
    }

    [Fact]
    public void Initialize_Twice_GivesTheSecondSeedsValues()
    {
        Dictionary<string, double[]> expected = Eager(Network(), 6);
        RequireEqual(expected, Values(Network().Initialize(5).Initialize(6)), "both before reading");
        Module read = Network().Initialize(5);
        _ = Values(read);
        RequireEqual(expected, Values(read.Initialize(6)), "read in between");
        Module half = Network().Initialize(5);
        _ = half.Parameters()[1].ToArray();
        RequireEqual(expected, Values(half.Initialize(6)), "one of them read in between");
    }

    [Fact]
    public void Initialize_InitializerChangedAfterwards_TakesEffectAtTheNextInitialize()
    {
        Linear linear = new(4, 3);
        linear.Initialize(1);
        linear.Weight.Initializer = new Constant(7.0);
        RequireEqual(Eager(new Linear(4, 3), 1), Values(linear), "changed before reading");
        linear.Initialize(1);
        Assert.All(linear.Weight.ToArray(), v => Assert.Equal(7f, v));
    }

    [Fact]
    public void Read_InAnyOrder_GivesTheSameValues()
    {
        Dictionary<string, double[]> expected = Eager(Network(), 9);
        for (ulong order = 0; order < 5; order++)
        {
            Module network = Network().Initialize(9);
            IReadOnlyList<Parameter> parameters = network.Parameters();
            foreach (int i in new Rng(order).Permutation(parameters.Count))
            {
                _ = parameters[i].ToArray();
            }

            RequireEqual(expected, Values(network), $"order {order}");
        }
    }

    [Fact]
    public void Read_FromSeveralThreadsAtOnce_GivesEveryThreadTheSameValues()
    {
        Dictionary<string, double[]> expected = Eager(Network(), 3);
        for (int round = 0; round < 30; round++)
        {
            Module network = Network().Initialize(3);
            KeyValuePair<string, Tensor>[] state = [.. network.StateDict()];
            using Barrier start = new(4);
            Dictionary<string, double[]>[] seen = new Dictionary<string, double[]>[4];
            Thread[] threads =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(t => new Thread(() =>
                    {
                        start.SignalAndWait();
                        seen[t] = state.ToDictionary(s => s.Key, s => s.Value.ToArray<double>());
                    })),
            ];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Assert.All(seen, (s, t) => RequireEqual(expected, s, $"round {round}, thread {t}"));
        }
    }

    [Fact]
    public void LoadStateDict_BeforeFirstRead_KeepsWhatWasLoaded()
    {
        Module source = Network().Initialize(1),
            target = Network().Initialize(2);
        target.LoadStateDict(source.StateDict());
        RequireEqual(Values(source), Values(target), "loaded");
        source.Initialize(3);
        RequireEqual(Eager(Network(), 1), Values(target), "the source changed afterwards");
    }

    [Fact]
    public void LoadStateDict_BeforeFirstRead_DrawsNothing()
    {
        Counting rule = new();
        Linear source = new(4, 3),
            target = new(4, 3);
        source.Initialize(1);
        target.Weight.Initializer = rule;
        target.Initialize(2);
        target.LoadStateDict(source.StateDict());
        RequireEqual(Values(source), Values(target), "loaded");
        Assert.True(rule.Fills == 0, $"first values were drawn {rule.Fills} times, only to be overwritten");
    }

    [Fact]
    public void CopyFrom_ItselfBeforeFirstRead_KeepsItsFirstValues()
    {
        Module network = Network().Initialize(5);
        Assert.All(network.StateDict(), s => s.Value.CopyFrom(s.Value));
        RequireEqual(Eager(Network(), 5), Values(network), "copied onto itself");
    }

    [Fact]
    public void To_BeforeFirstRead_GivesTheFloatValues()
    {
        Module network = Network().Initialize(4).To(DType.Float64);
        RequireEqual(Eager(Network(), 4), Values(network), "in double");
        Assert.All(network.StateDict(), s => Assert.Equal(DType.Float64, s.Value.DType));
        Module back = Network().To(DType.Float64).To(DType.Float32).Initialize(4);
        RequireEqual(Eager(Network(), 4), Values(back), "there and back, then drawn");
    }

    [Fact]
    public void Constructor_WithGenerator_DrawsAtOnce()
    {
        Rng rng = new(8),
            copy = new(8);
        Parameter parameter = new([3, 4], new Normal(), rng: rng);
        Tensor expected = Tensor.Zeros([3, 4]);
        new Normal().Fill(expected, copy);
        Assert.Equal(copy.State, rng.State);
        _ = rng.NextUInt32();
        Assert.Equal(expected.ToArray(), parameter.ToArray());
    }

    [Fact]
    public void StateBuffer_ReadAndReset_HasItsFirstValue()
    {
        StateBuffer buffer = new([3], 2.5f);
        buffer.Reset();
        Assert.False(buffer.HasStorage, "Reset took memory");
        Assert.Equal([2.5f, 2.5f, 2.5f], buffer.ToArray());
        buffer.Fill(9.0);
        buffer.Reset();
        Assert.Equal([2.5f, 2.5f, 2.5f], buffer.ToArray());
    }

    /// <summary>Fills with ones and counts how often.</summary>
    private sealed class Counting : Initializer
    {
        public int Fills { get; private set; }

        public override void Fill(Tensor tensor, Rng rng)
        {
            Fills++;
            tensor.Fill(1.0);
        }

        public override string ToString() => "ones, counted";
    }
}
