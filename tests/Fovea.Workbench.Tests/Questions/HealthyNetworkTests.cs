namespace Fovea.Workbench.Tests.Questions;

/// <summary>Networks of the field that train well get no verdict to fix anything, from any question of groups 1 and
/// 3.</summary>
public sealed class HealthyNetworkTests
{
    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("resnet152")]
    [InlineData("resnet110")]
    [InlineData("vgg16_bn")]
    [InlineData("vgg16")]
    [InlineData("googlenet")]
    [InlineData("densenet169")]
    [InlineData("squeezenet1_1")]
    [InlineData("mobilenet_v1")]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("efficientnet_b0")]
    [InlineData("efficientnet_v2_s")]
    [InlineData("small_cnn")]
    [InlineData("inception_time")]
    public void Ask_HealthyNetwork_NothingToFix(string model)
    {
        Answer[] wrong =
        [
            .. QuestionCatalog
                .Ask(Networks.Zoo(model))
                .Where(a => a.Id[0] != '2' && a.Verdict is Verdict.Fix or Verdict.CannotTell),
        ];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong.Select(w => $"{w.Id} {w.Verdict}: {w.Finding}")));
    }

    [Theory]
    [InlineData("resnet18", "")]
    [InlineData("resnet50", "")]
    [InlineData("mobilenet_v2", "")]
    [InlineData("efficientnet_b0", "")]
    [InlineData("vgg16_bn", "1.1 1.13")]
    public void Ask_HealthyNetwork_RemarksAreKnown(string model, string remarks)
    {
        IEnumerable<string> found = QuestionCatalog
            .Ask(Networks.Zoo(model))
            .Where(a => a.Id[0] != '2' && a.Verdict == Verdict.Look)
            .Select(a => a.Id)
            .Order(StringComparer.Ordinal);
        Assert.Equal(remarks, string.Join(" ", found));
    }

    [Fact]
    public void Ask_DeepPlainNetworkWithPyTorchsDefault_IsToBeFixed()
    {
        IReadOnlyList<Answer> answers = QuestionCatalog.Ask(Networks.Of(Networks.Plain(24, 32), 3, 32, 32));
        Assert.Equal(
            ["1.8", "3.1"],
            answers.Where(a => a.Verdict == Verdict.Fix).Select(a => a.Id).Order(StringComparer.Ordinal)
        );
    }
}
