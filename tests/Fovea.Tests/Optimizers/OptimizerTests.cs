namespace Fovea.Tests;

public sealed class OptimizerTests
{
    public static TheoryData<string> Rules =>
        [
            "sgd",
            "sgd,momentum=0.9,dampening=0.1",
            "sgd,momentum=0.9,nesterov,decay=5e-4",
            "adam,decay=1e-3",
            "adamw",
            "rmsprop",
            "rmsprop,momentum=0.5,centered",
        ];

    [Theory, MemberData(nameof(Rules))]
    public void StateDict_LoadedIntoAFreshOptimizer_ContinuesToTheSameBits(string rule)
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            MixedNetwork first = New(dtype),
                second = New(dtype);
            second.Initialize(99);
            Optimizer optimizer = Optimizer.Parse(rule, first, 0.01);
            Steps(first, optimizer, 0, 4);

            second.LoadStateDict(first.StateDict());
            Optimizer resumed = Optimizer.Parse(rule, second, 0.01);
            resumed.LoadStateDict(optimizer.StateDict().ToDictionary(s => s.Key, s => s.Value.Clone()));
            Assert.Equal(4, resumed.Steps);
            Steps(first, optimizer, 4, 8);
            Steps(second, resumed, 4, 8);
            Bits.AssertSame(first.Values(), second.Values(), $"{rule} in {dtype}");
        }
    }

    [Fact]
    public void StateDict_AfterLoading_IsIndependentOfTheSource()
    {
        MixedNetwork network = New(DType.Float32),
            other = New(DType.Float32);
        SGD optimizer = new(network, 0.1, momentum: 0.9),
            copy = new(other, 0.1, momentum: 0.9);
        Steps(network, optimizer, 0, 1);
        copy.LoadStateDict(optimizer.StateDict());
        double before = copy.StateDict()["bias/momentum"].ToArray()[0];
        Steps(network, optimizer, 1, 2);
        Assert.Equal(before, copy.StateDict()["bias/momentum"].ToArray()[0]);
        Assert.NotEqual(before, optimizer.StateDict()["bias/momentum"].ToArray()[0]);
    }

    [Fact]
    public void StateDict_Keys_ArePathsAndNames()
    {
        MixedNetwork network = New(DType.Float32);
        Adam optimizer = new(network);
        Assert.Equal(["steps"], optimizer.StateDict().Keys);
        network.SetGradients(0);
        network.Slope.Grad = null;
        optimizer.Step();
        IReadOnlyDictionary<string, Tensor> state = optimizer.StateDict();
        Assert.Equal(
            [
                "bias/mean",
                "bias/square",
                "bias/steps",
                "scale/mean",
                "scale/square",
                "scale/steps",
                "steps",
                "weight/mean",
                "weight/square",
                "weight/steps",
            ],
            state.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(DType.Int64, state["steps"].DType);
        Assert.Equal(1, state["weight/steps"].Item());
        Assert.Equal(network.Weight.Shape, state["weight/mean"].Shape);
    }

    [Fact]
    public void LoadStateDict_WrongEntries_ListsAllAndChangesNothing()
    {
        MixedNetwork network = New(DType.Float32);
        SGD optimizer = new(network, 0.1, momentum: 0.9);
        Steps(network, optimizer, 0, 2);
        Dictionary<string, Tensor> state = optimizer.StateDict().ToDictionary(s => s.Key, s => s.Value);
        state.Remove("weight/momentum");
        state["bias/momentum"] = Tensor.Zeros([4]);
        state["nonsense"] = Tensor.Zeros([1]);
        state["steps"] = Tensor.Scalar(50, DType.Int64);
        Assert.Equal(
            "SGD.LoadStateDict: 'weight/momentum' is missing; 'nonsense' is not of this optimizer; 'bias/momentum' has shape [4], must be [13].",
            Assert.Throws<ShapeException>(() => optimizer.LoadStateDict(state)).Message
        );
        Assert.Equal(2, optimizer.Steps);
    }

    [Fact]
    public void Step_FrozenOrWithoutGradient_StaysAsItIs()
    {
        MixedNetwork network = New(DType.Float32);
        double[] weight = network.Weight.ToArray<double>(),
            slope = network.Slope.ToArray<double>(),
            bias = network.Bias.ToArray<double>();
        AdamW optimizer = new(network, weightDecay: 0.1);
        network.SetGradients(0);
        network.Weight.RequiresGrad = false;
        network.Slope.Grad = null;
        optimizer.Step();
        Bits.AssertSame(weight, network.Weight.ToArray<double>(), "the frozen weight");
        Assert.Equal(slope, network.Slope.ToArray<double>());
        Assert.NotEqual(bias, network.Bias.ToArray<double>());
        Assert.Equal(1, optimizer.Steps);
    }

    [Fact]
    public void Step_AfterConvertingTheNetwork_ConvertsTheState()
    {
        MixedNetwork network = New(DType.Float32),
            reference = New(DType.Float32);
        SGD optimizer = new(network, 0.1, momentum: 0.9),
            single = new(reference, 0.1, momentum: 0.9);
        Steps(network, optimizer, 0, 2);
        Steps(reference, single, 0, 2);
        network.To(DType.Float64);
        Steps(network, optimizer, 2, 3);
        Steps(reference, single, 2, 3);
        Assert.Equal(DType.Float64, optimizer.StateDict()["weight/momentum"].DType);
        double furthest = network.Values().Zip(reference.Values(), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(furthest < 1e-5, $"Float64 and Float32 differ by {furthest:G3}");
    }

    [Fact]
    public void Step_WritesParameters_BackwardSeesThatTheyChanged()
    {
        MixedNetwork network = New(DType.Float32);
        int before = network.Weight.Storage.Version;
        network.SetGradients(0);
        new SGD(network, 0.1).Step();
        Assert.True(network.Weight.Storage.Version > before, "Step wrote the weight but its version is unchanged");
    }

    [Fact]
    public void ZeroGrad_Always_ClearsGradients()
    {
        MixedNetwork network = New(DType.Float32);
        network.SetGradients(0);
        new SGD(network, 0.1).ZeroGrad();
        Assert.All(network.Parameters(), p => Assert.Null(p.Grad));
    }

    [Fact]
    public void Step_GroupsWithScales_UseTheirOwnRateAndDecay()
    {
        GoldenNetwork network = new();
        network.A.Fill(2);
        network.B.Fill(2);
        SGD optimizer = new(
            [new([network.A]) { LearningRateScale = 0.1 }, new([network.B]) { WeightDecay = 0.5 }],
            0.1
        );
        network.A.Grad = Tensor.Ones([3, 5]);
        network.B.Grad = Tensor.Ones([7]);
        optimizer.Step();
        Assert.All(network.A.ToArray<double>(), v => Assert.Equal(1.99, v, 1e-6));
        Assert.All(network.B.ToArray<double>(), v => Assert.Equal(1.8, v, 1e-6));
    }

    [Fact]
    public void StateDict_ParametersWithoutAUniquePath_AreCalledByTheirPlace()
    {
        MixedNetwork one = New(DType.Float32),
            two = New(DType.Float32);
        Parameter loose = new([2], new Constant(0));
        SGD optimizer = new([new(one.Parameters()), new([.. two.Parameters(), loose])], 0.1, momentum: 0.5);
        one.SetGradients(0);
        loose.Grad = Tensor.Ones([2]);
        optimizer.Step();
        Assert.Contains("group0.0/momentum", optimizer.StateDict().Keys);
        Assert.Contains("group1.4/momentum", optimizer.StateDict().Keys);
    }

    [Fact]
    public void Constructors_WrongOptions_SayTheRule()
    {
        GoldenNetwork network = new();
        Assert.Equal(
            "SGD: the learning rate must be 0 or more and finite, got -0.1.",
            Message(() => new SGD(network, -0.1))
        );
        Assert.Equal(
            "Adam: the learning rate must be 0 or more and finite, got NaN.",
            Message(() => new Adam(network).LearningRate = double.NaN)
        );
        Assert.Equal(
            "SGD: momentum must be 0 or more and less than 1, got 1.",
            Message(() => new SGD(network, 0.1, momentum: 1))
        );
        Assert.Equal("SGD: dampening must be from 0 to 1, got 2.", Message(() => new SGD(network, 0.1, dampening: 2)));
        Assert.Equal(
            "SGD: Nesterov's look-ahead needs a momentum above 0 and dampening 0, got momentum 0 and dampening 0.",
            Message(() => new SGD(network, 0.1, nesterov: true))
        );
        Assert.Equal(
            "AdamW: beta2 must be 0 or more and less than 1, got 1.5.",
            Message(() => new AdamW(network, beta2: 1.5))
        );
        Assert.Equal("RMSprop: epsilon must be 0 or more, got -1.", Message(() => new RMSprop(network, epsilon: -1)));
        Assert.Equal(
            "ParameterGroup: the weight decay must be 0 or more and finite, got -1.",
            Message(() => new SGD(network, 0.1, weightDecay: -1))
        );
        Assert.Equal(
            "ParameterGroup: the learning rate scale must be 0 or more and finite, got -1.",
            Message(() => new ParameterGroup([]) { LearningRateScale = -1 })
        );
        Assert.StartsWith(
            "Optimizer: a parameter may be in one group once, got 'a' [3, 5] twice.",
            Message(() => new SGD([new(network.Parameters()), new([network.A])], 0.1)),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Optimizer: there must be at least one parameter, got none.",
            Message(() => new SGD([], 0.1)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Update_RuleOfTheUser_GetsStateAndCounts()
    {
        MixedNetwork network = New(DType.Float32);
        double first = network.Bias.ToArray()[3];
        Counting optimizer = new(network);
        Steps(network, optimizer, 0, 3);
        Assert.Equal(first - 6, network.Bias.ToArray()[3], 1e-4); // 1 + 2 + 3
        Assert.Equal(3, optimizer.StateDict()["bias/count"].ToArray()[12]);
        Assert.Equal(
            "Optimizer: a rule may keep at most 3 tensors for a parameter, got 4 state names.",
            Assert.Throws<InvalidOperationException>(() => Steps(network, new Counting(network, 4), 0, 1)).Message
        );
    }

    internal static MixedNetwork New(DType dtype)
    {
        MixedNetwork network = new();
        network.Initialize(1);
        network.To(dtype);
        return network;
    }

    internal static void Steps(MixedNetwork network, Optimizer optimizer, long from, long to)
    {
        for (long step = from; step < to; step++)
        {
            network.SetGradients(step);
            optimizer.Step();
        }
    }

    private static string Message(Func<object> create) => Assert.Throws<ArgumentException>(create).Message;

    /// <summary>Takes off how often it was called.</summary>
    private sealed class Counting(Module model, int states = 1) : Optimizer(ParameterGroups.Of(model, 0), 1.0)
    {
        protected internal override IReadOnlyList<string> StateNames =>
            [.. Enumerable.Range(0, states).Select(i => i == 0 ? "count" : $"state{i}")];

        protected override void Update<T>(in ParameterUpdate<T> update)
        {
            for (int i = 0; i < update.Value.Length; i++)
            {
                update.State(0)[i] += T.One;
                Assert.Equal(T.CreateChecked(update.Update), update.State(0)[i]);
                update.Value[i] -= update.State(0)[i];
            }
        }
    }
}
