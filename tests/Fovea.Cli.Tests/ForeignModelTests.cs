using System.Buffers.Binary;
using Fovea.Testing;

namespace Fovea.Cli.Tests;

/// <summary>Model files of other tools are named, wherever a model is taken.</summary>
public sealed class ForeignModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("net.pth", "504B0304140000080800", "PyTorch checkpoint (zip)")]
    [InlineData("old.pth", "80028A0A6CFC9C46F920", "pickle, as PyTorch before 1.6 writes it")]
    [InlineData("net.keras", "504B0304140000080800", "Keras archive")]
    [InlineData("net.h5", "894844460D0A1A0A0000", "HDF5, as Keras writes it")]
    [InlineData("net.tflite", "1C00000054464C331400", "TensorFlow Lite")]
    public void Model_OfAnotherTool_IsNamedByItsBytes(string name, string hex, string kind)
    {
        string path = _folder.File(name);
        File.WriteAllBytes(path, [.. Convert.FromHexString(hex), .. new byte[64]]);

        foreach (string verb in new[] { "inspect", "train", "bench", "evaluate" })
        {
            Said said = Cli.Run(verb, path);

            Assert.Equal((verb, 2), (verb, said.Code));
            Assert.Contains($"{path}: this is a file of kind {kind}.", said.Error, StringComparison.Ordinal);
            Assert.Single(said.Error.TrimEnd().Split('\n'));
        }
    }

    [Theory]
    [InlineData("net.onnx")]
    [InlineData("unnamed")]
    public void Model_OfOnnxThatIsDamaged_IsRefusedAsSuch(string name)
    {
        string path = _folder.File(name);
        File.WriteAllBytes(path, [.. Convert.FromHexString("08071207707974"), .. new byte[64]]);
        foreach (string verb in new[] { "inspect", "train", "bench", "evaluate" })
        {
            Said said = Cli.Run(verb, path);

            Assert.Equal((verb, 2), (verb, said.Code));
            Assert.Contains($"{path}: no ONNX", said.Error, StringComparison.Ordinal);
            Assert.Single(said.Error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void Model_OfSafetensors_IsToldToBeWeightsWithoutANetwork()
    {
        byte[] header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"u8.ToArray();
        byte[] file = new byte[8 + header.Length + 4];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        string path = _folder.File("w.safetensors");
        File.WriteAllBytes(path, file);

        Assert.Contains($"--init {path}", Cli.Run("inspect", path).Error, StringComparison.Ordinal);
    }

    [DataTheory("onnx-node")]
    [InlineData("onnx-node", "*.onnx", "ONNX")]
    [InlineData("models", "*.safetensors", "safetensors")]
    [InlineData("models/ultraface", "*.pth", "PyTorch checkpoint (zip)|pickle, as PyTorch before 1.6 writes it")]
    public void KindOf_RealFiles_IsTheirs(string folder, string pattern, string kinds)
    {
        foreach (string file in Directory.GetFiles(TestData.Find(folder)!, pattern, SearchOption.AllDirectories))
        {
            string copy = _folder.File("copy"); // without an extension that helps
            File.Copy(file, copy, overwrite: true);
            Assert.True(
                kinds.Split('|').Contains(Fovea.Models.ForeignModel.KindOf(copy)),
                $"{file} is taken for {Fovea.Models.ForeignModel.KindOf(copy) ?? "nothing known"}"
            );
        }
    }
}
