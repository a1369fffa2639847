namespace Fovea.Models.Tests;

public sealed class MobileNetV1Tests
{
    // Howard et al. 2017, table 4, counted exactly. Reduced by 7 per axis, a 32 pixel image has a 49th of the
    // multiply-adds in every convolution.
    [Theory]
    [InlineData("mobilenet_v1", 4_231_976, 568_740_352)]
    [InlineData("mobilenet_v1(variant=slim)", 4_231_976, 568_740_352)]
    [InlineData("mobilenet_v1(variant=dense)", 29_294_088, 4_867_293_184)]
    public void Create_At224_HasThePublishedParametersAndMultiplyAdds(string text, long parameters, long multiplyAdds)
    {
        Module model = ModelRegistry.Create(text).Model;
        Assert.Equal(parameters, model.ParameterCount());
        (long convolutions, long linear) = MultiplyAdds.Count(model, [3, 32, 32]);
        Assert.Equal(multiplyAdds, (49 * convolutions) + linear);
    }

    [Fact]
    public void NamedParameters_HaveUnitsByPosition()
    {
        string[] names =
        [
            .. ModelRegistry
                .Create("mobilenet_v1(width=0.25)")
                .Model.NamedParameters()
                .Select(p => $"{p.Path} {p.Parameter.Shape}"),
        ];
        Assert.Equal(
            [
                "features.0.0.weight [8, 3, 3, 3]",
                "features.0.1.weight [8]",
                "features.0.1.bias [8]",
                "features.1.0.weight [8, 1, 3, 3]",
            ],
            names[..4]
        );
        Assert.Equal(
            [
                "features.13.3.weight [256, 256, 1, 1]",
                "features.13.4.weight [256]",
                "features.13.4.bias [256]",
                "classifier.1.weight [1000, 256]",
                "classifier.1.bias [1000]",
            ],
            names[^5..]
        );
    }

    // 32 x 0.3 = 9.6: the nearest multiple of 8 is 8, which is below 0.9 of it; TF-Slim cuts off.
    [Theory]
    [InlineData("mobilenet_v1(width=0.3)", 16)]
    [InlineData("mobilenet_v1(width=0.3,variant=slim)", 9)]
    [InlineData("mobilenet_v1(width=0.1,variant=slim)", 8)]
    public void Create_WithWidth_RoundsChannelsAsItsLayoutDoes(string text, int stem) =>
        Assert.Equal(stem, ModelRegistry.Create(text).Model.Parameters()[0].Shape[0]);

    [Fact]
    public void Create_Slim_PadsAsTensorFlowAndClipsAtSix()
    {
        Module slim = ModelRegistry.Create("mobilenet_v1(variant=slim,width=0.1)", [1, 8, 8], 2),
            plain = ModelRegistry.Create("mobilenet_v1(width=0.1)", [1, 8, 8], 2);
        Assert.Contains(slim.NamedModules(), m => m.Module is ReLU6);
        Assert.DoesNotContain(slim.NamedModules(), m => m.Module is ReLU);
        Assert.Contains(plain.NamedModules(), m => m.Module is ReLU);

        // A strided window over 8 pixels: TensorFlow pads only behind, so output 0 begins at pixel 0 and does not see
        // the front padding.
        static Conv2d Stem(Module model) => (Conv2d)model.NamedModules().First(m => m.Path == "features.0.0").Module;
        Conv2d[] stems = [Stem(slim), Stem(plain)];
        foreach (Conv2d stem in stems)
        {
            stem.Weight.Fill(1.0);
        }

        Tensor ones = Tensor.Ones([1, 1, 8, 8]);
        Assert.Equal([9f, 9f, 9f, 6f], stems[0].Forward(ones).ToArray()[..4]);
        Assert.Equal([4f, 6f, 6f, 6f], stems[1].Forward(ones).ToArray()[..4]);
    }

    // Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks, Distill 2019: 315 and padding
    // 126 for TF-Slim's layout. Padding 1 everywhere centres the field.
    [Theory]
    [InlineData("mobilenet_v1", 315, 157)]
    [InlineData("mobilenet_v1(variant=slim)", 315, 126)]
    [InlineData("mobilenet_v1(variant=dense)", 315, 157)]
    public void Forward_LastMap_HasThePublishedReceptiveField(string text, int field, int padding) =>
        MeasuredField.AssertIs(text, ["features"], 32, field, padding);

    [Theory]
    [InlineData("mobilenet_v1(width=0.1)", 2, 24)]
    [InlineData("mobilenet_v1(width=0.1,stem=small)", 2, 28)]
    [InlineData("mobilenet_v1(width=0.1,variant=slim)", 2, 33)]
    [InlineData("mobilenet_v1(width=0.1,variant=dense)", 1, 64)]
    [InlineData("mobilenet_v1(width=0.1,stem=small)", 3, 9)]
    public void Forward_SmallForms_GiveFiniteScores(string text, int dims, int size) =>
        SmallForms.AssertScores(text, dims, size);

    [Theory]
    [InlineData("mobilenet_v1(variant=wide)", "variant must be one of separable, slim, dense, got 'wide'")]
    [InlineData("mobilenet_v1(dims=4)", "dims must be 1, 2 or 3, got 4")]
    [InlineData("mobilenet_v1(stem=tiny)", "stem must be one of large, small, got 'tiny'")]
    public void Create_WrongArgument_SaysWhatIsWrong(string text, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<ArgumentException>(() => ModelRegistry.Create(text)).Message,
            StringComparison.Ordinal
        );
}
