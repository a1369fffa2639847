namespace Fovea.Workbench.Tests;

/// <summary>Questions 2.4, 2.5 and 2.6.</summary>
public sealed class ReceptiveFieldQuestionTests
{
    // Araujo et al. 2019 for VGG and AlexNet; torchvision's layout of ResNets.
    [Theory]
    [InlineData("resnet18", 435, 32, 217)]
    [InlineData("resnet34", 899, 32, 449)]
    [InlineData("resnet50", 427, 32, 213)]
    [InlineData("vgg16", 212, 32, 90)]
    [InlineData("alexnet", 195, 32, 66)]
    public void FieldGeometry_Published_IsThat(string model, int size, int jump, int padding)
    {
        Answer answer = Networks.Ask<FieldGeometry>(Networks.Zoo(model)).Is(Verdict.Ok);
        Assert.Equal(
            (size, jump, padding),
            (answer.Number("receptiveField"), answer.Number("jump"), answer.Number("padding"))
        );
        Assert.Equal(((size - 1) / 2.0) - padding, answer.Number("firstCentre"));
    }

    [Fact]
    public void FieldGeometry_ResNet18_SaysWhereItPassesTheInput() =>
        // 211 after layer3 and 32-pixel steps from then on: 211, layer4.0.conv1 243.
        Assert.Contains(
            "passes the input's 224x224 at layer4.0.conv1",
            Networks.Ask<FieldGeometry>(Networks.Zoo("resnet18")).Finding,
            StringComparison.Ordinal
        );

    [Fact]
    public void FieldGeometry_SqueezeExcite_IsStated() =>
        Assert.Contains(
            "squeeze-excite",
            Networks.Ask<FieldGeometry>(Networks.Zoo("efficientnet_b0")).Finding,
            StringComparison.Ordinal
        );

    // VGG-16: conv3_2 is the first to see 32 pixels, so conv3_3 and the six behind it read nothing but units that see
    // all. AlexNet: 67 after its second pool.
    [Theory]
    [InlineData("vgg16", 32, 7, "features.14")]
    [InlineData("vgg16", 224, 0, "")]
    [InlineData("resnet18", 224, 0, "")]
    [InlineData("alexnet", 63, 3, "features.6")]
    public void WholeInputSeen_Published_CountsUnproductive(string model, int size, int unproductive, string first)
    {
        Answer answer = Networks.Ask<WholeInputSeen>(Networks.Zoo(model, 3, size, size));
        Assert.True(
            answer.Number("unproductive") == unproductive && (answer.Layers.Count > 0 ? answer.Layers[0] : "") == first,
            $"{model} at {size}: {answer.Finding}"
        );
    }

    [Fact]
    public void WholeInputSeen_Vgg16_LacksTwelvePixels()
    {
        Answer answer = Networks.Ask<WholeInputSeen>(Networks.Zoo("vgg16")).Is(Verdict.Look);
        Assert.Contains("sees 212x212 of 224x224", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void WholeInputSeen_ResNet18At16_Fires()
    {
        Answer answer = Networks.Ask<WholeInputSeen>(Networks.Zoo("resnet18", 3, 16, 16)).Is(Verdict.Look);
        Assert.Contains("layer4.1.conv2", answer.Layers);
        Assert.DoesNotContain("layer1.0.conv1", answer.Layers);
    }

    // The whole rule by hand: fields before the convolutions are 1, 3, 5, 7.
    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(6, 1)]
    [InlineData(7, 1)]
    [InlineData(8, 0)]
    public void WholeInputSeen_Chain_CountsThoseThatReadUnitsThatSeeAll(int size, int unproductive) =>
        Assert.Equal(
            unproductive,
            Networks
                .Ask<WholeInputSeen>(
                    Networks.Of([1, size, size], Networks.Conv(), Networks.Conv(), Networks.Conv(), Networks.Conv())
                )
                .Number("unproductive")
        );

    // The receptive field analysis toolbox gives (75, 427) for torchvision's ResNet-50.
    [Theory]
    [InlineData("resnet50", 75, 427, Verdict.Ok)]
    [InlineData("resnet18", 75, 435, Verdict.Ok)]
    [InlineData("vgg16", 164, 196, Verdict.Look)] // of convolutions; the last pool's 212 is no convolution's
    public void SuitableInputs_Published_IsThat(string model, int least, int most, Verdict verdict)
    {
        Answer answer = Networks.Ask<SuitableInputs>(Networks.Zoo(model)).Is(verdict);
        Assert.Equal((least, most), (answer.Number("least"), answer.Number("most")));
    }

    [Fact]
    public void SuitableInputs_Least_IsWhereTheFirstConvolutionBecomesUnproductive()
    {
        foreach (int size in new[] { 75, 76, 97 })
        {
            Evidence evidence = new(Networks.Zoo("resnet50").Graph.Rewrite([3, size, size]));
            bool blind = ContextLayers
                .Convolutions(evidence)
                .Any(c => evidence.Fields[c.Inputs[0]]!.Axes[0].Shortest.Size >= size);
            Assert.True(
                blind == (size <= 75),
                $"ResNet-50 at {size}: {(blind ? "some convolution reads" : "no convolution reads")} only units that see all"
            );
        }
    }

    [Fact]
    public void Questions_NoConvolution_AreNotApplicable()
    {
        Evidence evidence = Networks.Of([1, 8, 8], new Flatten(), new Linear(64, 2));
        Networks.Ask<WholeInputSeen>(evidence).Is(Verdict.NotApplicable);
        Networks.Ask<SuitableInputs>(evidence).Is(Verdict.NotApplicable);
    }
}
