using System.Text.Json;
using Fovea.Interop;
using Fovea.Workbench;

namespace Fovea.Cli.Tests;

/// <summary>fovea export: what is written, and what is said where it cannot be.</summary>
public sealed class ExportTests(TrainedRun run) : IClassFixture<TrainedRun>, IDisposable
{
    private const string Net = "input 3x8x8; conv 4 3; bn; relu; globalavgpool flatten=true; linear 3";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Export_NetworkText_IsWrittenAndCompared()
    {
        string path = _folder.File("net.onnx");
        Said said = Cli.Run("export", Net, "--to", path);
        Assert.Equal((0, ""), (said.Code, said.Error));
        Assert.Contains($"{path}: opset 17, 6 nodes", said.Out, StringComparison.Ordinal);
        Assert.Contains("largest difference 0,", said.Out, StringComparison.Ordinal);
        Assert.Equal(17, OnnxNetwork.Load(path).Opset);
    }

    [Fact]
    public void Export_AllOptions_AreInTheFile()
    {
        string path = _folder.File("net.onnx");
        string[] arguments =
        [
            .. (string[])["export", Net, "--to", path, "--opset", "21", "--fold-bn", "--dynamic", "batch,height,width"],
            .. (string[])["--external-data", "--input-name", "pixels", "--output-name", "scores", "--json"],
        ];
        Said said = Cli.Run(arguments);
        Assert.Equal((0, ""), (said.Code, said.Error));
        JsonElement json = JsonDocument.Parse(said.Out).RootElement;
        Assert.Equal(21, json.GetProperty("opset").GetInt32());
        Assert.Equal(10, json.GetProperty("irVersion").GetInt32());
        Assert.Equal(5, json.GetProperty("nodes").GetInt32());
        Assert.Equal(path + ".data", json.GetProperty("dataPath").GetString());
        Assert.InRange(json.GetProperty("largestDifference").GetDouble(), 0.0, 1e-5);
        OnnxNetwork network = OnnxNetwork.Load(path);
        Assert.Equal("pixels float [batch, 3, height, width]", network.Inputs[0].ToString());
        Assert.Equal("scores float [batch, 3]", network.Outputs[0].ToString());
    }

    /// <summary>The file takes raw values and gives what the run gives for them; classes and preprocessing stand in
    /// it.</summary>
    [Fact]
    public void Export_OfARun_TakesRawPixels()
    {
        string path = _folder.File("run.onnx");
        Said said = Cli.Run("export", run.Folder, "--to", path, "--preprocess", "255");
        Assert.Equal((0, ""), (said.Code, said.Error));
        TrainedModel trained = TrainedModel.Load(run.Folder);
        OnnxNetwork network = OnnxNetwork.Load(path);
        float[] bytes = [.. Enumerable.Range(0, (int)trained.ItemShape.Count).Select(i => i * 31 % 256)],
            items = [.. bytes.Select(b => b / 255f)];
        trained.Preprocessing.Apply(items);
        float[] expected = trained.Model.Forward(Tensor.From<float>(items, [1, .. trained.ItemShape])).ToArray(),
            actual = network.Forward(Tensor.From<float>(bytes, [1, .. trained.ItemShape])).ToArray();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal(
            trained.Classes,
            JsonDocument.Parse(network.Metadata["classes"]).RootElement.EnumerateArray().Select(c => c.GetString()!)
        );
        Assert.Equal(
            trained.Preprocessing.ToJson(),
            Fovea.Data.Preprocessing.FromJson(network.Metadata["preprocessing"]).ToJson()
        );
    }

    [Fact]
    public void Export_OfAnOnnxFile_IsTheSameFile()
    {
        string first = _folder.File("first.onnx"),
            second = _folder.File("second.onnx");
        Assert.Equal(0, Cli.Run("export", Net, "--to", first, "--opset", "18").Code);
        Assert.Equal(0, Cli.Run("export", first, "--to", second).Code);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Fact]
    public void Export_WeightsOfAFile_AreTaken()
    {
        string weights = _folder.File("weights.onnx"),
            path = _folder.File("net.onnx");
        Assert.Equal(0, Cli.Run("export", run.Folder, "--to", weights).Code);
        TrainedModel trained = TrainedModel.Load(run.Folder);
        string model = $"small_cnn(width=0.125,channels={trained.ItemShape[0]},classes={trained.Classes.Count})",
            input = string.Join('x', trained.ItemShape);
        Said said = Cli.Run("export", model, "--input", input, "--weights", weights, "--to", path);
        Assert.Equal((0, ""), (said.Code, said.Error));
        Assert.All(
            OnnxNetwork.Load(path).NamedParameters(),
            p => Assert.Equal(trained.Model.StateDict()[p.Path].ToArray(), p.Parameter.ToArray())
        );

        Said wrong = Cli.Run("export", "resnet20", "--weights", weights, "--to", _folder.File("other.onnx"));
        Assert.Equal(2, wrong.Code);
        Assert.Contains($"--weights: {weights} lacks", wrong.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("other.onnx")));
    }

    [Fact]
    public void Export_WhatCannotBe_IsSaidInTheUsersWords()
    {
        string there = _folder.File("there.onnx");
        File.WriteAllText(there, "mine");
        (string[] Arguments, string Message)[] cases =
        [
            ([Net], "export needs --to FILE.onnx"),
            ([Net, "--to", there], $"--to: {there} exists already"),
            ([Net, "--to", _folder.File("none/net.onnx")], "--to: there is no folder"),
            ([Net, "--to", _folder.File("a.onnx"), "--opset", "12"], "--opset must be 13 to 27, got 12"),
            (
                [Net, "--to", _folder.File("a.onnx"), "--dynamic", "heigth"],
                "--dynamic takes batch, depth, height and width"
            ),
            (
                [Net, "--to", _folder.File("a.onnx"), "--dynamic", "batch,depth"],
                "have no depth to leave open; they have height, width"
            ),
            ([Net, "--to", _folder.File("a.onnx"), "--preprocess", "255"], "has no preprocessing, as only runs"),
            ([Net, "--to", _folder.File("a.onnx"), "--preprocess", "2"], "--preprocess must be 255 or 1"),
            ([Net, "--to", _folder.File("a.onnx"), "--input", "3x8..16x8"], "give no range"),
            (
                ["input 3x8x8; conv 4 3; flatten; linear 3", "--to", _folder.File("a.onnx"), "--dynamic", "width"],
                "width cannot be left open"
            ),
            (["resnet99", "--to", _folder.File("a.onnx")], "is not in the zoo"),
        ];
        foreach ((string[] arguments, string message) in cases)
        {
            Said said = Cli.Run(["export", .. arguments]);
            Assert.Equal((message, 2, ""), (message, said.Code, said.Out));
            Assert.Contains(message, said.Error, StringComparison.Ordinal);
            Assert.InRange(said.ErrorLines.Length, 1, 2);
        }

        Assert.Equal("mine", File.ReadAllText(there));
        Assert.Equal([there], Directory.GetFiles(_folder.Path));
    }
}
