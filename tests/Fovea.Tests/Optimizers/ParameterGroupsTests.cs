namespace Fovea.Tests;

public sealed class ParameterGroupsTests
{
    [Fact]
    public void Of_MixedNetwork_DecaysOnlyWeights()
    {
        MixedNetwork network = new();
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Of(network, 0.1);
        Assert.Equal(["decay", "no decay"], groups.Select(g => g.Name));
        Assert.Equal([0.1, 0.0], groups.Select(g => g.WeightDecay));
        Assert.Equal([network.Weight], groups[0].Parameters);
        Assert.Equal([network.Bias, network.Scale, network.Slope], groups[1].Parameters);
    }

    [Fact]
    public void Of_DecayNormAndBias_IsOneGroup()
    {
        ParameterGroup group = Assert.Single(ParameterGroups.Of(new MixedNetwork(), 0.1, decayNormAndBias: true));
        Assert.Equal(4, group.Parameters.Count);
        Assert.Equal("all: 4 parameters, weight decay 0.1", group.ToString());
    }

    [Fact]
    public void Of_OnlyWeights_LeavesTheEmptyGroupOut() =>
        Assert.Equal(["decay"], ParameterGroups.Of(new GoldenNetwork(), 0.1).Select(g => g.Name));
}
