using System.Security.Cryptography;

namespace Fovea.Data.Tests;

public sealed class GeneratedSetTests
{
    [Theory]
    [InlineData("shapes")]
    [InlineData("cbf")]
    public void Open_SameSeed_GivesTheSameItemsWhateverTheCount(string name)
    {
        DataSource small = Datasets.Open(name, new DataOptions { Seed = 3, TrainCount = 10 }),
            large = Datasets.Open(name, new DataOptions { Seed = 3, TrainCount = 25 });
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(SeriesText.Item(small.Train, i), SeriesText.Item(large.Train, i));
            Assert.Equal(small.Train.Label(i), large.Train.Label(i));
        }

        Assert.NotEqual(
            SeriesText.Item(small.Train, 0),
            SeriesText.Item(Datasets.Open(name, new DataOptions { Seed = 4 }).Train, 0)
        );
        Assert.NotEqual(SeriesText.Item(small.Train, 0), SeriesText.Item(small.Test, 0));
    }

    [Theory]
    [InlineData(
        "shapes",
        524_289,
        "shapes: the number of training items (--train-items, TrainCount) must be 1 to 524288 (512 MiB at 1024 bytes an item), got 524289."
    )]
    [InlineData(
        "shapes",
        int.MaxValue,
        "shapes: the number of training items (--train-items, TrainCount) must be 1 to 524288 (512 MiB at 1024 bytes an item), got 2147483647."
    )]
    [InlineData(
        "cbf",
        1_048_577,
        "cbf: the number of training items (--train-items, TrainCount) must be 1 to 1048576 (512 MiB at 512 bytes an item), got 1048577."
    )]
    public void Open_CountBeyondMemory_IsRefusedBeforeAllocating(string name, int count, string expected)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(
            expected,
            Assert.Throws<ArgumentException>(() => Datasets.Open(name, new DataOptions { TrainCount = count })).Message
        );
        string test = Assert
            .Throws<ArgumentException>(() => Datasets.Open(name, new DataOptions { TestCount = count }))
            .Message;
        Assert.Equal(
            expected
                .Replace("TrainCount", "TestCount", StringComparison.Ordinal)
                .Replace("--train-items", "--test-items", StringComparison.Ordinal)
                .Replace("training items", "test items", StringComparison.Ordinal),
            test
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("shapes")]
    [InlineData("cbf")]
    public void Open_ManyItems_MakesNoneBeforeTheFirstIsRead(string name)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        DataSource source = Datasets.Open(name, new DataOptions { TrainCount = 100_000 });
        Assert.Equal(100_000, source.Train.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20); // labels only: the items would take 50 MiB and more
    }

    [Fact]
    public void Shapes_Seed0_HasTheRecordedPixels()
    {
        IDataset data = Datasets.Open("shapes", new DataOptions { TrainCount = 20 }).Train;
        byte[] pixels =
        [
            .. Enumerable.Range(0, 20).SelectMany(i => SeriesText.Item(data, i)).Select(v => (byte)(v * 255 + 0.5f)),
        ];
        Assert.Equal("120CE475333FFC4E", Convert.ToHexString(SHA256.HashData(pixels))[..16]);
    }

    [Fact]
    public void Shapes_Default_IsBalancedAndInRange()
    {
        DataSource source = Datasets.Open("shapes");
        DatasetSummary summary = DatasetSummary.Of(source);
        Assert.Equal((8000, 2000), (summary.Train.Count, summary.Test.Count));
        Assert.Equal(10, summary.Classes.Count);
        Assert.All(summary.Train.ClassCounts, count => Assert.Equal(800, count));
        Assert.Equal((0f, 1f), (summary.Train.Channels[0].Minimum, summary.Train.Channels[0].Maximum));
        Assert.InRange(summary.Train.Channels[0].Mean, 0.4, 0.6);
        Assert.Empty(summary.Warnings);
    }

    [Fact]
    public void Shapes_LinearClassifier_Fails()
    {
        double control = LinearProbe.Accuracy(Datasets.Open("cbf", new DataOptions { TrainCount = 300 }), passes: 10);
        Assert.True(control > 0.8, $"the probe itself reached only {control:P1} on series it can tell apart");
        DataSource source = Datasets.Open("shapes");
        double accuracy = LinearProbe.Accuracy(source, passes: 4);
        Assert.True(accuracy < 0.7, $"a linear classifier reached {accuracy:P1}: the set is too easy");
        double centroid = LinearProbe.NearestCentroid(source);
        Assert.True(centroid < 0.5, $"the nearest class mean reached {centroid:P1}: the set is too easy");
    }

    [Fact]
    public void ShapeOutline_EveryClass_HasInsideAndOutsideNearTheUnitCircle()
    {
        for (int shape = 0; shape < 10; shape++)
        {
            int inside = 0;
            for (int i = 0; i < 10000; i++)
            {
                double x = ((i % 100) - 49.5) / 33,
                    y = ((i / 100) - 49.5) / 33;
                double distance = ShapeOutline.Distance(shape, x, y);
                inside += distance < 0 ? 1 : 0;
                Assert.True(distance > 0 || (x * x) + (y * y) < 1.31 * 1.31, $"shape {shape} reaches ({x}, {y})");
            }

            Assert.InRange(inside * (9.18 / 10000), 0.7, 2.7); // area in units of the radius squared: all clearly visible, none fills the circle's square
        }
    }

    [Fact]
    public void Cbf_Default_IsLikeTheArchives()
    {
        DataSource source = Datasets.Open("cbf");
        Assert.Equal((30, 900), (source.Train.Count, source.Test.Count));
        Assert.Equal([1, 128], source.Train.ItemShape);
        Assert.Equal(["cylinder", "bell", "funnel"], source.Train.Classes);
        for (int i = 0; i < 30; i++)
        {
            float[] item = SeriesText.Item(source.Train, i);
            Assert.Equal(0, item.Average(), 5);
            Assert.Equal(1, item.Average(v => (double)v * v), 4);
        }
    }

    [Fact]
    public void Cbf_ClassMeans_HaveTheirForms()
    {
        IDataset data = Datasets.Open("cbf").Test;
        float[] Mean(int label) =>
            [
                .. Enumerable
                    .Range(0, 128)
                    .Select(t =>
                        Enumerable
                            .Range(0, 900)
                            .Where(i => data.Label(i) == label)
                            .Average(i => SeriesText.Item(data, i)[t])
                    ),
            ];
        float[] cylinder = Mean(0),
            bell = Mean(1),
            funnel = Mean(2);
        Assert.True(
            cylinder[40] > 0.7 && cylinder[5] < -0.5 && cylinder[125] < -0.4,
            "a cylinder is high in the middle"
        );
        Assert.True(bell[60] > bell[35] + 0.5, "a bell rises");
        Assert.True(funnel[35] > funnel[60] + 0.5, "a funnel falls");
    }
}
