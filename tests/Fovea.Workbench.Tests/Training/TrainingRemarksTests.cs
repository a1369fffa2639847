using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>What a run says unasked.</summary>
public sealed class TrainingRemarksTests
{
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 1,
        Batch = 6,
        LearningRate = 1e-3,
        Schedule = "constant",
        Preflight = false,
    };

    [Fact]
    public void Fit_BatchOfMoreThanAllItems_SaysThatEveryEpochIsOneBatch()
    {
        Listener listener = new();

        Trainer.Fit(TinyNet.Create(), CornerImages.Source(12, 6), Few with { Batch = 50 }, observer: listener);

        Assert.Contains(
            "A batch of 50 is more than the 12 items to learn from: every epoch is one batch of 12.",
            listener.Notices
        );
    }

    [Fact]
    public void Fit_BatchOfAllItems_SaysNothing()
    {
        Listener listener = new();

        Trainer.Fit(TinyNet.Create(), CornerImages.Source(12, 6), Few with { Batch = 12 }, observer: listener);

        Assert.DoesNotContain(listener.Notices, n => n.Contains("A batch of", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_PlainNetworkOfThirtyLayers_SaysThatGradientsVanishBeforeTraining()
    {
        string layers = string.Concat(Enumerable.Repeat("conv 8 3 padding=same; sigmoid; ", 30));
        TrainingSession session = new(
            Fovea.Models.NetworkText.Parse(layers + "globalavgpool flatten=true; linear classes", [1, 8, 8], 2).Network,
            CornerImages.Source(12, 6),
            Few,
            null
        );

        string[] said = [.. TrainingRemarks.Structure(session)];

        Assert.Contains(said, n => n.StartsWith("fix 3.1 ", StringComparison.Ordinal));
        Assert.All(said, n => Assert.StartsWith("fix ", n, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0.0, false)]
    [InlineData(0.25, false)]
    public void Choices_NothingHeldOut_IsSaidUnlessItWasAskedFor(double? asked, bool said)
    {
        TrainingSession session = new(
            TinyNet.Create(),
            CornerImages.Source(12, 6),
            Few with
            {
                Validation = asked ?? 0,
            },
            null
        );

        string[] choices = [.. TrainingRemarks.Choices(session, new TrainingRequest { Validation = asked })];

        Assert.Equal(said ? 1 : 0, choices.Length);
        Assert.All(
            choices,
            c => Assert.StartsWith("No items are held out, as 12 are few", c, StringComparison.Ordinal)
        );
    }

    // Three classes: knowing nothing has a loss of ln 3 = 1.0986.
    [Theory]
    [InlineData(468639.0, true)]
    [InlineData(25.0, true)]
    [InlineData(10.5, false)]
    public void HeldOut_LossOfTenTimesChance_IsExplained(double loss, bool said)
    {
        TrainingSession session = new(TinyNet.Create(), CornerImages.Source(12, 6), Few, null);

        string? remark = TrainingRemarks.HeldOut(session, new Metrics(1, 22, 0.9, 0.5, loss, 0.3, 1e-3, 1));

        Assert.Equal(said, remark is not null);
        if (said)
        {
            Assert.Contains("knowing nothing 1.099", remark, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void HeldOut_NetworkWithBatchNorm_NamesTheRunningStatistics()
    {
        Sequential network = new(
            new Conv2d(1, 4, 3),
            new BatchNorm2d(4),
            new GlobalAvgPool(flatten: true),
            new Linear(4, 3)
        );
        TrainingSession session = new(network, CornerImages.Source(12, 6), Few, null);

        string? remark = TrainingRemarks.HeldOut(session, new Metrics(1, 22, 0.9, 0.5, 468639, 0.3, 1e-3, 1));

        Assert.Contains("running statistics", remark, StringComparison.Ordinal);
        Assert.Contains("after 22 updates", remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_WithinAnEpoch_KnowsItsBatch()
    {
        using TemporaryFolder folder = new();
        TrainingOptions options = Few with { Out = folder.File("run"), Batch = 3 };
        using CancellationTokenSource stop = new();
        Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(12, 6),
            options,
            observer: new Listener { Update = 1, Then = stop.Cancel },
            cancel: stop.Token
        );
        Listener listener = new();

        Trainer.ResumeFit(TinyNet.Create(), CornerImages.Source(12, 6), options, observer: listener);

        Assert.Equal((0, 2, 4), (listener.Plan!.FirstEpoch, listener.Plan.FirstBatch, listener.Plan.BatchesPerEpoch));
    }

    [Fact]
    public void Fit_Stages_AreHeardFromTheirBeginningToTheirEnd()
    {
        Listener listener = new();

        Trainer.Fit(
            TinyNet.Create(),
            CornerImages.Source(40, 6),
            Few with
            {
                Preflight = true,
                Validation = 0.2,
            },
            observer: listener
        );

        // Probes are tried where an answer asks for them, rates where the user does.
        TrainingStage[] asked = [TrainingStage.Probe, TrainingStage.RateTest];
        foreach (TrainingStage stage in Enum.GetValues<TrainingStage>().Except(asked))
        {
            double[] shares = [.. listener.Stages.Where(s => s.Stage == stage).Select(s => s.Share)];
            Assert.Equal(0, shares[0]);
            Assert.Equal(shares.Order(), shares);
            Assert.True(stage == TrainingStage.Preflight || shares[^1] == 1, $"{stage}: {string.Join(", ", shares)}");
        }
    }

    private sealed class Listener : TrainingObserver
    {
        public List<string> Notices { get; } = [];

        public List<(TrainingStage Stage, double Share)> Stages { get; } = [];

        public TrainingPlan? Plan { get; private set; }

        public long? Update { get; init; }

        public Action Then { get; init; } = () => { };

        public override void Started(TrainingPlan plan) => Plan = plan;

        public override void Notice(string text) => Notices.Add(text);

        public override void Advanced(TrainingStage stage, double share) => Stages.Add((stage, share));

        public override void GradientsReady(Module model, long update)
        {
            if (update == Update)
            {
                Then();
            }
        }
    }
}
