namespace Fovea.Data.Tests;

public sealed class TsReaderTests
{
    private const string Header =
        "# a comment\n%another\n@problemName P\n@timeStamps false\n@missing false\n@univariate false\n@dimensions 2\n@equalLength true\n@seriesLength 3\n@classLabel true up down\n@data\n";

    [Fact]
    public void Read_Multivariate_GivesChannelsAndClasses()
    {
        DataSource source = SeriesText.Open(Header + "1,2,3:4,5,6:up\n\n# between\n-1,-2,-3: 0 , 0,0 : down \n");
        Assert.Equal("ts", source.Format);
        Assert.Equal([2, 3], source.Train.ItemShape);
        Assert.Equal(["down", "up"], source.Train.Classes);
        Assert.Equal([1, 2, 3, 4, 5, 6], SeriesText.Item(source.Train, 0));
        Assert.Equal([1, 0], [source.Train.Label(0), source.Train.Label(1)]);
    }

    [Fact]
    public void Read_TimeStamps_AreReadPastColonsAndAll()
    {
        DataSource source = SeriesText.Open(
            "@timeStamps TRUE\n@classLabel true 1\n@data\n(2007-01-01 00:00:00,241.5),(2007-01-01 00:01:00,-2):(0,1), (1,3) :1\n"
        );
        Assert.Equal([2, 2], source.Train.ItemShape);
        Assert.Equal([241.5f, -2, 1, 3], SeriesText.Item(source.Train, 0));
    }

    [Theory]
    [InlineData("1,2,3:up\n", "line 12: the header promises 2 channel(s) a case, this one has 1")]
    [InlineData("1,2,3:4,5:up\n", "line 12: the header promises 3 points a series (@seriesLength), this one has 2")]
    [InlineData("1,2,3:4,5,6\n", "line 12: the header promises 2 channel(s) a case, this one has 1")]
    [InlineData(
        "1,2,3:4,5,6:sideways\n",
        "line 12: the label 'sideways' is not among the classes the header lists: up, down"
    )]
    [InlineData("1,2,3:4,5,6:\n", "line 12: a case must be values, a colon and a class label, got '1,2,3:4,5,6:'")]
    [InlineData("1 2 3\n", "line 12: a case must be values, a colon and a class label")]
    [InlineData("1,2,3:4,?,6:up\n", "line 12, column 9: the value is missing ('?')")]
    [InlineData("1,2,3:4,NaN,6:up\n", "line 12, column 9: the value is missing ('NaN')")]
    [InlineData("1,2,3:4,five,6:up\n", "line 12, column 9: expected a number such as -1.5 or 2e-3, got 'five'")]
    [InlineData("1,2,1e400:4,5,6:up\n", "line 12, column 5: numbers must be finite")]
    [InlineData("", "p_TRAIN: there is no case in the file.")]
    public void Read_CaseNotAsPromised_SaysWhere(string cases, string expected) =>
        Refused.With(() => SeriesText.Open(Header + cases), expected);

    [Theory]
    [InlineData("@problemName P\n", "p_TRAIN: there is no @data line.")]
    [InlineData("@problemName P\n1,2:1\n", "line 2: before @data every line must start with @ or #, got '1,2:1'")]
    [InlineData("@univariate perhaps\n", "line 1: @univariate must be true or false, got 'perhaps'")]
    [InlineData("@univariate\n", "line 1: @univariate must be true or false, got ''")]
    [InlineData(
        "@problemName P\n@seriesLength -3\n",
        "line 2: @seriesLength must be a whole number from 1 up, got '-3'"
    )]
    [InlineData("@problemName P\n@dimensions 1e3\n", "line 2: @dimensions must be a whole number from 1 up, got '1e3'")]
    [InlineData(
        "@problemName P\n@classLabel false\n",
        "line 2: cases must have a class label, but the header says @classLabel false"
    )]
    [InlineData(
        "@problemName P\n@targetLabel true\n",
        "line 2: this is a regression problem (@targetLabel true); only classification is supported"
    )]
    [InlineData(
        "@problemName P\n@colour red\n",
        "line 2: '@colour' is not a header of the format. Headers are @problemName"
    )]
    [InlineData("@univariate true\n@data\n1:2:3\n", "line 3: the header promises 1 channel(s) a case, this one has 2")]
    [InlineData(
        "@equalLength true\n@data\n1,2:a\n1:a\n",
        "line 4: every series must have as many points as the first training case, 2, this one has 1"
    )]
    [InlineData(
        "@problemName P\n@data\n1,2:a\n1:2:a\n",
        "line 4: every case must have as many channels as the first training case, 1, this one has 2"
    )]
    [InlineData(
        "@timeStamps true\n@data\n1,2:a\n",
        "line 3, column 1: with @timeStamps true a value must be written (time,value), got '1,2'"
    )]
    [InlineData(
        "@timeStamps true\n@data\n(0,1)(1,2):a\n",
        "line 3, column 6: with @timeStamps true a value must be written (time,value), got '(1,2)'"
    )]
    [InlineData("@timeStamps true\n@data\n(0,1),:a\n", "line 3, column 6: with @timeStamps true")]
    [InlineData("@timeStamps true\n@data\n:a\n", "line 3, column 1: a channel must have at least one (time,value)")]
    [InlineData("@timeStamps true\n@data\n(0,?):a\n", "line 3, column 4: the value is missing ('?')")]
    public void Read_HeaderNotAsItShouldBe_SaysWhere(string text, string expected) =>
        Refused.With(() => SeriesText.Open(text), expected);

    [Fact]
    public void Read_LongOrControlText_IsShortAndHarmlessInMessages()
    {
        string many = string.Join(' ', Enumerable.Range(1, 5000).Select(i => $"c{i}"));
        Refused.With(
            () => SeriesText.Open($"@classLabel true {many}\n@data\n1:x\n"),
            "the label 'x' is not among the classes the header lists: c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 and 4990 more."
        );
        Refused.With(
            () => SeriesText.Open($"@univariate {many}\n"),
            "must be true or false, got 'c1 c2 c3 c4 c5 c6 c7 c8 c9 c10...'."
        );
        Refused.With(
            () => SeriesText.Open("@data\n1,\u001b[31m\u0007:x\n"),
            "line 2, column 3: expected a number such as -1.5 or 2e-3, got '?[31m?'."
        );
    }

    [Fact]
    public void Read_UnequalChannelsOfACase_ArePaddedEach()
    {
        DataSource source = SeriesText.Open(
            "@equalLength false\n@data\n1,2,3:4:a\n5:6,7:a\n",
            new DataOptions { UnequalLength = UnequalLength.Pad }
        );
        Assert.Equal(
            [
                [1, 2, 3, 4, 4, 4],
                [5, 5, 5, 6, 7, 7],
            ],
            SeriesText.Content(source.Train).Items
        );
    }

    [Fact]
    public void Read_EveryTruncationAndFlip_IsReadOrRefused()
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(Header + "1,2,3:4,5,6:up\n-1.5,2e3,?:4,5,6:down\n");
        byte[] stamped = System.Text.Encoding.UTF8.GetBytes("@timeStamps true\n@data\n(0:1,1),(1:2,2):(0,3),(1,4):a\n");
        foreach (
            DataOptions options in (DataOptions[])
                [new(), new() { MissingValues = MissingValues.Interpolate, UnequalLength = UnequalLength.Pad }]
        )
        {
            foreach (byte[] seed in (byte[][])[bytes, stamped])
            {
                for (int length = 0; length <= seed.Length; length++)
                {
                    Try(seed[..length], options, $"first {length} bytes");
                }

                foreach ((byte[] changed, string what) in Refused.Flips(seed))
                {
                    Try(changed, options, what);
                }
            }
        }
    }

    private static void Try(byte[] bytes, DataOptions options, string what) =>
        Refused.OrFine(
            () =>
            {
                SeriesFile file = SeriesFolder.ReadFile("f", bytes, options);
                IDataset data = SeriesFolder.Build("f", file, file, options).Train;
                Assert.All(
                    Enumerable.Range(0, data.Count),
                    i => Assert.DoesNotContain(SeriesText.Item(data, i), value => !float.IsFinite(value))
                );
            },
            what
        );
}
