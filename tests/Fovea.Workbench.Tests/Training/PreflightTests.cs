namespace Fovea.Workbench.Tests;

public sealed class PreflightTests : IDisposable
{
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 1,
        Batch = 6,
        LearningRate = 0.01,
        Optimizer = "adam",
        Schedule = "constant",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("adam", 0.0)]
    [InlineData("sgd,momentum=0.9", 1.0)]
    public void Fit_PreflightOnOrOff_EndsWithTheSameBytes(string optimizer, double clip)
    {
        foreach (bool preflight in new[] { false, true })
        {
            TrainingOptions options = Few with
            {
                Optimizer = optimizer,
                ClipNorm = clip,
                AverageDecay = 0.5,
                Augment = "crop=1,mixup=0.3",
            };
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                options with
                {
                    Out = _folder.File($"{preflight}"),
                    Preflight = preflight,
                }
            );
        }

        Assert.Equal(
            File.ReadAllBytes(_folder.File("False/checkpoints/last")),
            File.ReadAllBytes(_folder.File("True/checkpoints/last"))
        );
    }

    [Fact]
    public void Run_EasyItems_AreLearnedAndNoTraceIsLeft()
    {
        Module model = TinyNet.Create();
        byte[][] before = Bytes(model);
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(model);

        PreflightResult result = Preflight.Run(Session(model, Few), new Still(), null, default);

        Assert.True(result is { Learned: true, IsStuck: false, Items: 16, Updates: > 0 }, result.ToString());
        Assert.Equal(before, Bytes(model));
        Assert.Equal(random, SessionCheckpoint.RandomStates(model));
        Assert.All(model.Parameters(), p => Assert.Null(p.Grad));
        Assert.All(
            model.NamedModules(),
            m => Assert.True(m.Module.IsTraining, $"'{m.Path}' was left in evaluation behaviour")
        );
    }

    [Fact]
    public void Run_LossThatFallsButStaysHigh_IsStuck()
    {
        // Only the last layer's bias learns: the loss falls towards that of guessing by frequency, and stays there.
        Module model = TinyNet.Create();
        model.Freeze();
        model.Parameters()[^1].RequiresGrad = true;
        model.Parameters()[^1].CopyFrom(Tensor.From([3f, 0f, 0f], [3]));

        PreflightResult result = Preflight.Run(
            Session(model, Few with { LearningRate = 0.2 }),
            new Still(),
            null,
            default
        );

        Assert.True(
            result is { IsStuck: true, Updates: 120 } && result.Right < 16 && result.Lowest < 0.75 * result.First,
            result.ToString()
        );
    }

    [Fact]
    public void Fit_NetworkThatCannotLearn_IsNoticedBeforeTraining()
    {
        using StopAfter listener = new(long.MaxValue);

        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), Few with { LearningRate = 1e-9 }, observer: listener);

        string notice = Assert.Single(listener.Notices);
        Assert.Contains(
            "Check before training: 16 items could not be learned by heart in 120 updates: the loss went from",
            notice,
            StringComparison.Ordinal
        );
        Assert.Contains("A learning rate too low or too high (--lr)", notice, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TimeIsUp_SaysNeither()
    {
        PreflightResult result = Preflight.Run(
            Session(TinyNet.Create(), Few with { LearningRate = 1e-9 }),
            new HourATick(),
            null,
            default
        );

        Assert.True(result is { Learned: false, IsStuck: false, Updates: 0 }, result.ToString());
    }

    [Fact]
    public void Run_Cancelled_SaysNeither()
    {
        PreflightResult result = Preflight.Run(
            Session(TinyNet.Create(), Few with { LearningRate = 1e-9 }),
            TimeProvider.System,
            null,
            new CancellationToken(canceled: true)
        );

        Assert.True(result is { Learned: false, IsStuck: false, Updates: 0 }, result.ToString());
    }

    [Fact]
    public void Run_MixupAndBatchesOfOne_TakesPlainItems()
    {
        List<(Shape Scores, DType Targets)> seen = [];
        TrainingSession session = new(
            TinyNet.Create(),
            CornerImages.Source(),
            Few with
            {
                Batch = 1,
                Augment = "mixup=0.3",
            },
            (s, targets) =>
            {
                seen.Add((s.Shape, targets.DType));
                return new CrossEntropy().Forward(s, targets);
            }
        );

        Preflight.Run(session, new Still(), null, default);

        Shape scores = [16, 3];
        Assert.All(seen, call => Assert.Equal((scores, DType.Int64), call));
    }

    [Fact]
    public void Fit_EndedDuringThePreflight_ResumesToTheSameBytes()
    {
        TrainingOptions whole = Few with { Out = _folder.File("whole") },
            killed = Few with { Out = _folder.File("killed") };
        Trainer.Fit(TinyNet.Create(), CornerImages.Source(), whole, Loss);
        int calls = 0;

        Assert.Throws<TimeoutException>(() =>
            Trainer.Fit(
                TinyNet.Create(),
                CornerImages.Source(),
                killed,
                (scores, targets) =>
                    ++calls == 2 ? throw new TimeoutException("the process ends here") : Loss(scores, targets)
            )
        );
        Assert.Empty(MetricsLog.Read(_folder.File("killed/metrics.jsonl")));
        Trainer.ResumeFit(TinyNet.Create(99), CornerImages.Source(), killed, Loss);

        Assert.Equal(
            File.ReadAllBytes(_folder.File("whole/checkpoints/last")),
            File.ReadAllBytes(_folder.File("killed/checkpoints/last"))
        );

        static Tensor Loss(Tensor scores, Tensor targets) => new CrossEntropy().Forward(scores, targets);
    }

    private static TrainingSession Session(Module model, TrainingOptions options) =>
        new(model, CornerImages.Source(), options, null);

    private static byte[][] Bytes(Module model) =>
        [
            .. model
                .StateDict()
                .OrderBy(t => t.Key, StringComparer.Ordinal)
                .Select(t => t.Value.ToArray<double>().SelectMany(BitConverter.GetBytes).ToArray()),
        ];

    /// <summary>A clock that stands still, however busy the machine is.</summary>
    private sealed class Still : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    /// <summary>A clock that an hour passes on each time it is looked at.</summary>
    private sealed class HourATick : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now += 3600;
    }
}
