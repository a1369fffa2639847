using Fovea.Interop;
using Fovea.Models;

namespace Fovea.Workbench.Tests;

/// <summary>ONNX files of several inputs as networks to ask about.</summary>
public sealed class OnnxSourceTests : IDisposable
{
    private const string Two = """
        input left 1x16x16
        input right 1x16x16
        l: conv 4 3 padding=same from=left
        a: globalavgpool flatten=true
        r: conv 4 3 padding=same from=right
        b: globalavgpool flatten=true
        concat a b
        linear 2
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Trace_SeveralInputs_TakesShapesByName()
    {
        NetworkSource source = NetworkSource.Find(Write());

        Graph graph = source.Trace(InputList.Parse("right=1x8x8,left=1x12x12"));

        Assert.Equal(["left [N, 1, 12, 12]", "right [N, 1, 8, 8]"], graph.Inputs.Select(v => $"{v.Name} {v.Shape}"));
    }

    [Fact]
    public void Trace_UnknownInput_NamesThoseThatThereAre()
    {
        NetworkSource source = NetworkSource.Find(Write());

        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            source.Trace(InputList.Parse("top=1x8x8,left=1x8x8"))
        );

        Assert.Equal(
            "--input top=1x8x8,left=1x8x8: there is no input 'top'; the network has 2 inputs, left, right.",
            error.Message
        );
    }

    private string Write()
    {
        string file = _folder.File("two.onnx");
        TextNetwork network = NetworkText.ParseAll(Two);
        OnnxExport.Save(Graph.Trace(network, network.Inputs), file);
        return file;
    }
}
