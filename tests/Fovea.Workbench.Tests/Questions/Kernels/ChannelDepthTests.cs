namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.5.</summary>
public sealed class ChannelDepthTests
{
    [Fact]
    public void Ask_LinearBottleneck_ItsRankIsNamed()
    {
        Sequential network = new(
            ("in", Networks.Filters(3, 32, 3)),
            ("relu", new ReLU()),
            ("narrow", Networks.Filters(32, 5, 1)),
            ("wide", Networks.Filters(5, 32, 3)),
            ("last", new ReLU())
        );
        Answer answer = new ChannelDepth().Ask(Networks.Of(network, 3, 8, 8));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal((1, 5), ((int)answer.Number("linearBottlenecks"), (int)answer.Number("narrowestLinearRank")));
        Assert.Equal(["narrow"], answer.Layers);
    }

    [Fact]
    public void Ask_ActivationInANarrowPlace_IsRemarked()
    {
        Sequential network = new(
            ("in", Networks.Filters(3, 32, 3)),
            ("relu", new ReLU()),
            ("narrow", Networks.Filters(32, 5, 1)),
            ("cut", new ReLU()),
            ("wide", Networks.Filters(5, 32, 3)),
            ("last", new ReLU())
        );
        Answer answer = new ChannelDepth().Ask(Networks.Of(network, 3, 8, 8));
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(["cut"], answer.Layers);
    }

    [Fact]
    public void Ask_NarrowPlaceWithASkip_NothingToRemark()
    {
        Sequential body = new(Networks.Filters(32, 5, 1), new ReLU(), Networks.Filters(5, 32, 3));
        Sequential network = new(
            ("in", Networks.Filters(3, 32, 3)),
            ("block", new Residual(body)),
            ("last", new ReLU())
        );
        Networks.AssertVerdict(Verdict.Ok, new ChannelDepth().Ask(Networks.Of(network, 3, 8, 8)));
    }

    [Fact]
    public void Ask_MoreChannelsThanInputsSpan_RankIsTheInputs()
    {
        Answer answer = new ChannelDepth().Ask(
            Networks.Of(new Sequential(Networks.Filters(3, 64, 3), new ReLU(), Networks.Filters(64, 64, 3)), 3, 8, 8)
        );
        Assert.Equal((1, 27), ((int)answer.Number("layersBelowFullRank"), (int)answer.Number("smallestRank")));
    }
}
