namespace Fovea.Tests;

/// <summary>Attributes do not change with the number of items that a network is traced with.</summary>
public sealed class AttributeBatchTests
{
    private const int One = 1021;
    private const int Other = 1031;

    public static TheoryData<string, Module> Networks =>
        new()
        {
            { "reshape with the batch", new Lambda(x => x.Reshape(x.Shape[0], -1)) },
            { "reshape without", new Lambda(x => x.Reshape(-1, 4, 36)) },
            { "the whole batch narrowed", new Lambda(x => x.Narrow(0, 0, x.Shape[0])) },
            { "half of two batches", new Lambda(x => Tensor.Concat([x, x], 0).Narrow(0, x.Shape[0], x.Shape[0])) },
            { "channels narrowed", new Lambda(x => x.Narrow(1, 1, 2)) },
            { "squeeze", new Lambda(x => x.Mean([2, 3], keepDims: true).Squeeze()) },
            { "max of several axes", new Lambda(x => x.Max([2, 3])) },
            { "mean of all", new Lambda(x => x.Mean()) },
            { "variance of the batch", new Lambda(x => x.Variance([0])) },
            { "permuted", new Lambda(x => x.Permute(1, 0, 2, 3)) },
            { "loss", new Lambda(x => new MeanSquaredError().Forward(x, x * 2)) },
            { "loss by items", new Lambda(x => new Huber { Reduction = LossReduction.BatchMean }.Forward(x, x * 2)) },
            {
                "layers",
                new Sequential(
                    new Conv2d(4, 8, 3, padding: 1),
                    new BatchNorm2d(8),
                    new ReLU(),
                    new Dropout(0.1),
                    new GroupNorm(8, 2),
                    new MaxPool2d(2),
                    new Flatten(),
                    new Linear(72, 10)
                )
            },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Attributes_TracedWithEitherPrime_AreEqual(string name, Module network) =>
        RequireEqual(name, network, [4, 6, 6]);

    [Fact]
    public void Attributes_RandomNetworksTracedWithEitherPrime_AreEqual()
    {
        Rng rng = new(5);
        for (int i = 0; i < 100; i++)
        {
            RandomNetwork network = RandomNetwork.Draw(rng, maxPools: true);
            RequireEqual($"{i}: {network.Text}", network.Module, network.Item);
        }
    }

    [Fact]
    public void Attributes_RunOfTheBatch_IsOpen()
    {
        Node node = Trace(new Lambda(x => Tensor.Concat([x, x], 0).Narrow(0, x.Shape[0], x.Shape[0])), [3], One).Nodes[
            ^1
        ];

        Assert.Equal(["axis=0", "start=N", "length=N"], node.Operator.Options.Select(o => $"{o.Name}={o.Value}"));
        Assert.Equal(new NarrowAttributes(0, new OpenSize(1, true), new OpenSize(1, true)), node.Operator.Attributes);
        Assert.Equal(new NarrowAttributes(0, 5, 5), node.Operator.At(5).Attributes);
    }

    private static void RequireEqual(string name, Module network, Shape item)
    {
        Graph one = Trace(network, item, One),
            other = Trace(network, item, Other);
        Assert.Equal(one.Nodes.Count, other.Nodes.Count);
        Assert.All(
            one.Nodes.Zip(other.Nodes),
            pair =>
                Assert.True(
                    pair.First.Operator.Attributes == pair.Second.Operator.Attributes,
                    $"{name}, {pair.First.Name}: {pair.First.Operator.Attributes} and {pair.Second.Operator.Attributes}"
                )
        );
    }

    private static Graph Trace(Module network, Shape item, int batch) =>
        Graph.InMode(
            network,
            training: true,
            () =>
                GraphTracer.Trace(
                    "network",
                    network,
                    [GraphInput.OfItems("input", item, TypeOf(network))],
                    (_, x) => network.ForwardAll(x),
                    batch
                )
        );

    private static DType TypeOf(Module network) =>
        network.Parameters() is [var first, ..] ? first.DType : DType.Float32;
}
