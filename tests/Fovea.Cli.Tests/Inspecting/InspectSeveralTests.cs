using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary><c>fovea inspect</c> of networks with several inputs and outputs.</summary>
public sealed class InspectSeveralTests
{
    private const string Net =
        "input left 1x12x12; input right 1x12x12; a: conv 4 3 from=left; b: again a from=right; add a b; relu; map: conv 1 1; globalavgpool flatten=true from=relu1; class: linear 3; output map, class";

    [Fact]
    public void Inspect_Json_ListsInputsAndOutputsBesideThePromisedKeys()
    {
        Said said = Cli.Run("inspect", Net, "--json", "--input", "right=1x14x14,left=1x14x14");

        Assert.True(said.Code == 0, said.Error);
        using JsonDocument json = JsonDocument.Parse(said.Out);
        JsonElement root = json.RootElement;
        Assert.Equal("1x14x14,1x14x14", root.GetProperty("input").GetString());
        Assert.Equal(["left", "right"], Texts(root.GetProperty("inputs")));
        Assert.Equal(["map", "class"], Texts(root.GetProperty("outputs")));
        foreach (string key in new[] { "model", "convention", "totals", "layers", "answers" })
        {
            Assert.True(root.TryGetProperty(key, out _), $"'{key}' is missing");
        }

        JsonElement add = root.GetProperty("layers")
            .EnumerateArray()
            .Single(l => l.GetProperty("name").GetString() == "add1");
        Assert.Equal([3, 3], Numbers(add.GetProperty("receptiveField").GetProperty("size")));
        Assert.Equal([3, 3], Numbers(add.GetProperty("receptiveFields").GetProperty("right").GetProperty("size")));
        Assert.Equal(2, add.GetProperty("inputShapes").GetArrayLength());
        Assert.Equal(4 * 9 + 4 + 4 + 1 + 12 + 3, root.GetProperty("totals").GetProperty("params").GetInt64());
    }

    [Fact]
    public void Inspect_Table_TellsOfEachInputAndOutput()
    {
        Said said = Cli.Run("inspect", Net, "--all");

        Assert.True(said.Code == 0, said.Error);
        Assert.Contains("of left: ", said.Out, StringComparison.Ordinal);
        Assert.Contains("of right: ", said.Out, StringComparison.Ordinal);
        Assert.Contains("map 1x10x10, class 3", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Text_ReadsBackToTheSameText()
    {
        Said first = Cli.Run("inspect", Net, "--text"),
            second = Cli.Run("inspect", first.Out, "--text");

        Assert.True(first.Code == 0, first.Error);
        Assert.EndsWith("output map, class", first.Out.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(first.Out, second.Out);
    }

    [Theory]
    [InlineData("1x12x12", "the network has 2 inputs (left, right), and shapes are given for one input")]
    [InlineData("1x12x12,1x12x12,1x1x1", "3 shapes are given; the network has 2 inputs, left, right.")]
    [InlineData("left=1x12x12,rihgt=1x12x12", "there is no input 'rihgt'")]
    [InlineData("1x12..14x12,1x12x12", "a range is for a network of one input")]
    [InlineData("1x12x12,1x13x13", "add1")]
    public void Inspect_WrongInputs_AreRefusedInALine(string input, string message)
    {
        Said said = Cli.Run("inspect", Net, "--input", input);

        Assert.Equal(2, said.Code);
        Assert.Contains(message, said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SeveralOutputs_SaysWhatToDo()
    {
        Said said = Cli.Run(
            "train",
            "input 3x32x32; flatten; a: linear 4; b: linear 4; output a, b",
            "--data",
            "shapes",
            "--dry-run"
        );

        Assert.Equal(2, said.Code);
        Assert.Contains("the network gives a, b", said.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Texts(JsonElement array) =>
        array.EnumerateArray().Select(e => e.GetProperty("name").GetString());

    private static IEnumerable<int> Numbers(JsonElement array) => array.EnumerateArray().Select(e => e.GetInt32());
}
