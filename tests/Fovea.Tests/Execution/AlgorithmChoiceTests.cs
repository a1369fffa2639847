using System.Globalization;
using Fovea.Kernels;
using Fovea.Testing;

namespace Fovea.Tests;

public sealed class AlgorithmChoiceTests
{
    [Fact]
    public void For_EveryConvolutionOfTheZoo_IsAsListed()
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
            AlgorithmChoice choice = AlgorithmChoice.For(g, DecisionList.Lanes(g), Precision.Default, c.Items, c.Bits);
            return string.Create(CultureInfo.InvariantCulture, $"{choice.Name} {choice.Cycles / 1e6:F3}");
        });
}
