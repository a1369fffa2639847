using Fovea.Testing;

namespace Fovea.Cli.Tests;

/// <summary>fovea verify: the cases of the ONNX test suite and what is said of them.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [DataTheory("onnx-node")]
    [InlineData("simple", "3 passed, 0 failed, 0 skipped")]
    [InlineData("node/test_relu", "1 passed, 0 failed, 0 skipped")]
    [InlineData("node/test_gru_batchwise", "0 passed, 0 failed, 1 skipped")]
    public void Verify_RecordedCases_CountsStandLastAlone(string cases, string last)
    {
        Said said = Cli.Run("verify", "--cases", Path.Combine(TestData.Find("onnx-node")!, cases));
        Assert.Equal((0, last), (said.Code, said.Out.TrimEnd().Split('\n')[^1]));
    }

    [DataFact("onnx-node")]
    public void Verify_Model_TakesTheCasesBesideIt()
    {
        Said said = Cli.Run("verify", Path.Combine(TestData.Find("onnx-node/node/test_relu")!, "model.onnx"));
        Assert.Equal((0, "1 passed, 0 failed, 0 skipped"), (said.Code, said.Out.TrimEnd()));
    }

    [DataFact("onnx-node")]
    public void Verify_OtherModelOnTheData_FailsWithStatusOneAndSaysWhere()
    {
        string data = TestData.Find("onnx-node/node")!;
        string model = Path.Combine(data, "test_abs", "model.onnx");
        string[] arguments = ["verify", model, "--cases", Path.Combine(data, "test_relu")];

        Said said = Cli.Run(arguments);
        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), (said.Code, said.Out.TrimEnd().Split('\n')[^1]));
        Assert.Contains("output 'y' differs most at position", said.Out, StringComparison.Ordinal);
        Assert.Equal(0, Cli.Run([.. arguments, "--atol", "100"]).Code);
    }

    [DataFact("onnx-node")]
    public void Verify_Json_IsAllOfStandardOutput()
    {
        Said said = Cli.Run("verify", "--json", "--cases", TestData.Find("onnx-node/simple")!);
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(said.Out);
        Assert.Equal(3, json.RootElement.GetProperty("passed").GetInt32());
        Assert.Equal(3, json.RootElement.GetProperty("cases").GetArrayLength());
    }

    [Fact]
    public void Verify_WithoutCases_SaysWhatIsNeeded()
    {
        Said nothing = Cli.Run("verify"),
            empty = Cli.Run("verify", "--cases", _folder.Path),
            absent = Cli.Run("verify", "--cases", _folder.File("none"));
        Assert.Equal((2, 2, 2), (nothing.Code, empty.Code, absent.Code));
        Assert.Contains("needs a MODEL.onnx, or --cases DIR", nothing.Error, StringComparison.Ordinal);
        Assert.Contains("there is no test_data_set_*", empty.Error, StringComparison.Ordinal);
        Assert.Contains("there is no folder", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WhatIsNoModelWithCases_IsNamedAsItWasTyped()
    {
        string file = _folder.File("alone.onnx");
        File.WriteAllText(file, "text");
        Said alone = Cli.Run("verify", file),
            absent = Cli.Run("verify", _folder.File("none.onnx")),
            folder = Cli.Run("verify", _folder.Path);
        Assert.Equal((2, 2, 2), (alone.Code, absent.Code, folder.Code));
        Assert.StartsWith($"fovea: {file}: there is no test_data_set_*", alone.Error, StringComparison.Ordinal);
        Assert.Contains("name their folder by --cases", alone.Error, StringComparison.Ordinal);
        Assert.StartsWith(
            $"fovea: There is no file {_folder.File("none.onnx")}.",
            absent.Error,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            $"fovea: {_folder.Path}: there is no test_data_set_*",
            folder.Error,
            StringComparison.Ordinal
        );
    }

    [DataFact("onnx-node")]
    public void Verify_Folder_IsThatOfItsCases() =>
        Assert.Equal(
            "3 passed, 0 failed, 0 skipped",
            Cli.Run("verify", Path.Combine(TestData.Find("onnx-node")!, "simple")).Out.TrimEnd().Split('\n')[^1]
        );

    [DataFact("models/ultraface")]
    public void Inspect_OnnxFile_NamesItsLayers()
    {
        Said said = Cli.Run(
            "inspect",
            "--json",
            Path.Combine(TestData.Find("models/ultraface")!, "version-RFB-320.onnx")
        );
        Assert.Equal((0, ""), (said.Code, said.Error));
        Assert.Contains("base_net.0.0", said.Out, StringComparison.Ordinal);
    }

    [DataFact("models/ultraface")]
    public void Bench_OnnxFile_IsMeasured()
    {
        string model = Path.Combine(TestData.Find("models/ultraface")!, "version-slim-320_simplified.onnx");
        Assert.Equal(0, Cli.Run("bench", model, "--plan").Code);
    }
}
