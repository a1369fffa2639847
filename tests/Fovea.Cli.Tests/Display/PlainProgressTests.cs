using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Tests.Display;

public sealed class PlainProgressTests
{
    private readonly Clock _clock = new();
    private readonly List<string> _lines = [];

    [Fact]
    public void Plain_ShortEpochs_ShowSpeedAndTimeLeftOnTheirLine()
    {
        PlainProgress progress = Started(epochs: 3);

        Epoch(progress, 1, secondsLeft: 130);
        _clock.Pass(2);
        Epoch(progress, 2, secondsLeft: 65);
        _clock.Pass(2);
        Epoch(progress, 3, secondsLeft: 0);

        Assert.Equal(4, _lines.Count);
        Assert.EndsWith("best so far  4 s  1234 items/s  2:10 min left", _lines[1], StringComparison.Ordinal);
        Assert.EndsWith("  1234 items/s  1:05 min left", _lines[2], StringComparison.Ordinal);
        Assert.EndsWith("  1234 items/s", _lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_ManyEpochsASecond_ShowsTheFirstAndTheLast()
    {
        PlainProgress progress = Started(epochs: 100);
        for (int epoch = 1; epoch <= 100; epoch++)
        {
            Epoch(progress, epoch, secondsLeft: 1);
        }

        Assert.Equal(
            ["epoch 1/100", "epoch 100/100"],
            _lines.Skip(1).Select(l => l[..l.IndexOf("  ", StringComparison.Ordinal)])
        );
    }

    [Fact]
    public void Plain_LongEpoch_ShowsBatchesEveryFewSeconds()
    {
        PlainProgress progress = Started(epochs: 1);
        for (int batch = 1; batch <= 12; batch++)
        {
            _clock.Pass(1);
            progress.Progressed(new TrainingProgress(1, 1, batch, 50, 0.5, 0.5, 7, TimeSpan.FromSeconds(50 - batch)));
        }

        Assert.Equal(
            [
                "epoch 1/1  batch 5/50  loss 0.5000  accuracy 50.0 %  7 items/s  45 s left",
                "epoch 1/1  batch 10/50  loss 0.5000  accuracy 50.0 %  7 items/s  40 s left",
            ],
            _lines.Skip(1)
        );
    }

    [Fact]
    public void Plain_LongStages_SayHowFarTheyAre()
    {
        PlainProgress progress = Started(epochs: 1);
        for (int tenth = 0; tenth <= 10; tenth++)
        {
            _clock.Pass(1);
            progress.Advanced(TrainingStage.Test, tenth / 10.0);
        }

        Assert.Equal(["measuring test items: 40 %", "measuring test items: 90 %"], _lines.Skip(1));
    }

    [Theory]
    [InlineData(0, 0, "7,200 items; 3 epochs of 113 batches; run folder run")]
    [InlineData(0, 78, "3 epochs of 113 batches; continues at epoch 1, batch 79 of 113; run folder run")]
    [InlineData(2, 0, "continues at epoch 3, batch 1 of 113;")]
    [InlineData(3, 0, "3 epochs of 113 batches; all are done; run folder run")]
    public void Describe_Plan_SaysWhereARunContinues(int epoch, int batch, string text)
    {
        TrainingPlan plan = new("net", "data", 1, 7200, 0, 113, new TrainingOptions { Epochs = 3 }, "run", epoch)
        {
            FirstBatch = batch,
        };

        Assert.Contains(text, TrainingText.Describe(plan), StringComparison.Ordinal);
    }

    private static void Epoch(PlainProgress progress, int epoch, double secondsLeft)
    {
        int epochs = secondsLeft == 0 ? epoch : 100;
        progress.Progressed(
            new TrainingProgress(epoch, epochs, 2, 2, 0.5, 0.5, 1234, TimeSpan.FromSeconds(secondsLeft))
        );
        progress.EpochEnded(new Metrics(epoch, 2 * epoch, 0.5, 0.5, null, null, 0.1, 4), isBest: true);
    }

    private PlainProgress Started(int epochs)
    {
        PlainProgress progress = new(_lines.Add, _clock);
        progress.Started(
            new TrainingPlan("net", "data", 1, 4, 0, 2, new TrainingOptions { Epochs = epochs }, "run", 0)
        );
        return progress;
    }

    /// <summary>A clock that passes when told to.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now;

        public void Pass(int seconds) => _now += seconds;
    }
}
