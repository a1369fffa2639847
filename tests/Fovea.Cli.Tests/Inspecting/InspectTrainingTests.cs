using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary><c>inspect --training</c>: what a step keeps, layer by layer.</summary>
public sealed class InspectTrainingTests
{
    private const string Net = "input 3x8x8; c: conv 4 3; bn; r: relu; globalavgpool flatten=true; linear 5";

    [Fact]
    public void Inspect_Training_NamesWhatIsKeptByLayerWithSizesByHand()
    {
        (int code, string output, _) = Cli.Run("inspect", Net, "--training", "--batch", "2", "--json");
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement[] kept = [.. json.RootElement.GetProperty("kept").EnumerateArray()];
        JsonElement conv = Assert.Single(kept, k => k.GetProperty("layer").GetString() == "c");

        Assert.Equal(0, code);
        Assert.Equal(4 * 6 * 6 * 4, conv.GetProperty("bytesPerItem").GetInt64());
        Assert.Equal("[N, 4, 6, 6]", conv.GetProperty("shape").GetString());
        Assert.Equal("bn1", Assert.Single(conv.GetProperty("readers").EnumerateArray()).GetString());
        Assert.True(
            json.RootElement.GetProperty("peakBytes").GetInt64() > json.RootElement.GetProperty("keptBytes").GetInt64(),
            output
        );
    }

    [Fact]
    public void Inspect_Training_TableSaysKeptAndPeak()
    {
        (int code, string output, _) = Cli.Run("inspect", Net, "--training", "--batch", "2");

        Assert.Equal(0, code);
        Assert.Contains("kept for backward", output, StringComparison.Ordinal);
        Assert.Contains("for a batch of 2", output, StringComparison.Ordinal);
        Assert.Contains("peak", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input 3x8x8; relu", "no parameter of the network is trained")]
    [InlineData(Net + "|--csv", "--training shows one network at one input size")]
    public void Inspect_TrainingOfWhatHasNone_SaysWhyInOneLine(string arguments, string part)
    {
        string[] given = arguments.Split('|');
        (int code, string output, string error) = Cli.Run(["inspect", .. given, "--training"]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
