namespace Fovea.Workbench.Tests;

public sealed class UnevenPaddingTests
{
    // Alsallakh et al. 2021, Mind the Pad: at 224 all down-sampling of ResNets is uneven, at 225, 193, 161 none.
    [Theory]
    [InlineData("resnet18", 224, 8)]
    [InlineData("resnet18", 225, 0)]
    [InlineData("resnet18", 193, 0)]
    [InlineData("resnet18", 161, 0)]
    [InlineData("resnet18", 33, 0)]
    [InlineData("vgg16", 224, 0)]
    [InlineData("vgg16_bn", 224, 0)]
    [InlineData("alexnet", 224, 1)]
    public void Ask_Published_CountsUnevenOperators(string model, int size, int uneven)
    {
        Answer answer = Networks
            .Ask<UnevenPadding>(Networks.Zoo(model, 3, size, size))
            .Is(uneven == 0 ? Verdict.Ok : Verdict.Look);
        Assert.Equal(uneven, answer.Number("uneven"));
        Assert.Equal(uneven, answer.Layers.Count);
    }

    [Fact]
    public void Ask_ResNet18_SaysHowFarTheMapIsShifted()
    {
        // Seven positions 32 apart begin at -217 and end at 6 x 32 + 217 = 409: the middle is 96, the input's is 111.5.
        Assert.Equal(15.5, Networks.Ask<UnevenPadding>(Networks.Zoo("resnet18")).Number("shift"));
        Assert.Equal(0.0, Networks.Ask<UnevenPadding>(Networks.Zoo("resnet18", 3, 225, 225)).Number("shift"));
    }

    [Fact]
    public void Ask_AlexNet_NamesItsFirstConvolution() =>
        Assert.Equal(["features.0"], Networks.Ask<UnevenPadding>(Networks.Zoo("alexnet")).Layers);

    [Theory]
    [InlineData(4, 7, Verdict.Fix, 3)] // one window of 4; 3 of 7 rows dropped
    [InlineData(4, 43, Verdict.Look, 3)]
    [InlineData(4, 44, Verdict.Ok, 0)]
    public void Ask_PlantedDrop_FiresByShare(int kernel, int size, Verdict verdict, int dropped)
    {
        Answer answer = Networks
            .Ask<UnevenPadding>(Networks.Of([1, size, size], Networks.Conv(kernel, kernel, padding: 0)))
            .Is(verdict);
        Assert.Equal(100.0 * dropped / size, answer.Number("largestDrop"), 1e-9);
    }

    [Fact]
    public void Ask_NoStride_IsNotApplicable() =>
        Networks.Ask<UnevenPadding>(Networks.Of([1, 9, 9], Networks.Conv())).Is(Verdict.NotApplicable);
}
