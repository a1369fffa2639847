using Fovea.Initialization;
using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions.Kernels;

/// <summary>1.7, measured.</summary>
public sealed class SymmetryMeasuredTests
{
    [Theory]
    [InlineData(63, 63, Verdict.Fix)]
    [InlineData(63, 0, Verdict.Ok)] // one layer alike comes apart
    [InlineData(62, 62, Verdict.Fix)] // two patterns
    [InlineData(32, 32, Verdict.Ok)] // half of them, as a layer widened by copies has
    [InlineData(-1, -1, Verdict.Ok)] // zeros, by wish
    public void Ask_FiltersAlikeBeforeTheFirstUpdate_NeedsTwoLayers(int first, int second, Verdict verdict)
    {
        MeasuredRuns run = Chain()
            .With(r => r with { AlikeFilters = [first, second, 0, 9] })
            .Train(1, Falling)
            .Epoch(1);
        Answer answer = Ask(new SymmetryMeasured(), run);
        Networks.AssertVerdict(verdict, answer);
        if (verdict == Verdict.Fix)
        {
            Assert.Equal(Cause.Symmetry, answer.Cause);
            Assert.Equal(["fc0", "fc1"], answer.Layers);
        }
    }

    // Weights of NaN have one bit pattern, and were never alike.
    [Theory]
    [InlineData(0.01, 7)]
    [InlineData(double.NaN, -1)]
    public void Of_FiltersAllOfOneValue_AreAlikeUnlessTheyAreNoNumbers(double value, int alike)
    {
        Linear layer = new(3, 8);
        layer.Weight.Initializer = new Constant(value);
        layer.Initialize(1);
        Assert.Equal(alike, AlikeFilters.Of(layer.Weight));
    }
}
