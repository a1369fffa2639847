namespace Fovea.Tests;

/// <summary>The one table of gradients: every differentiable operator and layer against finite differences, in
/// double.</summary>
public sealed class GradientTableTests
{
    [Fact]
    public void Backward_EveryCaseOfTheTable_MatchesFiniteDifferences()
    {
        GradientCase[] cases =
        [
            .. ConvolutionGradientCases.All(),
            .. PoolingGradientCases.All(),
            .. ElementwiseGradientCases.All(),
        ];
        List<string> wrong = [];
        foreach (GradientCase item in cases)
        {
            if (GradientCheck.FirstDisagreement(item.Function, item.Inputs) is { } disagreement)
            {
                wrong.Add($"{item.Name}: {disagreement}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Length} cases:\n{string.Join("\n", wrong.Take(20))}");
        Assert.Equal(cases.Length, cases.Select(c => c.Name).Distinct().Count());
        Assert.True(cases.Length >= 500, $"the table has {cases.Length} cases");
    }
}
