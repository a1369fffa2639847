namespace Fovea.Workbench.Tests;

public sealed class CleanNetworksTests
{
    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3_large")]
    [InlineData("efficientnet_b0")]
    [InlineData("vgg16_bn")]
    [InlineData("densenet121")]
    [InlineData("googlenet")]
    [InlineData("small_cnn")]
    [InlineData("resnet_ts")]
    public void Ask_StridePadding_NothingToFix(string model)
    {
        Evidence evidence = Networks.Zoo(model);
        Answer[] answers =
        [
            .. QuestionCatalog.BuiltIn.Where(q => q.Group == QuestionGroup.StridePadding).Select(q => q.Ask(evidence)),
        ];
        Assert.All(answers, a => Assert.True(a.Verdict != Verdict.Fix, $"{model}, {a.Id}: {a.Finding}"));
        Assert.All(
            answers,
            a => Assert.True(a.Predicted.All(q => double.IsFinite(q.Value)), $"{model}, {a.Id}: a number is not finite")
        );
    }

    // The borders that usual networks have are no finding.
    [Theory]
    [InlineData("resnet18")]
    [InlineData("mobilenet_v2")]
    [InlineData("efficientnet_b0")]
    [InlineData("vgg16_bn")]
    public void Ask_Borders_IsOk(string model)
    {
        Networks.Ask<BorderDimming>(Networks.Zoo(model)).Is(Verdict.Ok);
        Networks.Ask<PixelInfluence>(Networks.Zoo(model)).Is(Verdict.Ok);
    }
}
