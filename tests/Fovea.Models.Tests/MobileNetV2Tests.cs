namespace Fovea.Models.Tests;

public sealed class MobileNetV2Tests
{
    [Fact]
    public void Create_Usual_IsTorchvisions()
    {
        (Module model, Shape item) = ModelRegistry.Create("mobilenet_v2");
        Assert.Equal(3_504_872, model.ParameterCount());
        Assert.Equal<Shape>([3, 224, 224], item);
        TorchvisionNames.AssertSame("mobilenet_v2", model);
    }

    // torchvision's own count for 3x224x224; a 32 pixel image has a 49th in every convolution.
    [Fact]
    public void Create_Usual_HasThePublishedMultiplyAdds()
    {
        (long convolutions, long linear) = MultiplyAdds.Count(ModelRegistry.Create("mobilenet_v2").Model, [3, 32, 32]);
        Assert.Equal(300_774_272, (49 * convolutions) + linear);
    }

    // Parameters of torchvision's mobilenet_v2(width_mult=...).
    [Theory]
    [InlineData("mobilenet_v2(width=0.5)", 1_968_680)]
    [InlineData("mobilenet_v2(width=1.4)", 6_108_776)]
    public void Create_WithWidth_RoundsChannelsAsTorchvision(string text, long expected) =>
        Assert.Equal(expected, ModelRegistry.Create(text).Model.ParameterCount());

    // 1 + sum of (kernel - 1) times the stride before it, over the paper's table 2.
    [Theory]
    [InlineData("mobilenet_v2", 491, 245)]
    public void Forward_LastMap_HasThePublishedReceptiveField(string text, int field, int padding) =>
        MeasuredField.AssertIs(text, ["features"], 32, field, padding);

    [Theory]
    [InlineData("mobilenet_v2(width=0.1)", 2, 24)]
    [InlineData("mobilenet_v2(width=0.1,stem=small,dropout=0)", 2, 28)]
    [InlineData("mobilenet_v2(width=0.1)", 1, 64)]
    [InlineData("mobilenet_v2(width=0.1,stem=small)", 3, 9)]
    public void Forward_SmallForms_GiveFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Theory]
    [InlineData("mobilenet_v1")]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("mobilenet_v3_large")]
    [InlineData("efficientnet_b0")]
    [InlineData("efficientnet_v2_s")]
    public void Create_SmallStem_ReducesBy8InsteadOf32(string name)
    {
        Assert.Equal([1, 1, 4, 4], LastMap($"{name}(width=0.1,stem=small)"));
        Assert.Equal([1, 1, 1, 1], LastMap($"{name}(width=0.1)"));
    }

    /// <summary>The shape of what is averaged for a 32 pixel image, with its channels counted as one.</summary>
    private static int[] LastMap(string text)
    {
        Tensor? map = null,
            before = null;
        Module model = ModelRegistry.Create(text, [1, 32, 32], 2).Eval();
        Module average = model.NamedModules().Single(m => m.Path == "avgpool").Module;
        using (
            OperatorObserver.Observe(
                (op, y) =>
                {
                    map ??= op.Owner == average ? before : null;
                    before = y;
                }
            )
        )
        {
            model.Forward(Tensor.Zeros([1, 1, 32, 32]));
        }

        return [.. map!.Shape.With(1, 1).Sizes];
    }
}
