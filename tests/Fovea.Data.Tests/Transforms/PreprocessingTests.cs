namespace Fovea.Data.Tests;

public sealed class PreprocessingTests
{
    private static readonly IDataset Series = SeriesText.Open("@data\n1,2,3:0,0,0:a\n5,6,7:4,4,4:b\n").Train;

    [Fact]
    public void Fit_Series_NormalizesEachChannelOfEachItem()
    {
        Preprocessing fitted = Preprocessing.Fit(Series);
        Assert.True(fitted.NormalizeInstances);
        float[] item = [1, 2, 3, 0, 0, 0];
        fitted.Apply(item);
        Assert.Equal([-1.2247449f, 0, 1.2247449f, 0, 0, 0], item);
    }

    [Fact]
    public void Fit_PerChannel_TakesMeanAndStdOfTheTrainingSet()
    {
        Preprocessing fitted = Preprocessing.Fit(Series, normalizeInstances: false);
        Assert.Equal([4, 2], fitted.Mean);
        Assert.Equal([(float)Math.Sqrt(14.0 / 3), 2], fitted.Std); // deviations -3 -2 -1 1 2 3
        float[] item = [4, 4, 4, 0, 2, 4];
        fitted.Apply(item);
        Assert.Equal([0, 0, 0, -1, 0, 1], item);
    }

    [Fact]
    public void Fit_ConstantChannel_GetsStdOne() =>
        Assert.Equal([1f], Preprocessing.Fit(SeriesText.Open("1\t3\t3\n").Train, false).Std);

    [Fact]
    public void Fit_Images_GivesTrainingSetMeanZeroAndDeviationOne()
    {
        IDataset data = Datasets.Open("shapes", new DataOptions { TrainCount = 50 }).Train;
        Preprocessing fitted = Preprocessing.Fit(data);
        Assert.False(fitted.NormalizeInstances);
        double[] values = [.. Enumerable.Range(0, 50).SelectMany(i =>
        {
            float[] item = SeriesText.Item(data, i);
            fitted.Apply(item);
            return item;
        }).Select(v => (double)v)];
        Assert.Equal(0, values.Average(), 4);
        Assert.Equal(1, values.Average(v => v * v), 4);
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSameInAnyCulture()
    {
        using CultureScope scope = new();
        Preprocessing before = new([3, 4, 5], ["a \"b\"", "ä"], [0.1f, -1e-7f, 3], [1f / 3, 2, 1e10f], normalizeInstances: false);
        Preprocessing after = Preprocessing.FromJson(before.ToJson());
        Assert.Equal(before.ItemShape, after.ItemShape);
        Assert.Equal(before.Classes, after.Classes);
        Assert.Equal(before.Mean, after.Mean);
        Assert.Equal(before.Std, after.Std);
        Assert.Equal(before.NormalizeInstances, after.NormalizeInstances);
        Assert.Equal(before.ToJson(), after.ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"itemShape":[1,-2],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2.5],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,99999999999],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[1],"mean":[0],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[null],"mean":[0],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[],"mean":[0],"std":[0],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[],"mean":[1e99],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[],"mean":[0,0],"std":[1],"normalizeInstances":true}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[],"mean":[0],"std":[1],"normalizeInstances":"yes"}""")]
    [InlineData("""{"itemShape":[1,2],"classes":[],"mean":[0],"std":[1]}""")]
    [InlineData("""{"itemShape":[1,2],"itemShape":[1,2],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""")]
    public void FromJson_NotAPreprocessing_IsRefused(string json) =>
        Refused.With(() => Preprocessing.FromJson(json), "Preprocessing: the JSON must have itemShape, classes, mean, std and normalizeInstances");

    [Fact]
    public void Constructor_PartsThatDoNotFit_AreRefused()
    {
        Assert.Contains("one finite mean and one positive std for each of the 2 channels of [2, 3], got mean [0] and std [1]", Assert.Throws<ArgumentException>(() => new Preprocessing([2, 3], [], [0f], [1f], true)).Message, StringComparison.Ordinal);
        Assert.Contains("items must be images [C, H, W] or series [C, L], got [5]", Assert.Throws<ShapeException>(() => new Preprocessing([5], [], [0f], [1f], true)).Message, StringComparison.Ordinal);
        Preprocessing fitted = Preprocessing.Fit(Series);
        Assert.Contains("an item must have the 6 values of [2, 3], got 5", Assert.Throws<ShapeException>(() => fitted.Apply(new float[5])).Message, StringComparison.Ordinal);
    }
}
