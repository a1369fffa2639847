namespace Fovea.Models.Tests;

public sealed class InceptionTimeTests
{
    // The authors' network, counted by hand from its code: 420,192 + 129 classes for one channel.
    [Theory]
    [InlineData("inception_time(classes=2)", 420_192 + (129 * 2))]
    [InlineData("inception_time(classes=60)", 420_192 + (129 * 60))]
    public void Create_OneChannel_HasThePublishedNumberOfParameters(string text, long expected) =>
        Assert.Equal(expected, ModelRegistry.Create(text).Model.ParameterCount());

    // More channels: a bottleneck in the first module too (32 c), convolutions of 32 channels instead of 1, and wider
    // 1-wide convolutions (32 c + 128 c).
    [Fact]
    public void Create_ThreeChannels_AddsABottleneckToTheFirstModule() =>
        Assert.Equal(
            420_192 + (129 * 2) + (32 * 3) + (70 * 32 * 31) + (160 * 2),
            ModelRegistry.Create("inception_time(channels=3)").Model.ParameterCount()
        );

    [Fact]
    public void NamedParameters_OfTheFirstModule_StandInOrder()
    {
        string[] names =
        [
            .. ModelRegistry
                .Create("inception_time")
                .Model.NamedParameters()
                .Select(p => $"{p.Path} {p.Parameter.Shape}"),
        ];
        Assert.Equal(
            [
                "blocks.0.conv40.weight [32, 1, 40]",
                "blocks.0.conv20.weight [32, 1, 20]",
                "blocks.0.conv10.weight [32, 1, 10]",
                "blocks.0.pooled.weight [32, 1, 1]",
            ],
            names[..4]
        );
        Assert.Contains("blocks.1.bottleneck.weight [32, 128, 1]", names);
        Assert.Contains("shortcuts.1.0.weight [128, 128, 1]", names);
    }

    // Six modules of 40 taps see 1 + 6 x 39 positions: each window reaches 19 back and 20 ahead.
    [Fact]
    public void Forward_BeforeTheAverage_Sees235Positions()
    {
        Module model = ModelRegistry.Create("inception_time(width=0.1)", [1, 300], 2).Eval();
        foreach (Parameter filters in model.Parameters().Where(p => p.Kind == ParameterKind.Weight))
        {
            filters.Fill(0.1); // all positive: no rectifier hides a path
        }

        Tensor x = Tensor.Ones([1, 1, 300]);
        x.RequiresGrad = true;
        Tensor? last = null;
        using (OperatorObserver.Observe((_, y) => last = y.Rank == 3 && y.Shape[2] == 300 ? y : last))
        {
            model.Forward(x);
        }

        last!.Narrow(2, 150, 1).Sum().Backward();
        int[] seen = [.. x.Grad!.ToArray().Index().Where(g => g.Item != 0).Select(g => g.Index)];
        Assert.Equal((150 - (6 * 19), 150 + (6 * 20)), (seen[0], seen[^1]));
    }

    [Theory]
    [InlineData("inception_time(width=0.1)", 40)]
    [InlineData("inception_time(width=0.1,depth=7)", 25)]
    [InlineData("inception_time(width=0.1,depth=1)", 7)]
    public void Forward_SmallForms_GiveFiniteScores(string text, int length) =>
        SmallForms.AssertScores(text, 1, length);
}
