using Fovea.Testing;

namespace Fovea.Models.Tests;

public sealed class CostSummaryTests
{
    [Theory]
    [InlineData("resnet20", 3, 16)]
    [InlineData("resnet20(width=0.5)", 1, 15)]
    [InlineData("small_cnn", 1, 16)]
    [InlineData("small_cnn", 3, 19)]
    public void KeptBytes_ImageModels_AreWhatAutogradKeeps(string name, int channels, int size) =>
        RequireKept(name, [channels, size, size]);

    [Theory]
    [InlineData("fcn")]
    [InlineData("resnet_ts")]
    public void KeptBytes_SeriesModels_AreWhatAutogradKeeps(string name) => RequireKept(name, [2, 37]);

    private static void RequireKept(string name, Shape item)
    {
        const int Batch = 2;
        Module model = ModelRegistry.Create(name, item, 5).Train();
        Tensor y = model.Forward(Tensor.Normal(Shape.Create([Batch, .. item.Sizes])));
        long predicted = CostSummary.Of(Graph.Trace(model, item, training: true)).KeptBytes * Batch,
            kept = KeptMemory.Bytes(y, model);
        Assert.True(
            kept > 0 && predicted == kept,
            $"{name} {item}: predicted {predicted}, kept {kept} bytes for {Batch} items"
        );
    }

    [Fact]
    public void Of_ResNet20_HasThePublishedCosts()
    {
        // He et al. 2015 report 0.27 M parameters; 40.8 M multiply-adds are the sum over its convolutions on 32 x 32
        // and the linear layer, by hand below.
        CostSummary costs = CostSummary.Of(Graph.Trace(ModelRegistry.Create("resnet20", [3, 32, 32], 10), [3, 32, 32]));
        long macs =
            (3L * 16 * 9 * 1024)
            + (6L * 16 * 16 * 9 * 1024)
            + (16L * 32 * 9 * 256)
            + (5L * 32 * 32 * 9 * 256)
            + (32L * 64 * 9 * 64)
            + (5L * 64 * 64 * 9 * 64)
            + (16L * 32 * 256)
            + (32L * 64 * 64)
            + 640;
        Assert.Equal(macs, costs.MultiplyAdds);
        Assert.Equal(272_474, costs.Parameters);
    }
}
