using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>Numbers that stop being finite: the run names the place, and keeps what was before.</summary>
public sealed class NumericGuardTests : IDisposable
{
    private const int Planted = 17;

    private static readonly TrainingOptions Few = new()
    {
        Epochs = 2,
        Batch = 9,
        Seed = 3,
        Preflight = false,
        Watch = WatchLevel.Off,
        Optimizer = "sgd,momentum=0.9",
        LearningRate = 0.01,
        Schedule = "constant",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, 1, 0.0, 0.0)]
    [InlineData(false, 1, 0.0, 0.0)]
    [InlineData(true, 2, 0.9, 1.0)]
    [InlineData(false, 2, 0.9, 1.0)]
    public void Fit_ItemBecomesNaN_NamesItAndWhatIsKeptEndsAsTheHealthyRun(
        bool compile,
        int accumulation,
        double average,
        double clip
    )
    {
        TrainingOptions options = Few with
        {
            Compile = compile,
            Accumulation = accumulation,
            AverageDecay = average,
            ClipNorm = clip,
            Validation = 0.2,
        };
        string whole = _folder.File("whole"),
            broken = _folder.File("broken");
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options with { Out = whole });
        Spoiler spoiler = new();

        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            spoiler.Source(),
            options with
            {
                Out = broken,
            },
            observer: spoiler
        );

        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        NonFinite found = result.NonFinite!;
        Assert.Equal((StepPart.Forward, "the data"), (found.Part, found.Place));
        Assert.Equal([Planted], found.Items);
        Assert.InRange(found.Input!.Low, -4.0, 0.0); // preprocessed: mean 0, deviation 1
        Assert.InRange(found.Input!.High, 0.0, 4.0);
        Assert.Contains("item 17 of the training data. Look at these items", result.Message, StringComparison.Ordinal);
        AssertFinite(broken);

        TrainingResult mended = Trainer.ResumeFit(
            TinyNet.Create(99),
            CornerImages.Source(),
            options with
            {
                Out = broken,
            }
        );

        Assert.Equal(TrainingOutcome.Finished, mended.Outcome);
        Assert.Equal(Bytes(whole), Bytes(broken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_LearningRateTooHigh_NamesTheUpdateThatALoopByHandFailsAt(bool compile)
    {
        TrainingOptions options = Few with
        {
            Compile = compile,
            Optimizer = "sgd",
            LearningRate = 1e12,
            Epochs = 4,
            Out = _folder.File("run"),
        };
        long expected = ByHand(options);

        TrainingResult result = Trainer.Fit(TinyNet.Create(), CornerImages.Source(), options);

        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.Equal(expected, result.NonFinite!.Step);
        Assert.Contains($"(update {expected})", result.Message, StringComparison.Ordinal);
        Assert.Contains("Try a learning rate of 0.1 (--lr)", result.Message, StringComparison.Ordinal);
        Assert.Equal(expected - 1, AssertFinite(_folder.File("run")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_GradientOfARootAtZero_NamesTheLayerAndItsItems(bool compile)
    {
        // Only item 17 is dark where the layer takes a root: its slope is infinite there.
        DataSource source = PlantedSet.With(
            CornerImages.Source(),
            train: new PlantedSet(new CornerImages(36, 1)) { Change = (i, x) => x[0] = i == Planted ? -5 : 5 }
        );

        TrainingResult result = Trainer.Fit(new Rooted().Initialize(1), source, Few with { Compile = compile });

        NonFinite found = result.NonFinite!;
        Assert.Equal((StepPart.Backward, "Sqrt behind Conv2d 'scale'"), (found.Part, found.Place));
        Assert.Equal([Planted], found.Items);
        Assert.Equal(0.0, found.Input!.Low);
        Assert.Contains("backward: the first gradient that is not finite", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_OperatorOfOnesOwn_IsNamedWithItsLayer(bool compile)
    {
        TrainingResult result = Trainer.Fit(
            new Sequential(new Flatten(), new Linear(64, 3), new Overflowing()).Initialize(1),
            CornerImages.Source(),
            Few with
            {
                Compile = compile,
            }
        );

        NonFinite found = result.NonFinite!;
        Assert.Equal((StepPart.Forward, 1L, 1, 1), (found.Part, found.Step, found.Epoch, found.Batch));
        Assert.Equal("Exceed '2'", found.Place);
        Assert.Equal(9, found.Items.Count);
        Assert.Contains("is that of Exceed '2'", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sgd", 1e30, 1e10, "'")] // 1e10 * 1e30 has no float
    [InlineData("adam", 1e-3, 1e25, "square'")] // nor has the square of 1e25, by which nothing moves any more
    [InlineData("adam,eps=0", 1e-3, 0, "'")] // 0 / (0 + 0)
    public void Fit_FiniteGradientOverflowsInTheOptimizer_IsNotKept(
        string optimizer,
        double rate,
        double scale,
        string place
    )
    {
        TrainingResult result = Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Optimizer = optimizer,
                LearningRate = rate,
                Out = _folder.File("run"),
            },
            loss: (scores, _) => scores.Mean() * scale
        );

        NonFinite found = result.NonFinite!;
        Assert.Equal((StepPart.Update, 1L), (found.Part, found.Step));
        Assert.EndsWith(place, found.Place, StringComparison.Ordinal);
        Assert.Contains("update: the gradient is finite, of norm", result.Message, StringComparison.Ordinal);
        Assert.Equal(0, AssertFinite(_folder.File("run")));
    }

    [Fact]
    public void Fit_RunningVarianceOverflowsWhileTheLossIsFinite_IsFoundBeforeItIsSaved()
    {
        // The variance of values of 1e22 is 1e44; what is normalized by it is 0.
        TrainingResult result = Trainer.Fit(
            new Sequential(new Flatten(), new Scale(), new BatchNorm1d(64), new Linear(64, 3)).Initialize(1),
            CornerImages.Source(),
            Few with
            {
                Out = _folder.File("run"),
                Compile = false,
            }
        );

        Assert.Equal("'2.running_var'", result.NonFinite!.Place);
        Assert.Equal(0, AssertFinite(_folder.File("run")));
    }

    [Theory]
    [InlineData("sgd,momentum=0.9", 1.0)]
    [InlineData("adam", 1e12)] // a gradient so large that weights and optimizer are copied before each update
    public void Fit_HealthyRun_HasTheBitsOfALoopByHand(string optimizer, double scale)
    {
        CrossEntropy entropy = new();
        Tensor Loss(Tensor scores, Tensor labels) => entropy.Forward(scores, labels) * scale;
        TrainingOptions options = Few with { Optimizer = optimizer, Compile = false, Epochs = 1 };
        Module expected = TinyNet.Create(),
            actual = TinyNet.Create();
        TrainingSession session = new(expected, CornerImages.Source(), options, Loss);
        Optimizer plain = Optimizer.Parse(optimizer, expected, options.LearningRate);
        foreach (Batch batch in session.Loader.Epoch(0))
        {
            plain.ZeroGrad();
            Loss(expected.Forward(batch.Inputs), batch.Targets).Backward();
            plain.Step();
        }

        Trainer.Fit(actual, CornerImages.Source(), options, Loss);

        foreach ((string path, Tensor value) in expected.StateDict())
        {
            Assert.True(
                value.ToArray().AsSpan().SequenceEqual(actual.StateDict()[path].ToArray()),
                $"'{path}' has other bits than in a loop by hand"
            );
        }
    }

    /// <summary>The update, from 1, at which loss, gradient or weights of a plain loop are first not finite.</summary>
    private static long ByHand(TrainingOptions options)
    {
        Module net = TinyNet.Create();
        TrainingSession session = new(net, CornerImages.Source(), options, null);
        SGD plain = new(net, options.LearningRate);
        long update = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            foreach (Batch batch in session.Loader.Epoch(epoch))
            {
                update++;
                plain.ZeroGrad();
                Tensor loss = session.Task.Loss([net.Forward(batch.Inputs)], batch);
                loss.Backward();
                plain.Step();
                if (
                    !double.IsFinite(loss.Item())
                    || net.StateDict().Values.Any(t => t.ToArray().Any(v => !float.IsFinite(v)))
                )
                {
                    return update;
                }
            }
        }

        throw new InvalidOperationException("The loop by hand stays finite.");
    }

    /// <returns>Updates that the checkpoint stands at.</returns>
    private static long AssertFinite(string folder)
    {
        Checkpoint last = CheckpointStore.Read(Path.Combine(folder, "checkpoints", "last"));
        foreach ((string name, Tensor tensor) in last.Tensors)
        {
            Assert.True(tensor.ToArray<double>().All(double.IsFinite), $"'{name}' of the checkpoint is not finite");
        }

        return SessionCheckpoint.Read<TrainingState>(last, "state").Updates;
    }

    private static byte[] Bytes(string folder) => File.ReadAllBytes(Path.Combine(folder, "checkpoints", "last"));

    /// <summary>Makes an item NaN as soon as training has begun.</summary>
    private sealed class Spoiler : TrainingObserver
    {
        private volatile bool _begun;

        public DataSource Source() =>
            PlantedSet.With(
                CornerImages.Source(),
                train: new PlantedSet(new CornerImages(36, 1))
                {
                    Change = (i, x) => x[5] = _begun && i == Planted ? float.NaN : x[5],
                }
            );

        public override void Started(TrainingPlan plan) => _begun = true;
    }

    /// <summary>The root of what is above 0, in the first place of an image.</summary>
    private sealed class Rooted : Module
    {
        private readonly Conv2d _scale = new(1, 1, 1, bias: false);
        private readonly Linear _head = new(1, 3);

        public override Tensor Forward(Tensor x)
        {
            Tensor corner = x.Narrow(2, 0, 1).Narrow(3, 0, 1);
            Tensor positive = _scale.Forward(corner).Square() * (corner.Relu() / (corner.Relu() + 1e-6));
            return _head.Forward(positive.Sqrt().Reshape([x.Shape[0], 1]));
        }
    }

    private sealed class Scale : Module
    {
        public override Tensor Forward(Tensor x) => x * 1e22;
    }

    private sealed class Overflowing : Module
    {
        public override Tensor Forward(Tensor x) => new Exceed { Owner = this }.Apply(x);
    }

    private sealed class Exceed : Operator
    {
        public override string Name => "Exceed";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call) => call.Inputs[0].Detach() * 1e30 * 1e30;

        protected override void Backward(OperatorCall call, Tensor gradient) => call.Accumulate(0, gradient);
    }
}
