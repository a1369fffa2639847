namespace Fovea.Tests;

/// <summary>A batch without items passes through: shapes hold, and the gradients of parameters are zeros of full
/// shape.</summary>
public sealed class EmptyBatchTests
{
    public static TheoryData<string> Names => [.. Layers.Keys];

    private static Dictionary<string, (Module Module, Shape Input, Shape Output)> Layers =>
        new()
        {
            ["Conv1d"] = (new Conv1d(2, 3, 3, padding: 1), [0, 2, 5], [0, 3, 5]),
            ["Conv2d"] = (new Conv2d(6, 12, 3, padding: 1), [0, 6, 7, 8], [0, 12, 7, 8]),
            ["Conv2d reflect"] = (
                new Conv2d(2, 2, 3, padding: 1, paddingMode: PaddingMode.Reflect, stride: 2),
                [0, 2, 4, 4],
                [0, 2, 2, 2]
            ),
            ["Conv3d"] = (new Conv3d(1, 2, 2), [0, 1, 3, 3, 3], [0, 2, 2, 2, 2]),
            ["ConvTranspose2d"] = (new ConvTranspose2d(2, 3, 3, stride: 2), [0, 2, 3, 3], [0, 3, 7, 7]),
            ["DepthwiseSeparableConv2d"] = (new DepthwiseSeparableConv2d(2, 4, 3), [0, 2, 5, 5], [0, 4, 3, 3]),
            ["Linear"] = (new Linear(4, 3), [0, 4], [0, 3]),
            ["BatchNorm2d"] = (new BatchNorm2d(2), [0, 2, 3, 3], [0, 2, 3, 3]),
            ["GroupNorm"] = (new GroupNorm(4, 2), [0, 4, 3], [0, 4, 3]),
            ["LayerNorm"] = (new LayerNorm([3]), [0, 2, 3], [0, 2, 3]),
            ["MaxPool2d"] = (new MaxPool2d(2), [0, 2, 4, 4], [0, 2, 2, 2]),
            ["AvgPool1d"] = (new AvgPool1d(2), [0, 2, 4], [0, 2, 2]),
            ["GlobalAvgPool"] = (new GlobalAvgPool(flatten: true), [0, 2, 4, 4], [0, 2]),
            ["PReLU"] = (new PReLU(2), [0, 2, 3], [0, 2, 3]),
            ["Softmax"] = (new Softmax(), [0, 5], [0, 5]),
            ["Upsample"] = (new Upsample(2), [0, 2, 3, 3], [0, 2, 6, 6]),
        };

    [Theory, MemberData(nameof(Names))]
    public void Forward_EmptyBatch_GivesEmptyOutputAndZeroParameterGradients(string name)
    {
        (Module module, Shape input, Shape output) = Layers[name];
        Tensor x = Tensor.Zeros(input);
        x.RequiresGrad = true;
        Tensor y = module.Forward(x);
        Assert.Equal(output, y.Shape);
        y.Backward(Tensor.Zeros(y.Shape));
        Assert.Equal(input, x.Grad!.Shape);
        foreach ((string path, Parameter parameter) in module.NamedParameters())
        {
            Assert.True(
                parameter.Grad is not null && parameter.Grad.Shape == parameter.Shape,
                $"{name}: no gradient of {path}"
            );
            Assert.All(parameter.Grad!.ToArray(), v => Assert.Equal(0f, v));
        }
    }
}
