using System.Globalization;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>What is decided about the convolutions of the zoo, for two processors that this one need not be.</summary>
public sealed class ListedDecisionTests
{
    [Fact]
    public void Choose_EveryConvolutionOfTheZoo_IsAsListed()
    {
        List<Decided> found = [.. DecisionList.Read().Select(d => d with { Decisions = [.. Decisions(d.Geometry)] })];
        if (DecisionList.IsWritten)
        {
            DecisionList.Write(found);
        }

        IReadOnlyList<Decided> listed = DecisionList.Read();
        Assert.NotEmpty(listed);
        foreach ((Decided expected, Decided actual) in listed.Zip(found))
        {
            Assert.True(
                expected.Decisions.SequenceEqual(actual.Decisions),
                $"{expected.Geometry}\n  was {string.Join(", ", expected.Decisions)}\n  is  {string.Join(", ", actual.Decisions)}\nWhere this is wanted, run the test with {DecisionList.Writes}=1 and look at what changed."
            );
        }
    }

    private static IEnumerable<string> Decisions(ConvolutionGeometry g) =>
        DecisionList.Cases.Select(c =>
        {
            AlgorithmChoice choice = ConvolutionPlanner.Choose(
                new(ConvolutionPass.Forward, g, DecisionList.LayoutOf(g), Items: c.Items),
                c.Bits == 512 ? CpuProfiles.SapphireRapids : CpuProfiles.Narrowed
            );
            return string.Create(CultureInfo.InvariantCulture, $"{choice.Name} {choice.Cycles / 1e6:F3}");
        });
}
