namespace Fovea.Data.Tests;

public sealed class LoaderTests
{
    /// <summary>How long to wait for what must happen: long enough for any machine, and never spent where it does
    /// happen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly DataSource Shapes = Datasets.Open(
        "shapes",
        new DataOptions { TrainCount = 53, TestCount = 10 }
    );

    private static LoaderOptions Options(
        int workers = 1,
        string augmentation = "crop=4,flip,erase=0.5,mixup=0.2",
        int batch = 8
    ) =>
        new()
        {
            BatchSize = batch,
            Shuffle = true,
            Seed = 5,
            Workers = workers,
            Augmentation = Augmentation.Parse(augmentation),
            Preprocessing = Preprocessing.Fit(Shapes.Train),
        };

    private static (float[] Inputs, float[] Targets, int[] Indices)[] All(IEnumerable<Batch> batches) =>
        [.. batches.Select(batch => (batch.Inputs.ToArray(), batch.Targets.ToArray(), batch.Indices.ToArray()))];

    private static void Same(
        (float[] Inputs, float[] Targets, int[] Indices)[] a,
        (float[] Inputs, float[] Targets, int[] Indices)[] b
    )
    {
        Assert.Equal(a.Length, b.Length);
        for (int i = 0; i < a.Length; i++)
        {
            Assert.Equal(a[i].Indices, b[i].Indices);
            Assert.Equal(a[i].Inputs, b[i].Inputs);
            Assert.Equal(a[i].Targets, b[i].Targets);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void Epoch_AnyNumberOfWorkers_GivesTheSameBits(int workers) =>
        Same(
            All(new Loader(Shapes.Train, Options()).Epoch(3)),
            All(new Loader(Shapes.Train, Options(workers)).Epoch(3))
        );

    [Fact]
    public void Epoch_Twice_GivesTheSameBits()
    {
        Loader loader = new(Shapes.Train, Options(2));
        Same(All(loader.Epoch(1)), All(loader.Epoch(1)));
    }

    [Fact]
    public void Epoch_FromAnyFirstBatch_ContinuesWithTheSameBits()
    {
        Loader loader = new(Shapes.Train, Options(2));
        var whole = All(loader.Epoch(2));
        Assert.Equal(7, loader.BatchesPerEpoch);
        for (int first = 0; first <= 7; first++)
        {
            Same(whole[first..], All(loader.Epoch(2, first)));
        }
    }

    [Fact]
    public void Epoch_Shuffled_VisitsEachItemOnceInAnotherOrderEachEpoch()
    {
        Loader loader = new(Shapes.Train, Options());
        int[] first = [.. loader.Epoch(0).SelectMany(b => b.Indices)],
            second = [.. loader.Epoch(1).SelectMany(b => b.Indices)];
        Assert.Equal(Enumerable.Range(0, 53), first.Order());
        Assert.Equal(Enumerable.Range(0, 53), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(
            first,
            new Loader(Shapes.Train, Options() with { Seed = 6 }).Epoch(0).SelectMany(b => b.Indices)
        );
    }

    [Fact]
    public void Epoch_Augmented_DiffersFromEpochToEpochAndByItem()
    {
        LoaderOptions options = Options(augmentation: "crop=4") with { Shuffle = false };
        Loader loader = new(Shapes.Train, options);
        Assert.NotEqual(loader.Epoch(0).First().Inputs.ToArray(), loader.Epoch(1).First().Inputs.ToArray());
        Assert.Equal(loader.Epoch(0).First().Inputs.ToArray(), loader.Epoch(0).First().Inputs.ToArray());
    }

    [Fact]
    public void Epoch_AugmentationOfAnItem_DoesNotDependOnItsBatch()
    {
        LoaderOptions options = Options(augmentation: "crop=4,erase=1") with { Shuffle = false };
        float[] small =
        [
            .. new Loader(Shapes.Train, options with { BatchSize = 3 }).Epoch(4).SelectMany(b => b.Inputs.ToArray()),
        ];
        float[] large =
        [
            .. new Loader(Shapes.Train, options with { BatchSize = 20 }).Epoch(4).SelectMany(b => b.Inputs.ToArray()),
        ];
        Assert.Equal(small, large);
    }

    [Fact]
    public void Epoch_WithoutOptions_GivesItemsAsStoredAndLabels()
    {
        Batch[] batches = [.. new Loader(Shapes.Train, new LoaderOptions { BatchSize = 50 }).Epoch(0)];
        Assert.Equal([50, 1, 32, 32], batches[0].Inputs.Shape);
        Assert.Equal([3, 1, 32, 32], batches[1].Inputs.Shape);
        Assert.Equal(DType.Int64, batches[1].Targets.DType);
        Assert.Equal([50, 51, 52], batches[1].Indices);
        Assert.Equal([0, 1, 2], batches[1].Targets.ToArray<long>());
        Assert.Equal(SeriesText.Item(Shapes.Train, 51), batches[1].Inputs.ToArray()[1024..2048]);
    }

    [Fact]
    public void Epoch_DropLast_LeavesOutTheSmallBatch()
    {
        Loader loader = new(Shapes.Train, new LoaderOptions { BatchSize = 50, DropLast = true });
        Assert.Equal(1, loader.BatchesPerEpoch);
        Assert.Single(loader.Epoch(0));
    }

    [Fact]
    public void Epoch_Mixup_GivesClassWeightsThatSumToOne()
    {
        Batch batch = new Loader(Shapes.Train, Options(augmentation: "mixup=1")).Epoch(0).First();
        Assert.Equal([8, 10], batch.Targets.Shape);
        Assert.Equal(DType.Float32, batch.Targets.DType);
        Assert.All(batch.Targets.ToArray().Chunk(10), row => Assert.Equal(1f, row.Sum(), 5));
    }

    [Fact]
    public void Epoch_ItemThatFails_ReachesTheConsumerAtItsBatch()
    {
        foreach (int workers in (int[])[0, 1, 3])
        {
            Loader loader = new(new FailingDataset(failsAt: 9), new LoaderOptions { BatchSize = 2, Workers = workers });
            List<int> seen = [];
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() =>
            {
                foreach (Batch batch in loader.Epoch(0))
                {
                    seen.AddRange(batch.Indices);
                }
            });
            Assert.Equal("item 9 is broken", e.Message);
            Assert.Equal(Enumerable.Range(0, 8), seen);
        }
    }

    [Fact]
    public void Epoch_LabelOutsideTheClasses_NamesItemAndRange()
    {
        Loader loader = new(new FailingDataset(failsAt: -1, label: 7), new LoaderOptions { Workers = 0 });
        Assert.Contains(
            "the label of item 0 of failing must be 0 to 1, got 7",
            Assert.Throws<InvalidOperationException>(() => loader.Epoch(0).First()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Epoch_LeftEarly_StopsTheWorkersInTheMiddleOfTheirBatches()
    {
        const int Workers = 4,
            Granted = 12,
            Quick = 1000;
        using SemaphoreSlim permits = new(0);
        FailingDataset data = new(failsAt: -1, count: 100_000, permits: permits, permitsFrom: Quick);
        IEnumerator<Batch> enumerator = new Loader(data, new LoaderOptions { BatchSize = Quick, Workers = Workers })
            .Epoch(0)
            .GetEnumerator();
        Assert.True(enumerator.MoveNext());
        permits.Release(Granted);
        Assert.True(
            SpinWait.SpinUntil(() => data.Reads == Quick + Granted + Workers, Patience),
            $"the workers never came to wait: {data.Reads} reads"
        );

        // Every worker now waits inside an item. Only when leaving has told them to stop and waits for them do they get
        // on, and each finishes that item alone.
        Thread leaving = new(enumerator.Dispose);
        leaving.Start();
        Assert.True(
            SpinWait.SpinUntil(() => leaving.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience),
            "leaving does not wait for the workers"
        );
        permits.Release(10_000);
        Assert.True(leaving.Join(Patience), "the workers did not stop");
        Assert.Equal(Quick + Granted + Workers, data.Reads);
    }

    [Fact]
    public void Epoch_Ahead_IsBounded()
    {
        FailingDataset data = new(failsAt: -1, count: 1000);
        using IEnumerator<Batch> enumerator = new Loader(data, new LoaderOptions { BatchSize = 1, Workers = 2 })
            .Epoch(0)
            .GetEnumerator();
        enumerator.MoveNext();
        Assert.True(
            SpinWait.SpinUntil(() => data.Reads >= 5, Patience),
            $"only {data.Reads} of 5 batches were prepared: one taken, four ahead"
        );
        Thread.Sleep(50); // time to do wrong; however little of it the workers get, right ones pass
        Assert.Equal(5, data.Reads);
    }

    [Fact]
    public void Constructor_BatchTooLarge_SaysItsSize()
    {
        LargeItems data = new();
        Assert.Contains(
            "a batch may have up to 536870912 values, 9 items [1, 8192, 8192] have 603979776. Use a smaller BatchSize.",
            Assert.Throws<ArgumentException>(() => new Loader(data, new LoaderOptions { BatchSize = 9 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "20 items [1, 8192, 8192] have 1342177280",
            Assert
                .Throws<ArgumentException>(() => new Loader(data, new LoaderOptions { BatchSize = int.MaxValue }))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Equal(3, new Loader(data, new LoaderOptions { BatchSize = 8 }).BatchesPerEpoch);
    }

    [Fact]
    public void Constructor_OptionsThatDoNotFit_AreRefused()
    {
        static string Message<T>(Func<object> action)
            where T : Exception => Assert.Throws<T>(action).Message;
        Assert.Contains(
            "BatchSize must be 1 or more, got 0",
            Message<ArgumentException>(() => new Loader(Shapes.Train, new LoaderOptions { BatchSize = 0 })),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Workers must be 0 to 64, got 65",
            Message<ArgumentException>(() => new Loader(Shapes.Train, new LoaderOptions { Workers = 65 })),
            StringComparison.Ordinal
        );
        Preprocessing other = new([1, 28, 28], ["a"], [0f], [1f], false);
        Assert.Contains(
            "fitted to items [1, 28, 28], but shapes train has items [1, 32, 32]",
            Message<ShapeException>(() => new Loader(Shapes.Train, new LoaderOptions { Preprocessing = other })),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'jitter' works on series [C, L], not on images [1, 32, 32]",
            Message<ArgumentException>(() => new Loader(Shapes.Train, Options(augmentation: "jitter"))),
            StringComparison.Ordinal
        );
        Loader loader = new(Shapes.Train, Options());
        Assert.Contains(
            "epochs count from 0, got -1",
            Message<ArgumentOutOfRangeException>(() => loader.Epoch(-1)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the first batch must be 0 to the epoch's 7 batches, got 8",
            Message<ArgumentOutOfRangeException>(() => loader.Epoch(0, 8)),
            StringComparison.Ordinal
        );
    }

    private sealed class FailingDataset(
        int failsAt,
        int count = 20,
        int label = 0,
        SemaphoreSlim? permits = null,
        int permitsFrom = 0
    ) : IDataset
    {
        private int _reads;

        /// <summary>Items begun.</summary>
        public int Reads => Volatile.Read(ref _reads);

        public string Name => "failing";

        public int Count => count;

        public Shape ItemShape => [1, 2];

        public IReadOnlyList<string> Classes => ["a", "b"];

        public int Label(int index) => label;

        public void Read(int index, Span<float> destination)
        {
            Interlocked.Increment(ref _reads);
            if (permits is not null && index >= permitsFrom)
            {
                permits.Wait();
            }

            destination.Fill(index == failsAt ? throw new InvalidOperationException($"item {index} is broken") : index);
        }
    }

    private sealed class LargeItems : IDataset
    {
        public string Name => "large";

        public int Count => 20;

        public Shape ItemShape => [1, 8192, 8192];

        public IReadOnlyList<string> Classes => ["a"];

        public int Label(int index) => 0;

        public void Read(int index, Span<float> destination) => destination.Clear();
    }
}
