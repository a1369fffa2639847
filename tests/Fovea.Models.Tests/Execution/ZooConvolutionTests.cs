using Fovea.Kernels;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>The list of convolutions for which tests hold what is decided has those of every network of the
/// zoo.</summary>
public sealed class ZooConvolutionTests
{
    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void List_OfDecisions_HasEveryConvolution(string name)
    {
        (Module model, Shape item) = ModelRegistry.Create(name);
        IReadOnlyList<Decided> listed = DecisionList.Read();
        ConvolutionGeometry[] missing =
        [
            .. Graph
                .Trace(model, item)
                .Nodes.Select(n => n.Operator.Form(n))
                .OfType<ConvolutionForm>()
                .Select(f => f.Geometry with { Batch = 1 })
                .Distinct()
                .Except(listed.Select(d => d.Geometry)),
        ];
        if (DecisionList.IsWritten)
        {
            DecisionList.Write([.. listed, .. missing.Select(g => new Decided(g, []))]);
            return;
        }

        Assert.True(
            missing.Length == 0,
            $"{name} has convolutions that {DecisionList.FileName} has not; run this test and then that of the decisions with {DecisionList.Writes}=1:\n{string.Join('\n', missing)}"
        );
    }
}
