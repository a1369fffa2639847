using Fovea.Interop;

namespace Fovea.PublicApi.Tests;

/// <summary>The program of the page about ONNX, on a file of one ReLU written byte by byte.</summary>
public sealed class OnnxGuide
{
    [Fact]
    public void Import_AsWritten_IsAModuleAndAGraph()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Relu());

            OnnxNetwork network = OnnxNetwork.Load(path);
            Graph graph = network.ToGraph(); // the batch is open, whatever the exporter had
            CompiledNetwork compiled = graph.Compile();
            network.Train(); // and now it is trained as any module

            Assert.True(network.IsTraining);
            Assert.Equal("[N, 2]", graph.Output.Shape.ToString());
            Assert.Equal([0f, 2f, 3f, 0f], compiled.Run(Tensor.From([-1f, 2f, 3f, -4f], [2, 2])).ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Export_AsWritten_IsReadBack()
    {
        string target = Path.Combine(Directory.CreateTempSubdirectory("fovea-guide-").FullName, "net.onnx");
        Sequential network = new(new Conv2d(3, 2, 3, stride: 8), new ReLU());
        try
        {
            OnnxExportResult result = OnnxExport.Save(
                network,
                [3, 224, 224],
                target,
                new OnnxExportOptions { Opset = 18 }
            );
            Console.WriteLine($"{result.Nodes} nodes, at most {result.LargestDifference} from the network");

            Assert.Equal((2, 18), (result.Nodes, result.Opset));
            Assert.Equal(["0.weight", "0.bias"], OnnxNetwork.Load(target).NamedParameters().Select(p => p.Path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(target)!, recursive: true);
        }
    }

    /// <summary>y = relu(x) with x [1, 2], opset 13, IR 8.</summary>
    private static byte[] Relu()
    {
        byte[] size = Field(2, [.. Field(1, [0x08, 1]), .. Field(1, [0x08, 2])]),
            type = Field(2, Field(1, [0x08, 1, .. size])),
            node = Field(1, [.. Field(1, "x"u8), .. Field(2, "y"u8), .. Field(4, "Relu"u8)]),
            graph = [.. node, .. Field(11, [.. Field(1, "x"u8), .. type]), .. Field(12, [.. Field(1, "y"u8), .. type])];
        return [0x08, 8, .. Field(7, graph), .. Field(8, [0x10, 13])];
    }

    /// <summary>A field of bytes: its number, the length, the bytes.</summary>
    private static byte[] Field(int number, ReadOnlySpan<byte> content) =>
        [(byte)((number << 3) | 2), (byte)content.Length, .. content];
}
