using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>How long training waits for data, by a clock that only the source and the updates move.</summary>
public sealed class DataWaitTests : IDisposable
{
    private const int Batch = 9;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1000, 1000, 0.9, true)] // 9 items of 1 s, and 1 s of computing
    [InlineData(10, 10, 0.9, false)] // a run of less than a second
    [InlineData(0, 1000, 0.0, false)]
    [InlineData(1000, 991_000, 0.009, false)]
    public void Train_SourceOfKnownSpeed_IsTheShareOfTheWaiting(int itemMs, int updateMs, double expected, bool hasHint)
    {
        Clock clock = new();
        Computing observer = new(clock, updateMs);
        string folder = _folder.File("run");

        TrainingResult result = Train(clock, observer, itemMs, folder);

        Assert.Equal(expected, result.DataWait!.Value, 4);
        Assert.All(
            MetricsLog.Read(Path.Combine(folder, "metrics.jsonl")),
            line => Assert.Equal(expected, line.DataWait!.Value, 4)
        );
        string[] hints = [.. observer.Notices.Where(n => n.Contains("waited for data", StringComparison.Ordinal))];
        Assert.Equal(hasHint ? 1 : 0, hints.Length);
        Assert.All(hints, hint => Assert.Contains("90 % of its time", hint, StringComparison.Ordinal));
        Assert.All(hints, hint => Assert.Contains("(--workers ", hint, StringComparison.Ordinal));
    }

    [Fact]
    public void Train_WhileAnUpdateComputes_TheNextBatchesAreReadAhead()
    {
        PlantedSet train = new(new CornerImages(36, 1));
        ReadsAhead observer = new(train, more: 2 * Batch);

        Trainer.Fit(TinyNet.Create(), PlantedSet.With(CornerImages.Source(), train), Options(1), observer: observer);

        Assert.True(observer.WasAhead, "the first update computed, and nobody read the two batches behind it");
    }

    private static TrainingResult Train(Clock clock, TrainingObserver observer, int itemMs, string folder)
    {
        bool learning = false;
        observer = TrainingObserver.Of(observer, new Begun(() => learning = true));
        PlantedSet train = new(new CornerImages(36, 1)) { Change = (_, _) => clock.Pass(learning ? itemMs : 0) };
        PreparedRun run = PreparedRun.Of(
            TinyNet.Create(),
            PlantedSet.With(CornerImages.Source(), train),
            Options(0),
            null
        );
        return RunStart.Train(run, null, folder, observer, clock, null, CancellationToken.None);
    }

    /// <summary>With workers the source would move the clock on threads of its own.</summary>
    private static TrainingOptions Options(int workers) =>
        new()
        {
            Epochs = 2,
            Batch = Batch,
            Seed = 1,
            Preflight = false,
            Watch = WatchLevel.Off,
            Validation = 0,
            Workers = workers,
        };

    private sealed class Clock : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Read(ref _milliseconds);

        public void Pass(long milliseconds) => Interlocked.Add(ref _milliseconds, milliseconds);
    }

    private sealed class Begun(Action action) : TrainingObserver
    {
        public override void Started(TrainingPlan plan) => action();
    }

    private sealed class Computing(Clock clock, int milliseconds) : TrainingObserver
    {
        public List<string> Notices { get; } = [];

        public override void GradientsReady(Module model, long update) => clock.Pass(milliseconds);

        public override void Notice(string text) => Notices.Add(text);
    }

    private sealed class ReadsAhead(PlantedSet set, int more) : TrainingObserver
    {
        private int _before = int.MaxValue;

        public bool WasAhead { get; private set; }

        public override void Started(TrainingPlan plan) => _before = set.Reads;

        public override void GradientsReady(Module model, long update)
        {
            if (update == 0)
            {
                WasAhead = SpinWait.SpinUntil(() => set.Reads >= _before + Batch + more, TimeSpan.FromSeconds(60));
            }
        }
    }
}
