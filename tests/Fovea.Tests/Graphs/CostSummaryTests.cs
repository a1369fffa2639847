using Fovea.Testing;

namespace Fovea.Tests;

public sealed class CostSummaryTests
{
    public static TheoryData<string, Module, Shape> Networks =>
        new()
        {
            {
                "plain",
                new Sequential(
                    new Conv2d(3, 4, 3),
                    new ReLU(),
                    new Conv2d(4, 6, 3, stride: 2),
                    new Sigmoid(),
                    new Flatten(),
                    new Linear(54, 5)
                ),
                [3, 9, 9]
            },
            { "residual", new TracedResNet(), [3, 16, 16] },
            {
                "max pools",
                new Sequential(
                    new Conv2d(1, 4, 3, padding: 1),
                    new MaxPool2d(2),
                    new ReLU(),
                    new MaxPool2d(3, 1, 1),
                    new AdaptiveMaxPool2d(2),
                    new GlobalMaxPool(flatten: true),
                    new Linear(4, 2)
                ),
                [1, 12, 12]
            },
            {
                "pool at the input",
                new Sequential(new MaxPool2d(2), new ReLU(), new Conv2d(1, 4, 3), new GlobalAvgPool(flatten: true)),
                [1, 12, 12]
            },
            {
                "batch norm",
                new Sequential(
                    new Conv2d(1, 4, 3),
                    new BatchNorm2d(4),
                    new SiLU(),
                    new Flatten(),
                    new Linear(4 * 36, 7),
                    new BatchNorm1d(7),
                    new Tanh(),
                    new Linear(7, 2)
                ),
                [1, 8, 8]
            },
            {
                "batch norm beside a second reader",
                new Sequential(new Linear(6, 5), new ReLU(), new Concat(new BatchNorm1d(5), new Linear(5, 3))),
                [6]
            },
            {
                "fused",
                new Sequential(
                    new Conv2d(1, 4, 3),
                    new BatchNormRelu2d(4),
                    new MaxPool2d(2),
                    new Conv2d(4, 4, 3, padding: 1),
                    new BatchNormRelu2d(4),
                    new GlobalAvgPool(flatten: true),
                    new Linear(4, 3)
                ),
                [1, 8, 8]
            },
            {
                "dropout",
                new Sequential(
                    new Linear(6, 8),
                    new Dropout(0.5),
                    new GELU(),
                    new Dropout(0.2),
                    new Linear(8, 3),
                    new LogSoftmax()
                ),
                [6]
            },
            {
                "squeeze-excite",
                new Sequential(new Conv2d(2, 8, 3), new SqueezeExcite(8, 2), new Hardswish(), new Conv2d(8, 3, 1)),
                [2, 7, 7]
            },
            {
                "other norms",
                new Sequential(
                    new Conv2d(2, 8, 3),
                    new GroupNorm(8, 2),
                    new PReLU(8),
                    new InstanceNorm2d(8, affine: true),
                    new LeakyReLU(),
                    new Conv2d(8, 4, 1),
                    new LayerNorm([4, 5, 5])
                ),
                [2, 7, 7]
            },
            {
                "moving",
                new Sequential(
                    new Conv2d(2, 4, 3),
                    new Lambda(x => x.Pad(1).Permute(0, 1, 3, 2).Narrow(2, 1, 4)),
                    new Upsample(2.0),
                    new AvgPool2d(2),
                    new ConvTranspose2d(4, 3, 2, stride: 2),
                    new ELU()
                ),
                [2, 7, 7]
            },
            {
                "views of one memory",
                new Sequential(
                    new Linear(12, 12),
                    new Lambda(x => x.Reshape(-1, 3, 4).Relu()),
                    new Flatten(),
                    new Concat(
                        new Linear(12, 2),
                        new Sequential(new Lambda(x => x.Reshape(-1, 2, 6)), new Linear(6, 6), new Flatten())
                    )
                ),
                [12]
            },
            { "arithmetic", new TracedArithmetic(), [5] },
            { "gate on the input", new SqueezeExcite(4, 2), [4, 5] },
            { "p-norm pool", new Sequential(new Conv1d(1, 3, 3), new LpPool1d(2.0, 2), new Softmax(1)), [1, 11] },
        };

    [Theory, MemberData(nameof(Networks))]
    public void KeptBytes_InTraining_AreWhatAutogradKeeps(string name, Module network, Shape item)
    {
        const int Batch = 3;
        network.Initialize(1).Train();
        Tensor y = network.Forward(Tensor.Normal(Shape.Create([Batch, .. item.Sizes])));
        Graph graph = Graph.Trace(network, item, training: true);
        long predicted = CostSummary.Of(graph).KeptBytes * Batch,
            real = KeptMemory.Bytes(y, network);
        string keepers = string.Join(
            "; ",
            graph
                .Nodes.Select(n => (n, Reads: n.Operator.Reads([.. n.Inputs.Select(i => i.DType != DType.Int64)])))
                .Select(k => $"{k.n.Name} {k.n.Output.Shape} reads {k.Reads}")
        );
        Assert.True(
            real > 0 && predicted == real,
            $"{name}: predicted {predicted}, kept {real} bytes for {Batch} items: {keepers}"
        );
    }

    [Fact]
    public void KeptBytes_FrozenLayers_KeepNothingBeforeTheFirstTrainedOne()
    {
        Sequential network = new(
            new Conv2d(1, 4, 3),
            new ReLU(),
            new Conv2d(4, 4, 3),
            new ReLU(),
            new Flatten(),
            new Linear(4 * 16, 3)
        );
        network[0].Freeze();
        network[2].Freeze();
        Tensor y = network.Forward(Tensor.Normal([2, 1, 8, 8]));
        CostSummary costs = CostSummary.Of(Graph.Trace(network, [1, 8, 8], training: true));
        Assert.Equal(KeptMemory.Bytes(y, network), 2 * costs.KeptBytes);
        Assert.Equal(4L * 16 * 4, costs.KeptBytes);
        Assert.Equal((64L * 3) + 3, costs.TrainableParameters);
    }

    [Fact]
    public void Of_HandMadeNetwork_HasTheCountedNumbers()
    {
        Sequential network = new(
            new Conv2d(3, 8, 3, padding: 1),
            new BatchNorm2d(8),
            new ReLU(),
            new AdaptiveAvgPool2d(2),
            new Flatten(),
            new Linear(32, 10)
        );
        CostSummary costs = CostSummary.Of(Graph.Trace(network, [3, 6, 6], training: true));
        Assert.Equal(((3 * 9) + 1) * 8 + 16 + (33 * 10), costs.Parameters);
        Assert.Equal(costs.Parameters, costs.TrainableParameters);
        Assert.Equal(16, costs.StateValues); // the counter of batches is left out
        Assert.Equal((8 * 36 * 27) + 320, costs.MultiplyAdds);
        Assert.Equal((2 * 8 * 36) + (8 * 36), costs.Other);
        Assert.Equal(4 * ((3 * 8 * 36) + 32 + 10), costs.ActivationBytes);
        Assert.Equal(4 * ((3 * 36) + (8 * 36) + (8 * 36) + 32), costs.KeptBytes); // inputs of conv and norm, the output of ReLU, the input of the linear layer
        Assert.Equal((4 * (16 + (costs.Parameters * 3))) + (costs.KeptBytes * 5), costs.TrainingBytes(5));
        Assert.Equal((4 * (16 + (costs.Parameters * 2))) + costs.KeptBytes, costs.TrainingBytes(1, 0));
        Assert.Equal([224, 16, 0, 0, 0, 330], costs.Nodes.Select(n => n.Parameters));
    }

    /// <summary>Counts multiply-adds by doing the sum: each filter at each place, padding included as the field
    /// counts.</summary>
    [Fact]
    public void MultiplyAdds_ConvolutionsAndProducts_EqualALoop()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            Rng rng = new Rng(31).Split(seed);
            int groups = 1 + rng.Next(3),
                inChannels = groups * (1 + rng.Next(3)),
                outChannels = groups * (1 + rng.Next(3)),
                kernel = 1 + rng.Next(3),
                stride = 1 + rng.Next(2),
                size = 4 + rng.Next(5);
            foreach (
                Module layer in new Module[]
                {
                    new Conv2d(inChannels, outChannels, kernel, stride, padding: 1, groups: groups),
                    new ConvTranspose2d(inChannels, outChannels, kernel, stride, groups: groups),
                }
            )
            {
                Node node = Assert.Single(Graph.Trace(layer, [inChannels, size, size]).Nodes);
                int places = layer is Conv2d ? node.Output.Shape.Single[2] : size;
                long count = 0;
                for (int place = 0; place < places * places; place++)
                {
                    for (int i = 0; i < inChannels; i++)
                    {
                        for (int o = 0; o < outChannels; o++)
                        {
                            count += i / (inChannels / groups) == o / (outChannels / groups) ? kernel * kernel : 0;
                        }
                    }
                }

                Assert.True(
                    count == node.Operator.Cost(node.Shapes).MultiplyAdds,
                    $"{node} seed {seed}: counted {count}, rule {node.Operator.Cost(node.Shapes)}"
                );
            }
        }

        Assert.Equal(
            7 * 5 * 3,
            Assert.Single(
                Graph.Trace(new Linear(5, 3), [7, 5]).Nodes.Select(n => n.Operator.Cost(n.Shapes).MultiplyAdds)
            )
        );
        Assert.Equal(
            2 * 4 * 4 * 6,
            Assert.Single(
                Graph
                    .Trace(new TracedFunction(x => x.MatMul(x.Transpose())), [2, 4, 6])
                    .Nodes.Where(n => n.Operator.Name == "MatMul")
                    .Select(n => n.Operator.Cost(n.Shapes).MultiplyAdds)
            )
        );
    }
}

/// <summary>Products, quotients and differences of activations and parameters.</summary>
internal sealed class TracedArithmetic : Module
{
    private readonly Linear _a = new(5, 5);
    private readonly Linear _b = new(5, 5);
    private readonly Parameter _scale = new([5], new Constant(1.5), ParameterKind.Other);

    public override Tensor Forward(Tensor x)
    {
        Tensor a = _a.Forward(x).Sigmoid(),
            b = _b.Forward(x).Exp();
        return ((a * b) - (a / (b + 1.0)) + (a * _scale)).Maximum(b.Square()) - b.Max([1], keepDims: true);
    }
}
