namespace Fovea.Workbench.Tests.Questions.Stacks;

public sealed class NormalizationMeasuredTests
{
    [Fact]
    public void Judge_NoNormalization_IsNotApplicable() =>
        Assert.Equal(
            Verdict.NotApplicable,
            new NormalizationMeasured().Ask(MeasuredRuns.Chain().Train(100, MeasuredRuns.Falling).Evidence).Verdict
        );

    [Fact]
    public void Judge_NothingMeasuredBothWays_CannotTell() => AssertIs(Verdict.CannotTell, "", Run([]));

    // A loss of 0.50 as in training; a standard error of 0.02, a tenth is 0.05.
    [Theory]
    [InlineData(0.54, Verdict.Ok)]
    [InlineData(0.62, Verdict.Look)]
    public void Judge_EvaluationWorseThanTraining_IsLookedAtFromThreeErrorsOn(double evaluation, Verdict verdict) =>
        AssertIs(
            verdict,
            verdict == Verdict.Ok ? "" : Cause.RunningStatistics,
            Run([(400, evaluation), (800, evaluation)])
        );

    [Fact]
    public void Judge_DropoutMakesTrainingWorse_IsOk() =>
        AssertIs(Verdict.Ok, "", Run([(400, 0.3), (800, 0.3)], r => r with { DropsUnits = true }));

    [Theory]
    [InlineData(0.5, 800, Verdict.Fix)]
    [InlineData(1.19, 800, Verdict.Look)] // statistics taken anew heal nothing
    [InlineData(0.5, 40, Verdict.Look)] // after 40 updates at momentum 0.1 they lag, and that passes
    public void Judge_StaleStatistics_AreFixWhereNewOnesHeal(double reestimated, long updates, Verdict verdict)
    {
        Evidence run = Run(
            [(updates / 2, 1.2), (updates, 1.2)],
            probes: [Probe("batchnorm", ("loss", 1.2), ("reestimated", reestimated), ("error", 0.02))]
        );

        Answer answer = AssertIs(verdict, Cause.RunningStatistics, run);
        Assert.Equal(updates / 2, answer.OnsetStep);
    }

    [Fact]
    public void Judge_MomentumOfAThousandth_IsNamed()
    {
        Evidence run = Run(
            [(400, 1.2), (800, 1.2)],
            r => r with { NormalizationMomentum = [0.001] },
            [Probe("batchnorm", ("loss", 1.2), ("reestimated", 0.5), ("error", 0.02))]
        );

        Answer answer = AssertIs(Verdict.Fix, Cause.RunningStatistics, run);

        Assert.Contains("momentum of 0.001, and need 5,000 updates", answer.Finding, StringComparison.Ordinal);
        Assert.Contains("momentum: 0.1", answer.Remedy, StringComparison.Ordinal);
    }

    // The share of the new batch: 0.1 here is 0.9 where the share kept is counted.
    [Theory]
    [InlineData(1.0, 64, Verdict.Fix)]
    [InlineData(0.9, 64, Verdict.Fix)]
    [InlineData(0.5, 64, Verdict.Ok)]
    [InlineData(1.0, 4000, Verdict.Ok)] // every batch is all there is
    public void Judge_MomentumOfTheLastBatch_IsFix(double momentum, int batch, Verdict verdict) =>
        AssertIs(
            verdict,
            verdict == Verdict.Ok ? "" : Cause.RunningStatistics,
            Run([(400, 0.5), (800, 0.5)], r => r with { NormalizationMomentum = [momentum], Batch = batch })
        );

    // Maps of 2 x 2: a batch of 3 has 12 values a channel, one of 4 has 16.
    [Theory]
    [InlineData(3, 1.2, Verdict.Fix)]
    [InlineData(3, 0.5, Verdict.Look)]
    [InlineData(4, 0.5, Verdict.Ok)]
    public void Judge_FewValues_AreFixWhereEvaluationSuffers(int batch, double evaluation, Verdict verdict)
    {
        Answer answer = AssertIs(
            verdict,
            verdict == Verdict.Ok ? "" : Cause.SmallBatchStatistics,
            Run([(400, evaluation), (800, evaluation)], r => r with { Batch = batch })
        );

        if (verdict != Verdict.Ok)
        {
            Assert.Equal("4", answer.Options["batch"]);
            Assert.Equal(["norm"], answer.Layers);
        }
    }

    [Theory]
    [InlineData(65, 64, 2, Verdict.Look, Cause.SmallBatchStatistics)]
    [InlineData(65, 64, 1, Verdict.Ok, "")] // the last one is left out
    [InlineData(66, 64, 2, Verdict.Ok, "")]
    public void Judge_LastBatchOfOne_IsNamed(int items, int batch, int updates, Verdict verdict, string cause) =>
        AssertIs(
            verdict,
            cause,
            Run([(400, 0.5), (800, 0.5)], r => r with { TrainItems = items, Batch = batch, UpdatesPerEpoch = updates })
        );

    [Fact]
    public void Judge_HeldOutLossOutOfProportionAfterFewUpdates_NamesTheRunningStatistics()
    {
        Measurements measured = Run([]).Measured!;
        measured = measured with
        {
            Epochs =
            [
                new MeasuredEpoch
                {
                    Epoch = 1,
                    Step = 22,
                    RunningLoss = 2.1,
                    HeldOut = new(100, 468639, 900, 10),
                },
            ],
        };

        Answer answer = AssertIs(Verdict.Look, Cause.RunningStatistics, With(measured));

        Assert.Contains("running statistics", answer.Finding, StringComparison.Ordinal);
        Assert.Contains("after 22 updates", answer.Finding, StringComparison.Ordinal);
    }

    // One value a group: of each is left 0, and the shift.
    [Theory]
    [InlineData(4, Verdict.Fix)]
    [InlineData(2, Verdict.NotApplicable)]
    [InlineData(1, Verdict.NotApplicable)]
    public void Judge_GroupsOfOneValue_AreNamedBeforeTraining(int groups, Verdict verdict)
    {
        Sequential network = new(
            ("conv", new Conv2d(1, 4, 3)),
            ("pool", new AdaptiveAvgPool2d(1)),
            ("norm", new GroupNorm(4, groups))
        );
        Evidence evidence = new(Graph.Trace(network, [1, 8, 8], training: true), "net")
        {
            Measured = new Measurements
            {
                Run = new MeasuredRun { Model = "net", Optimizer = "sgd" },
            },
        };

        AssertIs(verdict, verdict == Verdict.Fix ? Cause.SmallBatchStatistics : "", evidence);
    }

    [Theory]
    [InlineData(true, 1.2, Verdict.Fix)]
    [InlineData(true, 0.5, Verdict.Ok)] // it does no harm
    [InlineData(false, 1.2, Verdict.Look)]
    public void Judge_OneNormalizationInTwoPlaces_IsFixWhereEvaluationSuffers(
        bool shared,
        double evaluation,
        Verdict verdict
    )
    {
        Evidence evidence = new(Graph.Trace(new Twice(shared), [4, 8, 8], training: true), "net")
        {
            Measured = Run([(400, evaluation), (800, evaluation)]).Measured,
        };

        AssertIs(verdict, verdict == Verdict.Ok ? "" : Cause.RunningStatistics, evidence);
    }

    [Theory]
    [InlineData(2, 1.2, Verdict.Fix)]
    [InlineData(2, 0.5, Verdict.Ok)] // such as statistics taken anew on purpose
    public void Judge_StatisticsMovedBetweenUpdates_AreFixWhereEvaluationSuffers(
        int moved,
        double evaluation,
        Verdict verdict
    )
    {
        Measurements measured = Run([(400, evaluation), (800, evaluation)]).Measured!;
        Evidence run = With(measured with { Steps = [new MeasuredStep { Step = 400, StatisticsMoved = moved }] });

        Answer answer = AssertIs(verdict, verdict == Verdict.Ok ? "" : Cause.RunningStatistics, run);

        Assert.Equal(verdict == Verdict.Fix, answer.Finding.StartsWith("Before 2 updates", StringComparison.Ordinal));
    }

    /// <summary>Normalizes twice, by one layer or by two.</summary>
    private sealed class Twice(bool shared) : Module
    {
        private readonly Conv2d _conv = new(4, 4, 3);
        private readonly BatchNorm2d _first = new(4);
        private readonly BatchNorm2d _second = new(4);

        public override Tensor Forward(Tensor x)
        {
            Tensor once = _first.Forward(x);
            return (shared ? _first : _second).Forward(_conv.Forward(once));
        }
    }

    private static MeasuredProbe Probe(string name, params (string Name, double Value)[] values) =>
        new(800, name, values.ToDictionary(v => v.Name, v => v.Value));

    private static Evidence Run(
        (long Step, double Evaluation)[] epochs,
        Func<MeasuredRun, MeasuredRun>? change = null,
        IReadOnlyList<MeasuredProbe>? probes = null
    )
    {
        MeasuredRun run = new()
        {
            Model = "net",
            Optimizer = "sgd",
            TrainItems = 4000,
            Batch = 64,
            UpdatesPerEpoch = 63,
            ChanceLoss = Math.Log(10),
            Normalizations = ["norm"],
            NormalizationMomentum = [0.1],
        };
        return With(
            new Measurements
            {
                Run = change?.Invoke(run) ?? run,
                Probes = probes ?? [],
                Epochs =
                [
                    .. epochs.Select(
                        (e, i) =>
                            new MeasuredEpoch
                            {
                                Epoch = i + 1,
                                Step = e.Step,
                                RunningLoss = 0.6,
                                Train = new MeasuredPart(256, e.Evaluation, 0.02, 200),
                                TrainingModeLoss = 0.5,
                            }
                    ),
                ],
            }
        );
    }

    private static Evidence With(Measurements measured)
    {
        Sequential network = [];
        network.Add("conv", new Conv2d(1, 4, 3, stride: 2, padding: 1));
        network.Add("norm", new BatchNorm2d(4));
        network.Add("pool", new GlobalAvgPool(flatten: true));
        network.Add("fc", new Linear(4, 10));
        return new Evidence(Graph.Trace(network, Shape.Create([1, 4, 4]), training: true), "net")
        {
            Measured = measured,
        };
    }

    private static Answer AssertIs(Verdict verdict, string cause, Evidence run)
    {
        Answer answer = new NormalizationMeasured().Ask(run);
        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"expected {verdict} {cause}, got {answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
        Assert.All(answer.Crossed, c => Assert.True(c.Holds, c.Text));
        return answer;
    }
}
