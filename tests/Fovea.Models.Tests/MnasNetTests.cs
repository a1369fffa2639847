namespace Fovea.Models.Tests;

public sealed class MnasNetTests
{
    // Numbers of parameters: torchvision's weight metadata.
    [Theory]
    [InlineData("mnasnet0_5", 2_218_512)]
    [InlineData("mnasnet0_75", 3_170_208)]
    [InlineData("mnasnet1_0", 4_383_312)]
    [InlineData("mnasnet1_3", 6_282_256)]
    public void Create_UsualForm_IsTorchvisions(string name, long parameters) =>
        SmallForms.AssertPublished(name, parameters);

    [Theory]
    [InlineData("mnasnet0_5(width=0.25,stem=small)", 1, 32)]
    [InlineData("mnasnet0_5(width=0.25,stem=small,dropout=0)", 2, 28)]
    [InlineData("mnasnet0_5(width=0.25,stem=small)", 3, 16)]
    [InlineData("mnasnet0_5(width=0.25)", 2, 32)]
    public void Forward_SmallForm_GivesFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Fact]
    public void Forward_SmallStem_IsReducedBy8()
    {
        Graph graph = Graph.Trace(ModelRegistry.Create("mnasnet1_0(stem=small)", [3, 32, 32], 10).Eval(), [3, 32, 32]);
        ReceptiveFields fields = ReceptiveFields.Of(graph);
        Value last = graph.Nodes.Last(n => fields[n.Output]!.Axes.Any(a => a.HasPositions)).Output;
        Assert.Equal("1280 x 4 x 4", string.Join(" x ", last.Shape.Single.Sizes[1..].ToArray()));
    }

    [Fact]
    public void Create_RunningStatistics_MoveAsTheAuthorsHaveIt()
    {
        Module model = ModelRegistry.Create("mnasnet0_5(width=0.25,stem=small)", [1, 16, 16], 3);
        BatchNorm first = model.NamedModules().Select(m => m.Module).OfType<BatchNorm>().First();
        Assert.Equal(0.0003, first.Momentum!.Value, 12); // 1 - 0.9997
    }
}
