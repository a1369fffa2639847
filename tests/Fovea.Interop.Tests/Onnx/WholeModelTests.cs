using Fovea.Interop.Onnx;
using Fovea.Testing;
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
    }

    private static IReadOnlyList<Tensor> Eager(OnnxNetwork network, Tensor x)
    {
        using (NoGrad.Enter())
        {
            return network.ForwardAll(x);
        }
    }
}
