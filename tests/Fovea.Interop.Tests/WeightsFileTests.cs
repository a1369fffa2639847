using Fovea.Models;
using Fovea.Testing;

namespace Fovea.Interop.Tests;

/// <summary>What is done so that a file's tensors fit a network.</summary>
public sealed class WeightsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Theory]
    [InlineData(".safetensors")]
    [InlineData(".pth")]
    [InlineData(".npz")]
    public void Save_Twice_GivesTheSameBytes(string extension)
    {
        Module net = ModelRegistry.Create("resnet20", [3, 8, 8], 10).Initialize(1);
        net.Save(At("w" + extension));
        net.Save(At("again" + extension));
        Assert.Equal(File.ReadAllBytes(At("w" + extension)), File.ReadAllBytes(At("again" + extension)));
    }

    [Fact]
    public void Load_OtherNetwork_ListsMissingUnexpectedAndMisshaped()
    {
        PyTorchCheckpoint.Write(
            At("w.pth"),
            new Dictionary<string, Tensor> { ["weight"] = Tensor.Zeros([2, 3]), ["odd"] = Tensor.Zeros([1]) }
        );
        string message = Assert.Throws<ShapeException>(() => new Linear(4, 2).Load(At("w.pth"))).Message;
        Assert.Contains("'bias' is missing", message, StringComparison.Ordinal);
        Assert.Contains("'odd' is not in the network", message, StringComparison.Ordinal);
        Assert.Contains("'weight' has shape [2, 3], the network wants [2, 4]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PrefixThatTheNetworkHasItself_IsPutBack()
    {
        Inner net = new();
        net.Save(At("w.pth"));
        Assert.Equal(["weight", "bias"], Weights.Read(At("w.pth")).Tensors.Keys);
        Assert.Contains("'model.' was put back, as the network's names have it", new Inner().Load(At("w.pth")).Notes);
    }

    private sealed class Inner : Module
    {
        private readonly Linear _model = new(3, 2);

        public override Tensor Forward(Tensor x) => _model.Forward(x);
    }

    /// <summary>Names of timm's networks, a line of each kind of layer, in torchvision's order of layers.</summary>
    [Theory]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("mobilenet_v3_large(width=0.5)")]
    [InlineData("efficientnet_b0")]
    [InlineData("efficientnet_v2_s(width=0.25)")]
    [InlineData("mnasnet0_5")]
    [InlineData("regnet_x_400mf(width=0.5)")]
    [InlineData("regnet_y_400mf(width=0.5)")]
    [InlineData("vgg11_bn(width=0.125)")]
    public void For_NamesOfTimm_AreThoseOfTheZoo(string model)
    {
        Module net = ModelRegistry.Create(model, [3, 224, 224], 10).Initialize(1);
        Dictionary<string, Tensor> timm = TimmCopy.Of(model, net.StateDict());
        Assert.DoesNotContain("features.1.0.weight", timm.Keys);
        PyTorchCheckpoint.Write(At("t.pth"), timm);

        Module other = ModelRegistry.Create(model, [3, 224, 224], 10).Initialize(2);
        WeightsFile read = other.Load(At("t.pth"));

        Assert.Contains("names of timm were translated to those of torchvision", read.Notes);
        Assert.All(
            net.StateDict(),
            t => Assert.True(t.Value.ToArray().AsSpan().SequenceEqual(other.StateDict()[t.Key].ToArray()), t.Key)
        );
    }

    [Fact]
    public void Read_UnreadFile_SaysWhatItIs()
    {
        File.WriteAllText(At("page.pth"), "<html></html>");
        Assert.Contains(
            "web page",
            Assert.Throws<ModelFormatException>(() => Weights.Read(At("page.pth"))).Message,
            StringComparison.Ordinal
        );
    }

    [DataFact("models/ultraface")]
    public void Read_Onnx_GivesItsParameters()
    {
        string file = Directory.GetFiles(TestData.Find("models/ultraface")!, "*.onnx")[0];
        WeightsFile read = Weights.Read(file);
        Assert.StartsWith("ONNX network of opset ", read.Format, StringComparison.Ordinal);
        Assert.NotEmpty(read.Tensors);
    }
}
