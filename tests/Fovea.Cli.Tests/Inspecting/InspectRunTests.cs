using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class InspectRunTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void Inspect_RunFolder_ShowsTheTrainedNetworkAtItsItems()
    {
        using JsonDocument json = InspectJsonTests.Parse(run.Folder);

        Assert.Equal("1x32x32", json.RootElement.GetProperty("input").GetString());
        Assert.Equal(run.Folder, json.RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public void Inspect_Checkpoint_IsAsItsRun()
    {
        using JsonDocument folder = InspectJsonTests.Parse(run.Folder),
            file = InspectJsonTests.Parse(Path.Combine(run.Folder, "checkpoints", "best"));

        Assert.Equal(
            InspectJsonTests.Compact(folder.RootElement.GetProperty("layers")),
            InspectJsonTests.Compact(file.RootElement.GetProperty("layers"))
        );
    }

    [Theory]
    [InlineData("3x32x32", "channels")]
    [InlineData("1x32", "was trained on items [1, 32, 32], the input is [1, 32]. Give as many sizes.")]
    public void Inspect_RunFolderWithAnInputThatDoesNotFit_IsRefused(string input, string text)
    {
        Said said = Cli.Run("inspect", run.Folder, "--input", input);

        Assert.Equal(2, said.Code);
        Assert.Contains(text, said.Error, StringComparison.Ordinal);
    }
}
