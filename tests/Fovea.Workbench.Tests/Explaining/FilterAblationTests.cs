namespace Fovea.Workbench.Tests;

public sealed class FilterAblationTests
{
    [Fact]
    public void Module_NothingSilenced_HasTheBitsOfTheNetwork()
    {
        Module net = TinyNet.Create().Eval();
        Tensor x = Tensor.Normal([4, 1, 8, 8], rng: new Rng(1));

        FilterAblation ablation = FilterAblation.Of(Graph.Trace(net, [1, 8, 8]));

        Assert.Equal(net.Forward(x).ToArray<float>(), ablation.Module.ForwardAll(x)[0].ToArray<float>());
        FilterAblation.Silenced conv = Assert.Single(ablation.Layers); // the head is the answer
        Assert.Equal(("conv", 4), (conv.Name, conv.Filters));
    }

    [Fact]
    public void Without_AFilter_IsTheNetworkWithItsOutgoingWeightsAtZero()
    {
        // The head reads channel 2 as features 8 to 11.
        Module net = TinyNet.Create().Eval();
        Tensor x = Tensor.Normal([4, 1, 8, 8], rng: new Rng(1));
        FilterAblation ablation = FilterAblation.Of(Graph.Trace(net, [1, 8, 8]));

        float[] silenced = ablation.Layers[0].Without(2, () => ablation.Module.ForwardAll(x)[0].ToArray<float>());

        Span<float> head = net.NamedParameters().Single(p => p.Path == "head.weight").Parameter.AsSpan<float>();
        for (int row = 0; row < 3; row++)
        {
            head.Slice((row * 16) + 8, 4).Clear();
        }

        Assert.Equal(net.Forward(x).ToArray<float>(), silenced);
        Assert.Equal(silenced, ablation.Module.ForwardAll(x)[0].ToArray<float>());
    }

    [Fact]
    public void Of_LayerUsedTwiceAndASum_AreSilencedAtAllUses()
    {
        Twice net = new();
        net.Initialize(3);
        FilterAblation ablation = FilterAblation.Of(Graph.Trace(net, [2, 6, 6]));

        Assert.Equal(["shared"], ablation.Layers.Select(l => l.Name));
        Tensor x = Tensor.Normal([2, 2, 6, 6], rng: new Rng(1));
        Tensor without = ablation.Layers[0].Without(0, () => ablation.Module.ForwardAll(x)[0]);
        net.Shared.Weight.AsSpan<float>()[..18].Clear();
        net.Shared.Bias!.AsSpan<float>()[0] = 0;
        Assert.Equal(net.Forward(x).ToArray<float>(), without.ToArray<float>());
    }

    [Fact]
    public void Choose_MoreFiltersThanAreTried_SpreadsThemOverLayers()
    {
        Sequential net = [];
        net.Add("narrow", new Conv2d(1, 2, 3));
        net.Add("wide", new Conv2d(2, 50, 3));
        net.Add("wider", new Conv2d(50, 90, 3));
        net.Add("fc", new Conv2d(90, 2, 1));
        FilterAblation ablation = FilterAblation.Of(Graph.Trace(net, [1, 12, 12]));

        (FilterAblation.Silenced Layer, int[] Filters)[] chosen = [.. ablation.Choose(32, new Rng(1))];

        Assert.Equal([2, 15, 15], chosen.Select(c => c.Filters.Length));
        Assert.All(chosen, c => Assert.All(c.Filters, f => Assert.InRange(f, 0, c.Layer.Filters - 1)));
        Assert.Equal(
            chosen.Select(c => string.Join(" ", c.Filters)),
            ablation.Choose(32, new Rng(1)).Select(c => string.Join(" ", c.Filters))
        );
    }

    private sealed class Twice : Module
    {
        public Conv2d Shared { get; } = new(2, 2, 3, padding: 1);

        private readonly Conv2d _head = new(2, 3, 1);

        public override Tensor Forward(Tensor x) =>
            _head.Forward(Shared.Forward(x).Relu() + Shared.Forward(x * 2.0).Relu());
    }
}
