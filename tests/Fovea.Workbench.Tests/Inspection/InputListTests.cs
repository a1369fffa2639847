namespace Fovea.Workbench.Tests;

public sealed class InputListTests
{
    private static readonly string[] Names = ["left", "right"];

    [Theory]
    [InlineData("1x28x28,1x32x32", "[1, 28, 28] [1, 32, 32]")]
    [InlineData("right=1x32x32, left=1x28x28", "[1, 28, 28] [1, 32, 32]")]
    [InlineData("3x64,6", "[3, 64] [6]")]
    public void For_ShapesOfEachInput_AreInTheNetworksOrder(string text, string shapes) =>
        Assert.Equal(shapes, string.Join(" ", InputList.Parse(text).For(Names)));

    [Theory]
    [InlineData("1x8,right=1x8", "name every input, or none")]
    [InlineData("left=1x8,left=1x9", "the input 'left' is given twice")]
    [InlineData("left=1x8,rigth=1x9", "there is no input 'rigth'; the network has 2 inputs, left, right.")]
    [InlineData("left=1x8", "1 shape is given; the network has 2 inputs, left, right.")]
    [InlineData("1x8,1x8,1x8", "3 shapes are given; the network has 2 inputs")]
    [InlineData("=1x8,1x8", "found '=' with no name before it")]
    [InlineData("1x8..12,1x8", "a range is for a network of one input")]
    [InlineData("1x8,0", "a size must be 1 to 1,048,576, got '0'")]
    [InlineData("1x8,", "it must be channels and 1 to 3 sizes")]
    [InlineData("1x8,99999999999", "it must be channels and 1 to 3 sizes")]
    public void For_WrongText_SaysWhatAndHow(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ArgumentException>(() => InputList.Parse(text).For(Names)).Message,
            StringComparison.Ordinal
        );
}
