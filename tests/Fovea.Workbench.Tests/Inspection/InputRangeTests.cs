namespace Fovea.Workbench.Tests;

public sealed class InputRangeTests
{
    [Theory]
    [InlineData("3x224x224", 2, "[3, 224, 224]")]
    [InlineData("1x128", 1, "[1, 128]")]
    [InlineData("1X4x5x6", 3, "[1, 4, 5, 6]")]
    [InlineData("3x10..12", 2, "[3, 10, 10] [3, 11, 11] [3, 12, 12]")]
    [InlineData("3x10..12", 1, "[3, 10] [3, 11] [3, 12]")]
    [InlineData("3x10..11x7", 2, "[3, 10, 7] [3, 11, 7]")]
    [InlineData("3x7x10..11", 2, "[3, 7, 10] [3, 7, 11]")]
    [InlineData("3x5..5x5", 2, "[3, 5, 5]")]
    public void Items_Text_AreTheShapesMeant(string text, int rank, string shapes) =>
        Assert.Equal(shapes, string.Join(' ', InputRange.Parse(text).Items(rank)));

    [Theory]
    [InlineData("3x224x224", 1)]
    [InlineData("3x224", 2)]
    [InlineData("3x10..12x5", 3)]
    public void Items_AnotherNumberOfSizes_IsRefused(string text, int rank) =>
        Assert.Contains(
            $"--input {text} has {text.Split('x').Length - 1} spatial size",
            Assert.Throws<ArgumentException>(() => InputRange.Parse(text).Items(rank)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("3x224x224", false)]
    [InlineData("3x5..5", false)]
    [InlineData("3x5..6", true)]
    public void IsRange_Text_TellsWhetherThereAreSeveralSizes(string text, bool expected) =>
        Assert.Equal(expected, InputRange.Parse(text).IsRange);

    [Fact]
    public void Parse_RangeOfTheLimit_IsTaken()
    {
        Assert.Equal(InputRange.MostSizes, InputRange.Parse("1x1..1000").Items(1).Count);
        Assert.Throws<ArgumentException>(() => InputRange.Parse("1x1..1001"));
    }

    [Fact]
    public void Items_TooManyValues_IsRefused()
    {
        Assert.Equal(1L << 28, Assert.Single(InputRange.Parse("1x16384x16384").Items(2)).Count);
        Assert.Contains(
            "at most 268,435,456 values",
            Assert.Throws<ArgumentException>(() => InputRange.Parse("1x16384x16385").Items(2)).Message,
            StringComparison.Ordinal
        );
    }
}
