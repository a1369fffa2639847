using System.Globalization;
using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;
using Xunit;
using static Fovea.Interop.Tests.Onnx.OnnxModels;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Weights in files beside the model (issue onnxruntime 28763): read with odd names and in folders, never outside of
/// the model's own.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-onnx-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("weights.bin", 0)]
    [InlineData("model.onnx.data", 16)]
    [InlineData("odd näme (1).data", 3)]
    [InlineData("inner/folder/w", 0)]
    public void Load_DataBesideTheModel_IsRead(string location, int offset)
    {
        Write(location, offset);
        OnnxNetwork network = OnnxNetwork.Load(Save(location, offset, 8));
        Assert.Equal([11f, 22f], network.Forward(Tensor.From<float>([1f, 2f], [2])).ToArray());
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("inner/../../weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void Load_DataOutsideTheFolder_IsRefused(string location)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => OnnxNetwork.Load(Save(location, 0, 8)));
        Assert.Contains("must lie in the model's folder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LinkOutOfTheFolder_IsRefused()
    {
        DirectoryInfo other = Directory.CreateTempSubdirectory("fovea-onnx-other-");
        try
        {
            string target = Path.Combine(other.FullName, "w");
            File.WriteAllBytes(target, new byte[8]);
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, "w"), target);
            Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "inner"), other.FullName);
            foreach (string location in new[] { "w", "inner/w" })
            {
                ModelFormatException e = Assert.Throws<ModelFormatException>(() =>
                    OnnxNetwork.Load(Save(location, 0, 8))
                );
                Assert.Contains("must lie in the model's folder", e.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            other.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(0, 12, "has length 12")]
    [InlineData(4, 8, "needs 8 bytes from 4")]
    [InlineData(long.MaxValue, 8, "which has 8 bytes")]
    public void Load_DataThatDoesNotFit_IsRefused(long offset, long length, string expected)
    {
        Write("w", 0);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => OnnxNetwork.Load(Save("w", offset, length)));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FromMemory_HasNoFolder()
    {
        byte[] model = File.ReadAllBytes(Save("w", 0, 8));
        Assert.Contains(
            "no folder",
            Assert.Throws<ModelFormatException>(() => OnnxNetwork.Read(model)).Message,
            StringComparison.Ordinal
        );
    }

    private void Write(string location, int offset)
    {
        string path = Path.Combine(_folder.FullName, location);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] data = new byte[offset + 8];
        BitConverter.TryWriteBytes(data.AsSpan(offset), 10f);
        BitConverter.TryWriteBytes(data.AsSpan(offset + 4), 20f);
        File.WriteAllBytes(path, data);
    }

    private string Save(string location, long offset, long length)
    {
        TensorProto tensor = new()
        {
            Name = "w",
            DataType = 1,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.Add(2);
        foreach (
            (string key, string value) in new[]
            {
                ("location", location),
                ("offset", offset.ToString(CultureInfo.InvariantCulture)),
                ("length", length.ToString(CultureInfo.InvariantCulture)),
            }
        )
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, Model(13, [Input("x", 2)], "y", Node("Add", "x w", "y")).With(tensor).ToByteArray());
        return path;
    }
}
