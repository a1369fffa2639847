namespace Fovea.Models.Tests;

public sealed class MobileNetV3Tests
{
    [Theory]
    [InlineData("mobilenet_v3_small", 2_542_856, 56_510_400)]
    [InlineData("mobilenet_v3_large", 5_483_032, 216_589_760)]
    public void Create_Usual_IsTorchvisions(string name, long parameters, long multiplyAdds)
    {
        Module model = ModelRegistry.Create(name).Model;
        Assert.Equal(parameters, model.ParameterCount());
        TorchvisionNames.AssertSame(name, model);

        // torchvision's own count for 3x224x224. The squeezes see one position whatever the image; every other
        // convolution of a 32 pixel image does a 49th.
        (long convolutions, long linear) = MultiplyAdds.Count(model, [3, 32, 32]);
        long squeezes = model
            .NamedParameters()
            .Where(p =>
                p.Path.EndsWith("fc1.weight", StringComparison.Ordinal)
                || p.Path.EndsWith("fc2.weight", StringComparison.Ordinal)
            )
            .Sum(p => p.Parameter.Count);
        Assert.Equal(multiplyAdds, (49 * (convolutions - squeezes)) + squeezes + linear);
    }

    [Fact]
    public void Create_Usual_HasTheConstantsOfThePaper()
    {
        Module model = ModelRegistry.Create("mobilenet_v3_small(width=0.25)").Model;
        BatchNorm[] norms = [.. model.NamedModules().Select(m => m.Module).OfType<BatchNorm>()];
        Assert.All(norms, n => Assert.Equal(1e-3, n.Epsilon));
        norms[0].Forward(Tensor.Full([2, norms[0].Weight!.Shape[0], 2, 2], 5.0));
        Assert.Equal(0.05f, norms[0].RunningMean!.ToArray()[0], 1e-6f);
        Assert.Equal(0.2, model.NamedModules().Select(m => m.Module).OfType<Dropout>().Single().Probability, 1e-4);
    }

    // Parameters of torchvision's mobilenet_v3_small(width_mult=0.5) and mobilenet_v3_large(width_mult=0.75).
    [Theory]
    [InlineData("mobilenet_v3_small(width=0.5)", 917_264)]
    [InlineData("mobilenet_v3_large(width=0.75)", 3_377_576)]
    public void Create_WithWidth_RoundsChannelsAsTorchvision(string text, long expected) =>
        Assert.Equal(expected, ModelRegistry.Create(text).Model.ParameterCount());

    // 1 + sum of (kernel - 1) times the stride before it, over the paper's tables; squeezes only weigh channels.
    [Theory]
    [InlineData("mobilenet_v3_small", 639, 319)]
    [InlineData("mobilenet_v3_large", 595, 297)]
    public void Forward_LastMap_HasThePublishedReceptiveField(string text, int field, int padding) =>
        MeasuredField.AssertIs(text, ["features"], 32, field, padding);

    [Theory]
    [InlineData("mobilenet_v3_small(width=0.1)", 2, 24)]
    [InlineData("mobilenet_v3_small(width=0.1,stem=small)", 2, 28)]
    [InlineData("mobilenet_v3_small(width=0.1)", 1, 64)]
    [InlineData("mobilenet_v3_large(width=0.1,stem=small)", 2, 28)]
    [InlineData("mobilenet_v3_large(width=0.1,stem=small)", 3, 9)]
    public void Forward_SmallForms_GiveFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);
}
