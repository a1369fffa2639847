using System.Diagnostics;

namespace Fovea.Data.Tests;

public sealed class LoaderTests
{
    private static readonly DataSource Shapes = Datasets.Open("shapes", new DataOptions { TrainCount = 53, TestCount = 10 });

    private static LoaderOptions Options(int workers = 1, string augmentation = "crop=4,flip,erase=0.5,mixup=0.2", int batch = 8) => new()
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

    private static void Same((float[] Inputs, float[] Targets, int[] Indices)[] a, (float[] Inputs, float[] Targets, int[] Indices)[] b)
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
        Same(All(new Loader(Shapes.Train, Options()).Epoch(3)), All(new Loader(Shapes.Train, Options(workers)).Epoch(3)));

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
        int[] first = [.. loader.Epoch(0).SelectMany(b => b.Indices)], second = [.. loader.Epoch(1).SelectMany(b => b.Indices)];
        Assert.Equal(Enumerable.Range(0, 53), first.Order());
        Assert.Equal(Enumerable.Range(0, 53), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, new Loader(Shapes.Train, Options() with { Seed = 6 }).Epoch(0).SelectMany(b => b.Indices));
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
        float[] small = [.. new Loader(Shapes.Train, options with { BatchSize = 3 }).Epoch(4).SelectMany(b => b.Inputs.ToArray())];
        float[] large = [.. new Loader(Shapes.Train, options with { BatchSize = 20 }).Epoch(4).SelectMany(b => b.Inputs.ToArray())];
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
        Assert.Contains("the label of item 0 of failing must be 0 to 1, got 7", Assert.Throws<InvalidOperationException>(() => loader.Epoch(0).First()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epoch_LeftEarly_StopsTheWorkersPromptly()
    {
        // The first batch is quick, each later one would take two seconds.
        FailingDataset slow = new(failsAt: -1, count: 100_000, slowFrom: 1000);
        Loader loader = new(slow, new LoaderOptions { BatchSize = 1000, Workers = 4 });
        Stopwatch clock = new();
        using (IEnumerator<Batch> enumerator = loader.Epoch(0).GetEnumerator())
        {
            Assert.True(enumerator.MoveNext());
            SpinWait.SpinUntil(() => slow.Reads > 1010);
            clock.Start();
        }

        Assert.True(clock.ElapsedMilliseconds < 1000, $"stopping took {clock.ElapsedMilliseconds} ms");
        int reads = slow.Reads;
        Thread.Sleep(50);
        Assert.Equal(reads, slow.Reads);
    }

    [Fact]
    public void Epoch_Ahead_IsBounded()
    {
        FailingDataset data = new(failsAt: -1, count: 1000);
        using IEnumerator<Batch> enumerator = new Loader(data, new LoaderOptions { BatchSize = 1, Workers = 2 }).Epoch(0).GetEnumerator();
        enumerator.MoveNext();
        Thread.Sleep(100);
        Assert.InRange(data.Reads, 1, 6);
    }

    [Fact]
    public void Constructor_OptionsThatDoNotFit_AreRefused()
    {
        static string Message<T>(Func<object> action)
            where T : Exception => Assert.Throws<T>(action).Message;
        Assert.Contains("BatchSize must be 1 or more, got 0", Message<ArgumentException>(() => new Loader(Shapes.Train, new LoaderOptions { BatchSize = 0 })), StringComparison.Ordinal);
        Assert.Contains("Workers must be 0 to 64, got 65", Message<ArgumentException>(() => new Loader(Shapes.Train, new LoaderOptions { Workers = 65 })), StringComparison.Ordinal);
        Preprocessing other = new([1, 28, 28], ["a"], [0f], [1f], false);
        Assert.Contains("fitted to items [1, 28, 28], but shapes train has items [1, 32, 32]", Message<ShapeException>(() => new Loader(Shapes.Train, new LoaderOptions { Preprocessing = other })), StringComparison.Ordinal);
        Assert.Contains("'jitter' works on series [C, L], not on images [1, 32, 32]", Message<ArgumentException>(() => new Loader(Shapes.Train, Options(augmentation: "jitter"))), StringComparison.Ordinal);
        Loader loader = new(Shapes.Train, Options());
        Assert.Contains("epochs count from 0, got -1", Message<ArgumentOutOfRangeException>(() => loader.Epoch(-1)), StringComparison.Ordinal);
        Assert.Contains("the first batch must be 0 to the epoch's 7 batches, got 8", Message<ArgumentOutOfRangeException>(() => loader.Epoch(0, 8)), StringComparison.Ordinal);
    }

    private sealed class FailingDataset(int failsAt, int count = 20, int label = 0, int slowFrom = int.MaxValue) : IDataset
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public string Name => "failing";

        public int Count => count;

        public Shape ItemShape => [1, 2];

        public IReadOnlyList<string> Classes => ["a", "b"];

        public int Label(int index) => label;

        public void Read(int index, Span<float> destination)
        {
            Interlocked.Increment(ref _reads);
            if (index >= slowFrom)
            {
                Thread.Sleep(2);
            }

            destination.Fill(index == failsAt ? throw new InvalidOperationException($"item {index} is broken") : index);
        }
    }
}
