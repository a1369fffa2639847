using Fovea.Interop.Onnx.Messages;
using Xunit;
using static Fovea.Interop.Tests.Onnx.OnnxModels;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>An imported network is a module like any other.</summary>
public sealed class OnnxNetworkTests
{
    [Fact]
    public void Read_NamesOfPyTorch_AreThoseOfModules()
    {
        OnnxNetwork network = SmallCnn().Open();
        Assert.Equal(
            [
                "features.0.weight",
                "features.0.bias",
                "features.1.weight",
                "features.1.bias",
                "classifier.weight",
                "classifier.bias",
            ],
            network.NamedParameters().Select(p => p.Path)
        );
        Assert.Equal(
            ["features.1.running_mean", "features.1.running_var", "features.1.num_batches_tracked"],
            network.NamedBuffers().Select(b => b.Path)
        );
        Assert.Equal("features.0", network.ToGraph().Nodes[0].Name);
        Assert.Equal(["batch", "1", "6", "6"], network.Inputs[0].Sizes);
        Assert.False(network.IsTraining);
    }

    [Theory]
    [InlineData("/layer1/layer1.0/conv1/Conv", "Conv", "layer1.0.conv1")]
    [InlineData("/conv1/Conv", "Conv", "conv1")]
    [InlineData("node_conv2d_1", "Conv", "node_conv2d_1")]
    [InlineData("/Add", "Add", "Add")]
    [InlineData("", "Relu", "relu")]
    [InlineData("StatefulPartitionedCall/model/conv1/Conv2D:0", "Conv", "StatefulPartitionedCall.model.conv1.Conv2D_0")]
    public void Path_NamesOfExporters_ArePathsOfModules(string name, string type, string path) =>
        Assert.Equal(path, Interop.Onnx.OnnxNames.Path(name, type));

    [Fact]
    public void Train_ImportedNetwork_LossFalls()
    {
        OnnxNetwork network = SmallCnn().Open();
        network.Train();
        Tensor x = Tensor.Normal([16, 1, 6, 6], rng: new Rng(1));
        long[] labels = [.. Enumerable.Range(0, 16).Select(i => i % 2L)];
        float[] values = x.ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += labels[i / 36] * ((i % 6) - 2.5f); // a slope along the rows is the class
        }

        x = Tensor.From<float>(values, x.Shape);
        Tensor targets = Tensor.From<long>(labels, [16]);
        CrossEntropy loss = new();
        Adam optimizer = new(network, learningRate: 0.02);
        double first = 0.0,
            last = 0.0;
        for (int step = 0; step < 60; step++)
        {
            network.ZeroGrad();
            Tensor value = loss.Forward(network.Forward(x), targets);
            value.Backward();
            optimizer.Step();
            last = value.Item();
            first = step == 0 ? last : first;
        }

        Assert.All(network.Parameters(), p => Assert.NotNull(p.Grad));
        Assert.True(last < 0.3 * first, $"the loss was {first} and is {last}");
    }

    /// <summary>ONNX' momentum is the share of the old statistics: 0.9 there is 0.1 in PyTorch. Issues pytorch 40074,
    /// 18525.</summary>
    [Fact]
    public void Train_Normalization_MovesByOneMinusMomentum()
    {
        OnnxNetwork network = Model(
                17,
                [Input("x", "n", 1, 2)],
                "y",
                Node("BatchNormalization", "x w b mean var", "y", Number("momentum", 0.75f))
            )
            .With(Floats("w", [1], 1f), Floats("b", [1], 0f), Floats("mean", [1], 4f), Floats("var", [1], 1f))
            .Open();
        network.Train();
        _ = network.Forward(Tensor.From<float>([0f, 2f, 4f, 6f], [2, 1, 2])); // mean 3, unbiased variance 20/3
        float[] state = [.. network.NamedBuffers().Select(b => b.Buffer.ToArray()[0])];
        Assert.Equal((0.75f * 4f) + (0.25f * 3f), state[0], 1e-5f);
        Assert.Equal(0.75f + (0.25f * 20f / 3f), state[1], 1e-5f);
        Assert.Equal(1f, state[2]);
    }

    [Fact]
    public void Train_NormalizationInDouble_MovesItsStatistics()
    {
        OnnxNetwork network = OnnxNetwork.Read(
            OnnxExport.ToBytes(
                Graph.Trace(
                    new Sequential(new BatchNorm1d(1)).To(DType.Float64),
                    [GraphInput.OfItems("x", [1, 2], DType.Float64)]
                )
            )
        );
        network.Train();

        _ = network.Forward(Tensor.From<double>([0, 2, 4, 6], [2, 1, 2])); // mean 3, unbiased variance 20/3

        double[] state = [.. network.NamedBuffers().Select(b => b.Buffer.ToArray<double>()[0])];
        Assert.Equal(
            [0.1 * 3, 0.9 + (0.1 * 20 / 3), 1.0],
            state.Select(v => Math.Round(v, 12)),
            (a, b) => Math.Abs(a - b) < 1e-9
        );
    }

    /// <summary>A compiled graph may merge them for speed, the imported network never does. Issues pytorch 166797,
    /// 169178.</summary>
    [Fact]
    public void ToGraph_NormalizationAfterConvolution_StaysOne()
    {
        Graph graph = SmallCnn().Open().ToGraph();
        Assert.Equal(
            ["Conv2d", "BatchNorm", "ReLU", "GlobalAvgPool", "Flatten", "Linear"],
            graph.Nodes.Select(n => n.Operator.Name)
        );
    }

    [Fact]
    public void ToGraph_Compiled_AgreesWithNetworkForAnyBatch()
    {
        OnnxNetwork network = SmallCnn().Open();
        CompiledNetwork compiled = network.ToGraph().Compile();
        foreach (int batch in new[] { 1, 2, 5 })
        {
            Tensor x = Tensor.Normal([batch, 1, 6, 6], rng: new Rng(3));
            float[] expected = network.Forward(x).ToArray();
            Assert.All(compiled.Run(x).ToArray().Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-5f));
        }
    }

    /// <summary>IR versions below 4 list initializers among the inputs. Issue onnx/optimizer 325.</summary>
    [Fact]
    public void Read_InitializersAmongInputs_AreNoInputs()
    {
        ModelProto model = SmallCnn();
        model.IrVersion = 3;
        model.Graph.Input.Add(Input("features.0.weight", 4, 1, 3, 3));
        OnnxNetwork network = model.Open();
        Assert.Equal(["input"], network.Inputs.Select(i => i.Name));
        Assert.Equal(6, network.Parameters().Count);
    }

    /// <summary>Exporters write the batch that they had into reshapes. Issues onnxruntime 6424, 10463.</summary>
    [Theory]
    [InlineData(1, -1)]
    [InlineData(1, 12)]
    [InlineData(-1, 12)]
    [InlineData(0, 12)]
    public void Forward_BatchFixedInReshape_ItemsStayApart(long first, long second)
    {
        OnnxNetwork network = Model(
                13,
                [Input("x", 1, 3, 4)],
                "y",
                Node("Reshape", "x shape", "r"),
                Node("MatMul", "r w", "y")
            )
            .With(
                Longs("shape", first, second),
                Floats("w", [12, 1], [.. Enumerable.Range(0, 12).Select(i => (float)i)])
            )
            .Open();
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 36).Select(i => (float)i)], [3, 3, 4]);
        // The sum of i (12 n + i) over i = 0 to 11 is 506 + 12 n 66.
        float[] expected = [506f, 506f + 792f, 506f + 1584f];
        Assert.Equal(expected, network.Forward(x).ToArray());
        Assert.Equal(expected, network.ToGraph().Compile().Run(x).ToArray());
    }

    [Fact]
    public void Read_SharedInitializer_IsOneParameter()
    {
        OnnxNetwork network = Model(13, [Input("x", "n", 2)], "y", Node("Gemm", "x w", "a"), Node("Gemm", "a w", "y"))
            .With(Floats("w", [2, 2], 1f, 2f, 3f, 4f))
            .Open();
        Assert.Single(network.Parameters());
        Assert.Equal([7f, 10f, 15f, 22f], network.Forward(Tensor.Eye(2)).ToArray());
    }

    [Fact]
    public void ForwardAll_SeveralInputsAndOutputs_AreInOrder()
    {
        ModelProto model = Model(
            13,
            [Input("a", "n", 2), Input("b", "n", 2)],
            "sum",
            Node("Add", "a b", "sum"),
            Node("Sub", "a b", "difference")
        );
        model.Graph.Output.Add(new ValueInfoProto { Name = "difference", Type = model.Graph.Output[0].Type });
        OnnxNetwork network = model.Open();
        Tensor a = Tensor.From<float>([5f, 6f], [1, 2]),
            b = Tensor.From<float>([1f, 2f], [1, 2]);
        foreach (
            IReadOnlyList<Tensor> y in new[] { network.ForwardAll(a, b), network.ToGraph().Compile().RunAll(a, b) }
        )
        {
            Assert.Equal([6f, 8f], y[0].ToArray());
            Assert.Equal([4f, 4f], y[1].ToArray());
        }
    }

    [Fact]
    public void ForwardAll_AnotherTypeOrNumber_IsRefused()
    {
        OnnxNetwork network = SmallCnn().Open();
        Assert.Contains(
            "takes 1 inputs",
            Assert.Throws<ShapeException>(() => network.ForwardAll(Tensor.Zeros([1]), Tensor.Zeros([1]))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "takes Float32, got Float64",
            Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros([1, 1, 6, 6], DType.Float64))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ToGraph_SizesDependOnValues_NamesTheNode()
    {
        OnnxNetwork network = Model(13, [Input("x", "n", 4)], "y", Node("NonZero", "x", "y")).Open();
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => network.ToGraph());
        Assert.Contains("NonZero 'nonzero'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToGraph_OpenSizes_AsksForThem()
    {
        OnnxNetwork network = Model(13, [Input("x", "n", 3, "h", "w")], "y", Node("Relu", "x", "y")).Open();
        Assert.Contains(
            "are open",
            Assert.Throws<ShapeException>(() => network.ToGraph()).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("[N, 3, 8, 9]", network.ToGraph([3, 8, 9]).Output.Shape.ToString());
    }

    [Fact]
    public void Forward_NodeWithoutGradientInTraining_SaysSo()
    {
        OnnxNetwork network = Model(
                13,
                [Input("x", "n", 1, 4, 4)],
                "y",
                Node("Conv", "x w", "c"),
                Node("Resize", "c _ scales", "y", Text("mode", "cubic"))
            )
            .With(Floats("w", [1, 1, 1, 1], 1f), Floats("scales", [4], 1f, 1f, 2f, 2f))
            .Open();
        Tensor loss = network.Forward(Tensor.Ones([1, 1, 4, 4])).Sum();
        Assert.Contains(
            "Resize",
            Assert.Throws<NotSupportedException>(() => loss.Backward()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Read_UnsupportedOperators_AreAllListed()
    {
        NodeProto own = Node("Twist", "c", "d");
        own.Domain = "my.domain";
        ModelProto model = Model(
            21,
            [Input("x", 1)],
            "y",
            Node("LSTM", "x", "a"),
            Node("GRU", "a", "b"),
            Node("StringNormalizer", "b", "c"),
            own,
            Node("Relu", "d", "y")
        );
        string message = Assert.Throws<ModelFormatException>(model.Open).Message;
        Assert.Equal(
            "test.onnx: operators that are not supported: LSTM (opset 21) in 'lstm'; GRU (opset 21) in 'gru'; StringNormalizer (opset 21) in 'stringnormalizer'; my.domain.Twist (opset 0) in 'twist'.",
            message
        );
    }
}
