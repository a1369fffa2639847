using Fovea.Graphs;
using Fovea.Interop.Onnx;
using Fovea.Interop.Onnx.Messages;
using Fovea.Models;
using Fovea.Testing;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Whole networks as files: sizes that are open, names, weights beside the file, folding, training further.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private const double Bar = 1e-4; // of the largest value
    private const string SmallNet =
        "input 3x12x12; conv 8 3 padding=same bias=false; bn; relu; maxpool 2; conv 8 3 padding=1; bn; relu; globalavgpool flatten=true; linear 4";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-export-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Small inputs where the network permits; the command of docs/onnx.md takes all networks at their own
    /// sizes.</summary>
    [Theory]
    [InlineData("small_cnn", 32)]
    [InlineData("resnet20", 32)]
    [InlineData("resnet18", 64)]
    [InlineData("squeezenet1_1", 64)]
    [InlineData("densenet121", 64)]
    [InlineData("googlenet", 64)]
    [InlineData("mobilenet_v2", 64)]
    [InlineData("mobilenet_v3_small", 64)]
    [InlineData("efficientnet_b0", 64)]
    [InlineData("inception_time", 96)]
    public void Save_NetworkOfTheZoo_RunsInOnnxRuntimeAndIsTheSameWrittenAgain(string name, int size)
    {
        Shape usual = ModelRegistry.UsualItem(name);
        Shape item = Shape.Create([usual[0], .. Enumerable.Repeat(size, usual.Rank - 1)]);
        Graph graph = Graph.Trace(ModelRegistry.Create(name, item).Model, item, name: name);
        string path = At("net.onnx");
        OnnxExportResult result = OnnxExport.Save(graph, path);
        Assert.True(
            result.LargestDifference <= Bar * result.LargestValue,
            $"{name}: read back, {result.LargestDifference:E1} of {result.LargestValue:E1}"
        );
        Tensor x = Tensor.Normal(graph.Input.Shape.At(3), rng: new Rng(2));
        double difference = OtherRuntime.Difference(
            new Interpreter(graph).Run([x])[0].ToArray<double>(),
            OtherRuntime.RunFile(path, x)[0]
        );
        Assert.True(difference <= Bar, $"{name}: ONNX Runtime differs by {difference:E1}");

        OnnxNetwork network = OnnxNetwork.Load(path);
        Assert.Equal(graph.Parameters.Select(p => p.Name), network.NamedParameters().Select(p => p.Path));
        Assert.Equal(File.ReadAllBytes(path), OnnxExport.ToBytes(network.ToGraph()));
    }

    [Fact]
    public void ToBytes_Twice_AreTheSame() => Assert.Equal(OnnxExport.ToBytes(Small()), OnnxExport.ToBytes(Small()));

    /// <summary>Issues onnxruntime 6424, 10463: no reshape may hold the batch that the exporter saw. And IR versions below 4
    /// would list weights as inputs (onnx/optimizer 325).</summary>
    [Fact]
    public void ToBytes_Usual_LeavesTheBatchOpenAndListsNoWeightAsInput()
    {
        ModelProto model = Proto(OnnxExport.ToBytes(Small()));
        Assert.Equal(["batch", "", "", ""], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(d => d.DimParam));
        Assert.Equal(["batch", ""], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(d => d.DimParam));
        Assert.Equal(["input"], model.Graph.Input.Select(i => i.Name));
        Assert.Equal(["output"], model.Graph.Output.Select(o => o.Name));
        Assert.Equal((8, 17), (model.IrVersion, model.OpsetImport[0].Version));
        foreach (int batch in (int[])[1, 2, 5])
        {
            Tensor x = Tensor.Normal([batch, 3, 12, 12], rng: new Rng(1));
            Assert.True(
                OtherRuntime.Difference(
                    new Interpreter(Small()).Run([x])[0].ToArray<double>(),
                    OtherRuntime.Run(OnnxExport.ToBytes(Small()), x)[0]
                ) <= Bar
            );
        }
    }

    /// <summary>The versions that ONNX' own list of releases gives for each set of operators.</summary>
    [Theory]
    [InlineData(13, 7)]
    [InlineData(15, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(21, 10)]
    [InlineData(27, 13)]
    public void ToBytes_Opset_ComesWithTheVersionOfTheFormatThatFitsIt(int opset, int version)
    {
        ModelProto model = Proto(OnnxExport.ToBytes(Small(), new OnnxExportOptions { Opset = opset }));
        Assert.Equal((opset, version), (model.OpsetImport[0].Version, model.IrVersion));
    }

    [Fact]
    public void Save_OpenHeightAndWidth_TakesOtherSizes()
    {
        Graph graph = Small();
        string path = At("open.onnx");
        OnnxExport.Save(
            graph,
            path,
            new OnnxExportOptions { Open = OnnxOpenAxes.Batch | OnnxOpenAxes.Height | OnnxOpenAxes.Width }
        );
        OnnxNetwork network = OnnxNetwork.Load(path);
        Assert.Equal(["batch", "3", "height", "width"], network.Inputs[0].Sizes);
        Tensor x = Tensor.Normal([2, 3, 20, 31], rng: new Rng(1));
        double[] expected = graph.Module!.Eval().Forward(x).ToArray<double>();
        Assert.True(OtherRuntime.Difference(expected, OtherRuntime.RunFile(path, x)[0]) <= Bar);
        Assert.True(OtherRuntime.Difference(expected, network.Forward(x).ToArray<double>()) <= Bar);
    }

    [Theory]
    [InlineData("input 3x12x12; conv 4 3; flatten; linear 3", OnnxOpenAxes.Height, "height cannot be left open")]
    [InlineData(
        "input 3x12x12; conv 4 3; adaptiveavgpool 2; flatten; linear 3",
        OnnxOpenAxes.Width,
        "'adaptiveavgpool1"
    )]
    public void Save_SizeThatANodeFixes_IsRefusedByItsName(string text, OnnxOpenAxes open, string expected)
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(text);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() =>
            OnnxExport.ToBytes(Graph.Trace(network, item), new OnnxExportOptions { Open = open })
        );
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_NamesAndMetadata_AreInTheFileAndStayWhenItIsWrittenAgain()
    {
        OnnxExportOptions options = new()
        {
            InputNames = ["pixels"],
            OutputNames = ["scores"],
            Metadata = new Dictionary<string, string> { ["classes"] = "[\"a\",\"b\"]", ["author"] = "Ö" },
        };
        byte[] model = OnnxExport.ToBytes(Small(), options);
        OnnxNetwork network = OnnxNetwork.Read(model);
        Assert.Equal(("pixels", "scores"), (network.Inputs[0].Name, network.Outputs[0].Name));
        Assert.Equal("Ö", network.Metadata["author"]);
        Assert.Equal(model, OnnxExport.ToBytes(network.ToGraph()));
        Assert.Throws<ArgumentException>(() =>
            OnnxExport.ToBytes(Small(), new OnnxExportOptions { OutputNames = ["a", "b"] })
        );
    }

    /// <summary>Issue onnxruntime 28763: a small network, a name with blanks and letters beyond ASCII, a folder.</summary>
    [Fact]
    public void Save_ExternalData_IsReadBesideTheModelByBoth()
    {
        Directory.CreateDirectory(At("ein Ordner"));
        string path = At(Path.Combine("ein Ordner", "größe 1.onnx"));
        OnnxExportResult result = OnnxExport.Save(Small(), path, new OnnxExportOptions { ExternalData = true });
        Assert.Equal(path + ".data", result.DataPath);
        Assert.True(new FileInfo(result.DataPath!).Length > 2000);
        Assert.Equal(0.0, result.LargestDifference);
        Tensor x = Tensor.Normal([2, 3, 12, 12], rng: new Rng(1));
        Assert.True(
            OtherRuntime.Difference(
                new Interpreter(Small()).Run([x])[0].ToArray<double>(),
                OtherRuntime.RunFile(path, x)[0]
            ) <= Bar
        );
        Assert.Equal(2, Directory.GetFiles(At("ein Ordner")).Length);
    }

    /// <summary>Issues pytorch 166797, 169178. By hand: weight 2 and bias 1, mean 3, variance 4 - eps, scale 5, shift 6 give
    /// (2 x + 1 - 3) / 2 times 5 plus 6, which is 5 x + 1.</summary>
    [Fact]
    public void ToBytes_FoldedNormalization_IsInTheConvolutionBefore()
    {
        Sequential network = new(new Conv2d(1, 1, 1), new BatchNorm2d(1));
        network.LoadStateDict(
            new Dictionary<string, Tensor>
            {
                ["0.weight"] = Tensor.From<float>([2f], [1, 1, 1, 1]),
                ["0.bias"] = Tensor.From<float>([1f], [1]),
                ["1.weight"] = Tensor.From<float>([5f], [1]),
                ["1.bias"] = Tensor.From<float>([6f], [1]),
                ["1.running_mean"] = Tensor.From<float>([3f], [1]),
                ["1.running_var"] = Tensor.From<float>([4f - 1e-5f], [1]),
                ["1.num_batches_tracked"] = Tensor.Scalar(0.0),
            }
        );
        Graph graph = Graph.Trace(network, [1, 2, 2]);
        byte[] model = OnnxExport.ToBytes(graph, new OnnxExportOptions { FoldNormalizations = true });
        ModelProto proto = Proto(model);
        Assert.Equal(["Conv"], proto.Graph.Node.Select(n => n.OpType));
        Assert.Equal(["0.weight", "0.bias"], proto.Graph.Initializer.Select(t => t.Name));
        Tensor x = Tensor.From<float>([0f, 1f, 2f, -1f], [1, 1, 2, 2]);
        Assert.All(
            OtherRuntime.Run(model, x)[0].Zip((double[])[1, 6, 11, -4]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-5)
        );
        Assert.Contains("BatchNormalization", Proto(OnnxExport.ToBytes(graph)).Graph.Node.Select(n => n.OpType));
    }

    [Theory]
    [InlineData(
        "input 3x8x8; conv 6 3 groups=3; bn; relu; convtranspose 4 3 stride=2 groups=2; bn; globalavgpool flatten=true; linear 5; bn",
        0
    )]
    [InlineData("input 3x8x8; a: conv 3 3 padding=1; b: bn; add from=a,b; globalavgpool flatten=true", 1)]
    public void ToBytes_FoldedWhereTheLayerHasNoOtherReader_Agrees(string text, int normalizations)
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(text);
        network.Initialize(4);
        Rng random = new(3);
        network.LoadStateDict(
            network
                .StateDict()
                .ToDictionary(
                    s => s.Key,
                    s => s.Value.Rank == 1 ? Tensor.Uniform(s.Value.Shape, 0.5, 1.5, rng: random) : s.Value
                )
        );
        Graph graph = Graph.Trace(network, item);
        byte[] model = OnnxExport.ToBytes(graph, new OnnxExportOptions { FoldNormalizations = true });
        Assert.Equal(normalizations, Proto(model).Graph.Node.Count(n => n.OpType == "BatchNormalization"));
        Tensor x = Tensor.Normal([2, .. item], rng: new Rng(1));
        double difference = OtherRuntime.Difference(
            new Interpreter(graph).Run([x])[0].ToArray<double>(),
            OtherRuntime.Run(model, x)[0]
        );
        Assert.True(difference <= Bar, $"differs by {difference:E1}");
    }

    /// <summary>A file with its normalizations trains on as the network: weights, running statistics and loss of a step are
    /// equal to the bit. The momentum of ONNX is one minus that of PyTorch (pytorch 40074, 18525), and nothing is frozen
    /// (pytorch 75252).</summary>
    [Fact]
    public void Load_OfAnExportedNetwork_TrainsAsTheNetwork()
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(
            SmallNet.Replace("bn;", "bn momentum=0.25;", StringComparison.Ordinal)
        );
        network.Initialize(6);
        OnnxNetwork read = OnnxNetwork.Read(OnnxExport.ToBytes(Graph.Trace(network, item)));
        double[] losses = [.. new Module[] { network, read }.Select(Step)];
        Assert.Equal(losses[0], losses[1]);
        IReadOnlyDictionary<string, Tensor> mine = network.StateDict(),
            its = read.StateDict();
        Assert.Equal(mine.Keys.Order(StringComparer.Ordinal), its.Keys.Order(StringComparer.Ordinal));
        Assert.All(mine.Keys, key => Assert.Equal(mine[key].ToArray(), its[key].ToArray()));

        static double Step(Module module)
        {
            module.Train();
            SGD optimizer = new(module, learningRate: 0.1);
            Tensor x = Tensor.Normal([6, 3, 12, 12], rng: new Rng(9));
            Tensor loss = new CrossEntropy().Forward(
                module is MultiModule several ? several.ForwardAll(x)[0] : module.Forward(x),
                Tensor.From<long>([0, 1, 2, 3, 0, 1], [6])
            );
            loss.Backward();
            optimizer.Step();
            return loss.Item();
        }
    }

    /// <summary>Parameters that stand in no slot of an ONNX operator stay parameters of the same name.</summary>
    [Fact]
    public void Read_ParameterOfAProductWithBroadcasting_IsLearned()
    {
        Scaled network = new();
        byte[] model = OnnxExport.ToBytes(Graph.Trace(network, [3, 4, 4]));
        OnnxNetwork read = OnnxNetwork.Read(model);
        Assert.Equal(["scale"], read.NamedParameters().Select(p => p.Path));
        Assert.Equal(ParameterKind.Other, read.Parameters()[0].Kind);
        Assert.Equal(model, OnnxExport.ToBytes(read.ToGraph()));
    }

    /// <summary>Issues pytorch 61404, onnxscript 2986: ReLU6 is one Clip, and a bound that is absent is an empty name.</summary>
    [Fact]
    public void ToBytes_Bounds_AreInputsOfOneClip()
    {
        Graph graph = Graph.Trace(new ExportCases.Function(x => x.Relu6().Clamp(high: 2.0)), [3]);
        ModelProto model = Proto(OnnxExport.ToBytes(graph));
        Assert.Equal(["Clip", "Clip"], model.Graph.Node.Select(n => n.OpType));
        Assert.Equal(["input", "relu6.min", "relu6.max"], model.Graph.Node[0].Input);
        Assert.Equal(["relu6", "", "clamp.max"], model.Graph.Node[1].Input);
    }

    [Fact]
    public void ToBytes_GraphOfTraining_IsRefused()
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(SmallNet);
        Graph graph = Graph.Trace(network, item, training: true);
        Assert.Throws<InvalidOperationException>(() => OnnxExport.ToBytes(graph));
        Assert.Throws<ArgumentException>(() => OnnxExport.ToBytes(Small(), new OnnxExportOptions { Opset = 12 }));
    }

    [Fact]
    public void ToBytes_OperatorOfTheUsersOwn_IsRefusedByName()
    {
        Graph graph = Graph.Trace(new ExportCases.Function(x => new Doubling().Apply(x.Relu())), [3]);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => OnnxExport.ToBytes(graph));
        Assert.Contains("Doubling in 'doubling' (it is not one of Fovea's own)", e.Message, StringComparison.Ordinal);
    }

    /// <summary>What has no operator of Fovea is written as it was read, in its opset.</summary>
    [Fact]
    public void ToBytes_ForeignOperator_IsWrittenAsItWasRead()
    {
        ModelProto foreign = OnnxModels.Model(
            17,
            [OnnxModels.Input("x", "n", 4)],
            "y",
            OnnxModels.Node("Sinh", "x", "s"),
            OnnxModels.Node("Cosh", "s", "y")
        );
        Graph graph = foreign.Open().ToGraph();
        byte[] model = OnnxExport.ToBytes(graph);
        Assert.Equal(["Sinh", "Cosh"], Proto(model).Graph.Node.Select(n => n.OpType));
        Assert.Equal(model, OnnxExport.ToBytes(OnnxNetwork.Read(model, "test.onnx").ToGraph()));
        Tensor x = Tensor.From<float>([0f, 1f, -1f, 0.5f], [1, 4]);
        Assert.True(
            OtherRuntime.Difference(
                [.. x.ToArray().Select(v => Math.Cosh(Math.Sinh(v)))],
                OtherRuntime.Run(model, x)[0]
            ) <= 1e-5
        );
        ModelFormatException e = Assert.Throws<ModelFormatException>(() =>
            OnnxExport.ToBytes(graph, new OnnxExportOptions { Opset = 21 })
        );
        Assert.Contains("Sinh 'sinh'", e.Message, StringComparison.Ordinal);
    }

    private static Graph Small()
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(SmallNet);
        return Graph.Trace(network.Initialize(2), item, name: "small");
    }

    private static ModelProto Proto(byte[] model) => OnnxReader.Read(model, "test");

    private sealed class Scaled : Module
    {
        private readonly Parameter _scale = new([3, 1, 1], new Fovea.Initialization.Constant(0.5), ParameterKind.Other);

        public override Tensor Forward(Tensor x) => x * _scale;
    }

    private sealed class Doubling : Operator
    {
        public override string Name => "Doubling";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call) => call.Inputs[0] * 2.0;
    }
}
