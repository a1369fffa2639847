namespace Fovea.Data.Tests;

public sealed class ArffReaderTests
{
    private const string Univariate =
        "% text\n@Relation P\n@attribute att1 numeric\n@attribute att2 real\n@attribute  target {1,2}\n\n@data\n";
    private const string Multivariate =
        "@relation 'P'\n@attribute dims relational\n@attribute a0 numeric\n@attribute a1 numeric\n@end dims\n@attribute activity {Standing,Running}\n@data\n";

    [Fact]
    public void Read_Univariate_GivesSeriesAndClasses()
    {
        DataSource source = SeriesText.Open(Univariate + "0.5,-1,2\n3,4,1\n");
        Assert.Equal("arff", source.Format);
        Assert.Equal([1, 2], source.Train.ItemShape);
        Assert.Equal([0.5f, -1], SeriesText.Item(source.Train, 0));
        Assert.Equal([1, 0], [source.Train.Label(0), source.Train.Label(1)]);
    }

    [Fact]
    public void Read_Relational_GivesChannels()
    {
        DataSource source = SeriesText.Open(
            Multivariate + "'1,2\\n3,4\\n5,6',Running\n\"7,8\\n9,10\\n11,12\",Standing\n"
        );
        Assert.Equal([3, 2], source.Train.ItemShape);
        Assert.Equal(["Running", "Standing"], source.Train.Classes);
        Assert.Equal([7, 8, 9, 10, 11, 12], SeriesText.Item(source.Train, 1));
    }

    [Theory]
    [InlineData(Univariate + "1,2,3,1\n", "line 8: the header promises 2 points a series, this one has 3")]
    [InlineData(Univariate + "1,2,7\n", "line 8: the label '7' is not among the classes the header lists: 1, 2")]
    [InlineData(Univariate + "1,?,2\n", "line 8, column 3: the value is missing ('?')")]
    [InlineData(Univariate + "1\n", "line 8: a case must be values, a comma and a class label, got '1'")]
    [InlineData(Univariate, "p_TRAIN: there is no case in the file.")]
    [InlineData(Multivariate + "'1,2\\n3',Running\n", "line 8: the header promises 2 points a series, this one has 1")]
    [InlineData(
        Multivariate + "1,2,Running\n",
        "line 8: a relational case must be its channels in quotes, separated by \\n, got '1,2'"
    )]
    [InlineData(
        Multivariate + "'1,2\\n3,x',Running\n",
        "line 8, column 9: expected a number such as -1.5 or 2e-3, got 'x'"
    )]
    [InlineData(
        "@relation P\n@data\n",
        "line 2: before @data there must be numeric attributes and a class attribute {a,b,...}, got 0 and 0 classes"
    )]
    [InlineData(
        "@relation P\n@attribute a string\n",
        "line 2: attributes must be numeric, one relational, or the class {a,b,...}, got '@attribute a string'"
    )]
    [InlineData(
        "@relation P\n@attribute c {a}\n@attribute a numeric\n",
        "line 3: the class attribute {a,b,...} must be the last one"
    )]
    [InlineData(
        "@relation P\nnonsense\n",
        "line 2: before @data every line must start with @relation, @attribute, @end or %, got 'nonsense'"
    )]
    [InlineData("@relation P\n@attribute\n", "line 2: attributes must be numeric")]
    [InlineData("@relation P\n", "p_TRAIN: there is no @data line.")]
    public void Read_NotAsItShouldBe_SaysWhere(string text, string expected) =>
        Refused.With(() => SeriesText.Open(text), expected);

    [Theory]
    [InlineData(Univariate + "0.5,-1,2\n3,4,1\n")]
    [InlineData(Multivariate + "'1,2\\n3,4',Running\n")]
    public void Read_EveryTruncationAndFlip_IsReadOrRefused(string text)
    {
        byte[] seed = System.Text.Encoding.UTF8.GetBytes(text);
        for (int length = 0; length <= seed.Length; length++)
        {
            byte[] cut = seed[..length];
            Refused.OrFine(() => SeriesFolder.ReadFile("f", cut, new DataOptions()), $"first {length} bytes");
        }

        foreach ((byte[] changed, string what) in Refused.Flips(seed))
        {
            Refused.OrFine(() => SeriesFolder.ReadFile("f", changed, new DataOptions()), what);
        }
    }
}
