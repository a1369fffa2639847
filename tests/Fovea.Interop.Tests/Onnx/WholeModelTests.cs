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
        OnnxValue eager;
        using (NoGrad.Enter())
        {
            eager = new(ElementType.Float, network.Forward(x));
        }

        Assert.Null(RecordedData.Difference(eager, recorded, new OnnxTolerance()));
        Assert.Null(
            RecordedData.Difference(new OnnxValue(ElementType.Float, compiled.Run(x)), recorded, new OnnxTolerance())
        );
    }
}
