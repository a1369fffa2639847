namespace Fovea.Tests;

/// <summary>The one table of gradients: every differentiable operator and layer against finite differences, in
/// double.</summary>
public sealed class GradientTableTests
{
    /// <summary>In no graph: a trace takes batch normalization with its ReLU apart.</summary>
    private static readonly string[] EagerOnly = ["normalizationmask"];

    [Fact]
    public void Backward_EveryCaseOfTheTable_MatchesFiniteDifferences()
    {
        GradientCase[] cases = Cases();
        List<string> wrong = [];
        foreach (GradientCase item in cases.Where(c => !c.IsDetached))
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

    [Fact]
    public void Run_TrainingGraphOfEveryCase_GivesTheEagerBits()
    {
        GradientCase[] cases = Cases();
        HashSet<string> words = [];
        string[] wrong =
        [
            .. cases
                .SelectMany(c =>
                    new[]
                    {
                        (Name: $"{c.Name}, first", Text: new GraphGradient(c).FirstDisagreement(words)),
                        (Name: $"{c.Name}, second", Text: new GraphGradient(c).FirstSecondDisagreement(words)),
                    }
                )
                .Where(c => c.Text is not null)
                .Select(c => $"{c.Name}: {c.Text}"),
        ];
        string[] missing = [.. OperatorCatalog.All.Select(e => e.Word).Distinct().Except([.. words, .. EagerOnly])];

        Assert.True(wrong.Length == 0, $"{wrong.Length} of {cases.Length} cases:\n{string.Join("\n", wrong.Take(20))}");
        Assert.True(missing.Length == 0, $"not run by any case: {string.Join(", ", missing)}");
    }

    private static GradientCase[] Cases() =>
        [
            .. ConvolutionGradientCases.All(),
            .. PoolingGradientCases.All(),
            .. ElementwiseGradientCases.All(),
            .. SelectionGradientCases.All(),
        ];
}
