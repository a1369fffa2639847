namespace Fovea.Workbench.Tests;

public sealed class EvenInputSizesTests
{
    [Theory]
    [InlineData("resnet18", 1, 193, 225)]
    [InlineData("resnet50", 1, 193, 225)]
    [InlineData("mobilenet_v2", 1, 193, 225)]
    [InlineData("vgg16", 0, 192, 256)]
    public void Ask_Families_GivesTheResidue(string model, int residue, int below, int above)
    {
        Answer answer = Networks.Ask<EvenInputSizes>(Networks.Zoo(model)).Is(residue == 0 ? Verdict.Ok : Verdict.Look);
        Assert.Equal(
            (32.0, residue, below, above),
            (answer.Number("modulus"), answer.Number("residue"), answer.Number("below"), answer.Number("above"))
        );
    }

    [Fact]
    public void Ask_ResNet18_SaysItInWords() =>
        Assert.Equal(
            "Sizes n = 1 (mod 32) come out even; this is none, the nearest others are 193 and 225.",
            Networks.Ask<EvenInputSizes>(Networks.Zoo("resnet18")).Finding
        );

    // Against tracing the network anew at every size of two periods.
    [Theory]
    [InlineData("resnet18", 64, 128)]
    [InlineData("vgg11(width=0.05)", 64, 128)]
    [InlineData("alexnet", 64, 128)]
    [InlineData("squeezenet1_1", 64, 96)]
    [InlineData("googlenet", 64, 128)]
    [InlineData("densenet121(width=0.1)", 64, 128)]
    [InlineData("efficientnet_b0", 64, 128)]
    public void IsEven_EverySizeOfTwoPeriods_IsThatOfTheTrace(string model, int first, int last)
    {
        Evidence evidence = Networks.Zoo(model);
        AxisSizes sizes = AxisSizes.Of(evidence, 0);
        for (int n = first; n <= last; n++)
        {
            Answer traced = new UnevenPadding().Ask(new Evidence(evidence.Graph.Rewrite([3, n, n])));
            Assert.True(
                sizes.IsEven(n) == (traced.Verdict == Verdict.Ok),
                $"{model} at {n}: {sizes.IsEven(n)}, but traced: {traced.Finding}"
            );
        }
    }

    // A network bound to sizes by its linear layer, one whose pads follow the size, and one with skips over
    // up-sampling.
    [Fact]
    public void IsEven_UnusualNetworks_AreThoseOfTheTrace()
    {
        Evidence[] networks =
        [
            Networks.Of([1, 28, 28], Networks.Conv(3, 2), Networks.Conv(3, 2), new Flatten(), new Linear(49, 3)),
            Networks.Of([1, 28, 28], new Conv2d(1, 1, 5, 3, Padding.SameTensorFlow), Networks.Conv(2, 2, 0)),
            Networks.Of(
                [1, 32, 32],
                Networks.Conv(),
                new Concat(new Identity(), new Sequential(new MaxPool2d(2), new MaxPool2d(2), new Upsample(4.0))),
                new MaxPool2d(2)
            ),
            Networks.Of(
                [1, 32, 32],
                new MaxPool2d(3, 2, ceilMode: true),
                new ConvTranspose2d(1, 1, 3, 2),
                Networks.Conv(3, 2)
            ),
        ];
        foreach (Evidence evidence in networks)
        {
            AxisSizes sizes = AxisSizes.Of(evidence, 1);
            for (int n = 8; n < 48; n++)
            {
                Assert.True(
                    sizes.IsEven(n) == Traced(evidence, n),
                    $"{evidence.Graph.Nodes[0].Name} at {n}: {sizes.IsEven(n)}, traced {Traced(evidence, n)}"
                );
            }
        }
    }

    [Fact]
    public void Ask_BoundByLinearLayer_NamesSizes()
    {
        Answer answer = Networks
            .Ask<EvenInputSizes>(
                Networks.Of([1, 28, 28], Networks.Conv(3, 2), Networks.Conv(3, 2), new Flatten(), new Linear(49, 3))
            )
            .Is(Verdict.Look);
        Assert.Contains("takes 25", answer.Finding, StringComparison.Ordinal); // 25 -> 13 -> 7; 26 to 28 give 7 too, with uneven strides
    }

    [Fact]
    public void Ask_StridesThatDisagree_SaysNone()
    {
        Answer answer = Networks
            .Ask<EvenInputSizes>(Networks.Of([1, 31, 31], new Concat(Networks.Conv(3, 2, 1), Networks.Conv(2, 2, 1))))
            .Is(Verdict.Look);
        Assert.Contains("no input size", answer.Finding, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Ask_AxesApart_NamesBoth()
    {
        Answer answer = Networks.Ask<EvenInputSizes>(Networks.Of([1, 12, 12], new MaxPool2d((2, 3))));
        Assert.Equal((2.0, 3.0), (answer.Number("modulusHeight"), answer.Number("modulusWidth")));
    }

    private static bool? Traced(Evidence evidence, int size)
    {
        try
        {
            return new UnevenPadding().Ask(new Evidence(evidence.Graph.Rewrite([1, size, size]))).Verdict == Verdict.Ok;
        }
        catch (ShapeException)
        {
            return null;
        }
    }
}
