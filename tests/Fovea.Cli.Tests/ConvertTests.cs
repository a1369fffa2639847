using System.Text.Json;
using Fovea.Interop;

namespace Fovea.Cli.Tests;

/// <summary>fovea convert: weights from one format to another.</summary>
public sealed class ConvertTests(TrainedRun run) : IClassFixture<TrainedRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.pth")]
    [InlineData("w.npz")]
    public void Convert_Run_WritesItsTensors(string name)
    {
        string to = _folder.File(name);

        Said said = Cli.Run("convert", run.Folder, to, "--json");

        Assert.Equal((0, ""), (said.Code, said.Error));
        IReadOnlyDictionary<string, Tensor> written = Weights.Read(to).Tensors;
        Assert.Equal(written.Count, JsonDocument.Parse(said.Out).RootElement.GetProperty("tensors").GetInt32());
        Assert.NotEmpty(written);
    }

    [Fact]
    public void Convert_FileThatIsThere_IsNotReplaced()
    {
        string to = _folder.File("w.npz");
        File.WriteAllText(to, "mine");

        Said said = Cli.Run("convert", run.Folder, to);

        Assert.Equal(2, said.Code);
        Assert.Contains("exists already", said.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(to));
    }

    [Theory]
    [InlineData("w.onnx", "weights are written as")]
    [InlineData("w", "weights are written as")]
    public void Convert_OtherTarget_IsRefused(string name, string words)
    {
        Said said = Cli.Run("convert", run.Folder, _folder.File(name));

        Assert.Equal(2, said.Code);
        Assert.Contains(words, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_NothingThere_SaysSo()
    {
        Said said = Cli.Run("convert", _folder.File("absent.pth"), _folder.File("w.npz"));

        Assert.Equal(2, said.Code);
        Assert.Contains("There is no run folder or file", said.Error, StringComparison.Ordinal);
    }
}
