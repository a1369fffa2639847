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
    public void Fit_ItemsThatAreNoNumbers_NamesThem()
    {
        IDataset series = SeriesText.Open("1\t3\t3\n1\t4\t5\n2\t3\t4\n").Train;
        string message = Assert
            .Throws<InvalidDataException>(() => Preprocessing.Fit(new WithHole(series, 1), false))
            .Message;
        Assert.Contains("item 1 of those to learn from holds NaN", message, StringComparison.Ordinal);
    }

    private sealed class WithHole(IDataset inner, int hole) : IDataset
    {
        public string Name => inner.Name;

        public int Count => inner.Count;

        public Shape ItemShape => inner.ItemShape;

        public IReadOnlyList<string> Classes => inner.Classes;

        public int Label(int index) => inner.Label(index);

        public void Read(int index, Span<float> destination)
        {
            inner.Read(index, destination);
            destination[0] = index == hole ? float.NaN : destination[0];
        }
    }

    [Fact]
    public void Fit_Images_GivesTrainingSetMeanZeroAndDeviationOne()
    {
        IDataset data = Datasets.Open("shapes", new DataOptions { TrainCount = 50 }).Train;
        Preprocessing fitted = Preprocessing.Fit(data);
        Assert.False(fitted.NormalizeInstances);
        double[] values =
        [
            .. Enumerable
                .Range(0, 50)
                .SelectMany(i =>
                {
                    float[] item = SeriesText.Item(data, i);
                    fitted.Apply(item);
                    return item;
                })
                .Select(v => (double)v),
        ];
        Assert.Equal(0, values.Average(), 4);
        Assert.Equal(1, values.Average(v => v * v), 4);
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSameInAnyCulture()
    {
        using CultureScope scope = new();
        Preprocessing before = new(
            [3, 4, 5],
            ["a \"b\"", "ä"],
            [0.1f, -1e-7f, 3],
            [1f / 3, 2, 1e10f],
            normalizeInstances: false
        );
        Preprocessing after = Preprocessing.FromJson(before.ToJson());
        Assert.Equal(before.ItemShape, after.ItemShape);
        Assert.Equal(before.Classes, after.Classes);
        Assert.Equal(before.Mean, after.Mean);
        Assert.Equal(before.Std, after.Std);
        Assert.Equal(before.NormalizeInstances, after.NormalizeInstances);
        Assert.Equal(before.ToJson(), after.ToJson());
    }

    [Theory]
    [InlineData("", "model.fov, line 1, column 1: not JSON: ")]
    [InlineData("{\n  \"a\": }", "model.fov, line 2, column 8: not JSON: ")]
    [InlineData(
        "[]",
        "model.fov: a preprocessing must be a JSON object with itemShape, classes, mean, std and normalizeInstances, got []."
    )]
    [InlineData("null", "got null.")]
    [InlineData("{}", "model.fov: itemShape is missing from the preprocessing.")]
    [InlineData(
        """{"itemShape":[1,-2],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "itemShape must be an array of whole numbers from 1 up, but element 1 is -2."
    )]
    [InlineData(
        """{"itemShape":[1,2.5],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "but element 1 is 2.5."
    )]
    [InlineData(
        """{"itemShape":[1,99999999999],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "but element 1 is 99999999999."
    )]
    [InlineData(
        """{"itemShape":{"a":1},"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""",
        """itemShape must be an array of whole numbers from 1 up, got {"a":1}."""
    )]
    [InlineData(
        """{"itemShape":[1,40000,40000],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "model.fov: Preprocessing: an item may have up to 67108864 values, [1, 40000, 40000] has 1600000000."
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":["a",1],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "classes must be an array of texts, but element 1 is 1."
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[null],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "classes must be an array of texts, but element 0 is null."
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":["\ud800"],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "classes must be an array of texts, but element 0 is "
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":[0],"std":[0],"normalizeInstances":true}""",
        "got mean 0 and std 0 for channel 0."
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":[0],"std":[1e-42],"normalizeInstances":true}""",
        "a finite std above 0 whose inverse is finite"
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":[1e99],"std":[1],"normalizeInstances":true}""",
        "mean must be an array of finite numbers, but element 0 is 1e99."
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":["one hundred and something, in many words"],"std":[1],"normalizeInstances":true}""",
        """but element 0 is "one hundred and something, in many word...."""
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":[0,0],"std":[1],"normalizeInstances":true}""",
        "one mean and one std for each of the 1 channels of [1, 2], got 2 and 1."
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":[0],"std":[1],"normalizeInstances":"yes"}""",
        """normalizeInstances must be true or false, got "yes"."""
    )]
    [InlineData(
        """{"itemShape":[1,2],"classes":[],"mean":[0],"std":[1]}""",
        "model.fov: normalizeInstances is missing from the preprocessing."
    )]
    [InlineData(
        """{"itemShape":[1,2],"itemShape":[1,2],"classes":[],"mean":[0],"std":[1],"normalizeInstances":true}""",
        "not JSON: "
    )]
    public void FromJson_NotAPreprocessing_SaysWhatAndWhere(string json, string expected) =>
        Refused.With(() => Preprocessing.FromJson(json, "model.fov"), "model.fov", expected);

    [Fact]
    public void FromJson_SourceNotGiven_SaysPreprocessing()
    {
        DataFormatException e = Assert.Throws<DataFormatException>(() => Preprocessing.FromJson("{}"));
        Assert.Equal("preprocessing: itemShape is missing from the preprocessing.", e.Message);
        Assert.DoesNotContain(
            "LineNumber",
            Assert.Throws<DataFormatException>(() => Preprocessing.FromJson("{,")).Message,
            StringComparison.Ordinal
        );
        Refused.With(() => Preprocessing.FromJson("{\"\ud800\": 1}"), "preprocessing: not JSON");
    }

    [Fact]
    public void Constructor_PartsThatDoNotFit_AreRefused()
    {
        Assert.Contains(
            "one mean and one std for each of the 2 channels of [2, 3], got 1 and 1",
            Assert.Throws<ArgumentException>(() => new Preprocessing([2, 3], [], [0f], [1f], true)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "items must be images [C, H, W] or series [C, L], got [5]",
            Assert.Throws<ShapeException>(() => new Preprocessing([5], [], [0f], [1f], true)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "got mean 0 and std -1 for channel 1",
            Assert.Throws<ArgumentException>(() => new Preprocessing([2, 3], [], [0f, 0f], [1f, -1f], true)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "got mean NaN and std 1 for channel 0",
            Assert.Throws<ArgumentException>(() => new Preprocessing([1, 3], [], [float.NaN], [1f], true)).Message,
            StringComparison.Ordinal
        );
        Preprocessing fitted = Preprocessing.Fit(Series);
        Assert.Contains(
            "an item must have the 6 values of [2, 3], got 5",
            Assert.Throws<ShapeException>(() => fitted.Apply(new float[5])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Json_Sizing_ComesBackAndIsNullWhereItWasNotWritten()
    {
        Preprocessing plain = new([3, 8, 8], ["a", "b"], [0, 0, 0], [1, 1, 1], false),
            sized =
                new([3, 8, 8], ["a", "b"], [0, 0, 0], [1, 1, 1], false)
                {
                    Sizing = new ImageSizing(9, Interpolation.Bicubic),
                };
        Assert.Null(Preprocessing.FromJson(plain.ToJson()).Sizing);
        Assert.Equal(sized.Sizing, Preprocessing.FromJson(sized.ToJson()).Sizing);
    }

    [Theory]
    [InlineData("\"shortSide\":9", "\"shortSide\":-1")]
    [InlineData("\"shortSide\":9", "\"shortSide\":1e9")]
    [InlineData("bicubic", "lanczos")]
    [InlineData("\"sizing\":{", "\"sizing\":[1],\"other\":{")]
    public void Json_WrongSizing_IsRefusedByName(string written, string wrong)
    {
        Preprocessing sized = new([3, 8, 8], ["a", "b"], [0, 0, 0], [1, 1, 1], false)
        {
            Sizing = new ImageSizing(9, Interpolation.Bicubic),
        };
        string json = sized.ToJson();
        Assert.Contains(written, json, StringComparison.Ordinal);
        Refused.With(
            () => Preprocessing.FromJson(json.Replace(written, wrong, StringComparison.Ordinal), "file"),
            "file: sizing must have a shortSide of 0 to 65536 and an interpolation, bilinear or bicubic"
        );
    }

    [Fact]
    public void Fit_ColourPhotographs_TakesThoseOfImageNetWithoutReading()
    {
        Preprocessing fitted = Preprocessing.Fit(new Unreadable());
        Assert.Equal([0.485f, 0.456f, 0.406f], fitted.Mean);
        Assert.Equal([0.229f, 0.224f, 0.225f], fitted.Std);
        Assert.Equal(256, fitted.Sizing!.ShortSide);
    }

    private sealed class Unreadable : IDataset
    {
        public string Name => "photographs";

        public int Count => 3;

        public Shape ItemShape => [3, 224, 224];

        public IReadOnlyList<string> Classes => ["a", "b"];

        public ImageSizing? Sizing => ImageSizing.Usual(ItemShape);

        public int Label(int index) => 0;

        public void Read(int index, Span<float> destination) => throw new NotSupportedException();
    }
}
