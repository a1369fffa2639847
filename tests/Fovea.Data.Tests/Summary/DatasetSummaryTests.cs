namespace Fovea.Data.Tests;

public sealed class DatasetSummaryTests
{
    [Fact]
    public void Of_SmallSet_CountsClassesValuesAndDuplicates()
    {
        DatasetSummary summary = DatasetSummary.Of(
            SeriesText.Open("@data\n1,2:0,0:a\n3,4:0,8:b\n1,2:0,0:a\n", "@data\n9,9:9,9:a\n")
        );
        Assert.Equal(("p", "ts"), (summary.Name, summary.Format));
        Assert.Equal([2, 2], summary.ItemShape);
        Assert.Equal((3, 1), (summary.Train.Count, summary.Test.Count));
        Assert.Equal([2, 1], summary.Train.ClassCounts);
        Assert.Equal([1, 0], summary.Test.ClassCounts);
        ChannelStatistics first = summary.Train.Channels[0],
            second = summary.Train.Channels[1];
        Assert.Equal((1f, 4f, 13 / 6.0), (first.Minimum, first.Maximum, first.Mean));
        Assert.Equal(Math.Sqrt((35 / 6.0) - Math.Pow(13 / 6.0, 2)), first.Std, 12);
        Assert.Equal((0f, 8f), (second.Minimum, second.Maximum));
        Assert.Equal(1, summary.Train.Duplicates);
        Assert.Empty(summary.LeakedPairs);
        Assert.Equal(["1 of 3 training items repeat an earlier one."], summary.Warnings);
    }

    [Fact]
    public void Of_TestItemsSeenInTraining_WarnsOfTheLeak()
    {
        DatasetSummary summary = DatasetSummary.Of(
            SeriesText.Open("a\t1\t2\nb\t3\t4\n", "a\t5\t6\na\t3\t4\na\t1\t2\n")
        );
        Assert.Equal([(1, 1), (2, 0)], summary.LeakedPairs);
        Assert.Equal(
            [
                "2 of 3 test items equal a training item (first: test 1 = train 1), so the test result is too good.",
                "equal items have different classes: test 1 is 'a', train 1 is 'b'.",
            ],
            summary.Warnings
        );
    }

    [Fact]
    public void Of_ClassWithoutItems_IsNamed()
    {
        DataSource source = Datasets.Open("shapes", new DataOptions { TrainCount = 9, TestCount = 1 });
        Assert.Equal(["class 'checker' has no training item."], DatasetSummary.Of(source).Warnings);
    }

    [Fact]
    public void ChannelStatistics_LargeMean_KeepsTheDeviation() =>
        Assert.Equal(
            1.0,
            DatasetSummary.Of(SeriesText.Open("1\t1000000\t1000002\n1\t1000002\t1000000\n")).Train.Channels[0].Std,
            9
        );
}
