using Fovea.Interop.Onnx;
using Fovea.Interop.Onnx.Messages;
using Fovea.Testing;
using Google.Protobuf;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Whole networks of the ONNX test suite, whose weights are ConstantOfShape. Its runner feeds 0/n, 1/n, ... (n the
/// number of elements), and the outputs were recorded from its reference evaluator.</summary>
public sealed class WholeModelTests
{
    [DataTheory("onnx-light")]
    [InlineData("squeezenet")]
    [InlineData("resnet50")]
    [InlineData("inception_v1")]
    [InlineData("densenet121")]
    [InlineData("bvlc_alexnet")]
    [InlineData("vgg19")]
    public void Run_LightModel_GivesRecordedOutput(string name)
    {
        string folder = TestData.Find("onnx-light")!;
        OnnxNetwork network = OnnxNetwork.Load(Path.Combine(folder, $"light_{name}.onnx"));
        int[] sizes = [.. network.Inputs[0].Sizes!.Select(int.Parse)];
        Shape shape = Shape.Create(sizes);
        Tensor x = Tensor.From<float>(
            [.. Enumerable.Range(0, (int)shape.Count).Select(i => (float)((double)i / shape.Count))],
            shape
        );
        OnnxValue recorded = TensorReader.ReadFile(Path.Combine(folder, $"light_{name}_output_0.pb")).Value;

        CompiledNetwork compiled = network.ToGraph().Compile();
        OnnxValue eager = new(Fovea.Interop.Onnx.ElementType.Float, Eager(network, x)[0]);

        Assert.Null(RecordedData.Difference(eager, recorded, new OnnxTolerance()));
        Assert.Null(
            RecordedData.Difference(
                new OnnxValue(Fovea.Interop.Onnx.ElementType.Float, compiled.Run(x)),
                recorded,
                new OnnxTolerance()
            )
        );
    }

    /// <summary>A detector of faces with real weights, in the forms that its authors give: batch normalizations kept or merged,
    /// boxes decoded or not. Expected are the sums that ONNX Runtime 1.31.1 gives for this input.</summary>
    [DataTheory("models/ultraface")]
    [InlineData("version-RFB-320.onnx", 8821.8305, 8844.0054)]
    [InlineData("version-RFB-320_simplified.onnx", -13453.6086, 17014.6937)]
    [InlineData("version-RFB-320_without_postprocessing.onnx", -13453.6046, 17014.6928)]
    [InlineData("version-slim-320_simplified.onnx", -7956.7654, 14608.9170)]
    public void Run_Detector_AgreesWithOnnxRuntime(string file, double sum, double size)
    {
        OnnxNetwork network = OnnxNetwork.Load(Path.Combine(TestData.Find("models/ultraface")!, file));
        Shape shape = [1, 3, 240, 320];
        Tensor x = Tensor.From<float>(
            [.. Enumerable.Range(0, (int)shape.Count).Select(i => ((i * 37L % 256) - 127) / 128f)],
            shape
        );
        foreach (IReadOnlyList<Tensor> y in new[] { Eager(network, x), network.ToGraph().Compile().RunAll(x) })
        {
            Assert.Equal(4420.0, y[0].ToArray<double>().Sum(), 1e-3); // pairs of shares that add up to 1
            Assert.Equal(sum, y[1].ToArray<double>().Sum(), 0.05);
            Assert.Equal(size, y[1].ToArray<double>().Sum(Math.Abs), 0.05);
        }

        IReadOnlyList<double[]> other = OtherRuntime.RunFile(network.Name, x);
        IReadOnlyList<Tensor> own = Eager(network, x);
        for (int i = 0; i < other.Count; i++)
        {
            double difference = OtherRuntime.Difference(other[i], own[i].ToArray<double>());
            Assert.True(difference < 1e-4, $"{file}, output {i}: {difference:G3} of the largest value");
        }
    }

    /// <summary>The detector with a NonMaxSuppression behind it, as SSD networks are exported: sizes depend on values.</summary>
    [DataTheory("models/ultraface")]
    [InlineData(0.05f, 0.5f)]
    [InlineData(0.3f, 0.1f)]
    public void Run_DetectorThatSelectsBoxes_GivesThoseOfOnnxRuntime(float score, float overlap)
    {
        string file = Path.Combine(TestData.Find("models/ultraface")!, "version-RFB-320.onnx");
        ModelProto model = OnnxReader.Read(OnnxExport.ToBytes(OnnxNetwork.Load(file).ToGraph()), "detector");
        GraphProto graph = model.Graph;
        string scores = graph.Output[0].Name,
            boxes = graph.Output[1].Name;
        graph.Node.Add(
            new NodeProto
            {
                OpType = "Transpose",
                Name = "by class",
                Input = { scores },
                Output = { "by class" },
                Attribute =
                {
                    new AttributeProto
                    {
                        Name = "perm",
                        Type = AttributeProto.Types.AttributeType.Ints,
                        Ints = { 0, 2, 1 },
                    },
                },
            }
        );
        graph.Node.Add(
            new NodeProto
            {
                OpType = "NonMaxSuppression",
                Name = "select",
                Input = { boxes, "by class", "most", "overlap", "score" },
                Output = { "selected" },
            }
        );
        graph.Initializer.Add(
            new TensorProto
            {
                Name = "most",
                DataType = 7,
                Dims = { 1 },
                Int64Data = { 50 },
            }
        );
        graph.Initializer.Add(Number("overlap", overlap));
        graph.Initializer.Add(Number("score", score));
        ValueInfoProto selected = graph.Output[0].Clone();
        selected.Name = "selected";
        selected.Type.TensorType.ElemType = 7;
        selected.Type.TensorType.Shape = new TensorShapeProto
        {
            Dim =
            {
                new TensorShapeProto.Types.Dimension { DimParam = "boxes" },
                new TensorShapeProto.Types.Dimension { DimValue = 3 },
            },
        };
        graph.Output.Add(selected);
        byte[] bytes = model.ToByteArray();
        Tensor x = Tensor.From<float>(
            [.. Enumerable.Range(0, 3 * 240 * 320).Select(i => ((i * 37L % 256) - 127) / 128f)],
            [1, 3, 240, 320]
        );

        double[] other = OtherRuntime.Run(bytes, x)[2];
        Tensor own = Eager(OnnxNetwork.Read(bytes, "detector"), x)[2];

        Assert.NotEmpty(other);
        Assert.Equal(other, own.ToArray<double>());

        static TensorProto Number(string name, float value) =>
            new()
            {
                Name = name,
                DataType = 1,
                Dims = { 1 },
                FloatData = { value },
            };
    }

    private static IReadOnlyList<Tensor> Eager(OnnxNetwork network, Tensor x)
    {
        using (NoGrad.Enter())
        {
            return network.ForwardAll(x);
        }
    }
}
