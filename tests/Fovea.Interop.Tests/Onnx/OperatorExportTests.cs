using Fovea.Graphs;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Every way in which an operator is written, in the opsets where rules changed, run by ONNX Runtime.</summary>
public sealed class OperatorExportTests
{
    private const double Bar = 1e-5;

    /// <summary>The newest set of operators that ONNX Runtime 1.31 knows whole; newer ones it refuses.</summary>
    private const int NewestOfRuntime = 26;

    public static TheoryData<string> Cases => [.. ExportCases.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Export_OpsetsWhereRulesChanged_AgreesWithOnnxRuntime(string name)
    {
        Graph graph = ExportCases.Make(name);
        Tensor x = Tensor.Normal(graph.Input.Shape.At(3), rng: new Rng(5));
        double[] expected = new Interpreter(graph).Run([x])[0].ToArray<double>();
        foreach (int opset in (int[])[13, 14, 17, 18, 19, 21, NewestOfRuntime])
        {
            byte[] model = OnnxExport.ToBytes(graph, new OnnxExportOptions { Opset = opset });
            double difference = OtherRuntime.Difference(expected, OtherRuntime.Run(model, x)[0]);
            Assert.True(difference <= Bar, $"{name}, opset {opset}: ONNX Runtime differs by {difference:E1}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Export_ReadAndWrittenAgain_GivesTheSameBytes(string name)
    {
        Graph graph = ExportCases.Make(name);
        Tensor x = Tensor.Normal(graph.Input.Shape.At(3), rng: new Rng(5));
        double[] expected = new Interpreter(graph).Run([x])[0].ToArray<double>();
        foreach (int opset in (int[])[13, 17, 21, 27])
        {
            byte[] model = OnnxExport.ToBytes(graph, new OnnxExportOptions { Opset = opset });
            OnnxNetwork network = OnnxNetwork.Read(model, name);
            double difference = OtherRuntime.Difference(expected, network.Forward(x).ToArray<double>());
            Assert.True(difference <= Bar, $"{name}, opset {opset}: read back it differs by {difference:E1}");

            Graph again = network.ToGraph();
            byte[] second = OnnxExport.ToBytes(again);
            Assert.True(
                model.AsSpan().SequenceEqual(second),
                $"{name}, opset {opset}: {graph.ToListing()}\nread again: {again.ToListing()}\n{Text(model)}\n{Text(second)}"
            );
            Assert.Equal(
                graph.Parameters.Select(p => (p.Name, p.Shape)).Order(),
                again.Parameters.Select(p => (p.Name, p.Shape)).Order()
            );
        }
    }

    private static string Text(byte[] model) => $"{Interop.Onnx.OnnxReader.Read(model, "model").Graph}";
}
