using System.Text.Json;

namespace Fovea.Cli.Tests;

/// <summary>A layer that is used several times: every use has its row and its work, the parameters stand at the
/// first.</summary>
public sealed class InspectSharedTests
{
    // a: 3 to 8 channels, 216 weights; c: 8 to 8, 576 weights, used three times; 1,024 positions each.
    private const string Network =
        "input 3x32x32; a: conv 8 3 padding=1 bias=false; relu; c: conv 8 3 padding=1 bias=false; b: bn; relu; "
        + "c#2: conv 8 3 padding=1 bias=false; b#2: bn; relu; c#3: conv 8 3 padding=1 bias=false";

    [Fact]
    public void Inspect_Table_ShowsEveryUse()
    {
        Said said = Cli.Run("inspect", Network);
        Assert.True(said.Code == 0, said.Error);
        string[] rows = said.Out.ReplaceLineEndings("\n").Split('\n');
        AssertRow(rows, "c", "576 589.82 k");
        AssertRow(rows, "c#2", "shared 589.82 k");
        AssertRow(rows, "c#3", "shared 589.82 k");
        AssertRow(rows, "b", "16");
        AssertRow(rows, "b#2", "shared");
        Assert.Contains("params       808, all trainable", said.Out, StringComparison.Ordinal); // 216 + 576 + 16
        InspectTableTests.AssertWidth(said.Out);
    }

    [Fact]
    public void Inspect_CostQuestion_GivesTheLayerTheWorkOfAllUses()
    {
        using JsonDocument json = JsonDocument.Parse(Cli.Run("inspect", Network, "--json").Out);
        JsonElement answer = json.RootElement.GetProperty("answers").EnumerateArray().Single(a => Id(a) == "1.1");
        double share = answer.GetProperty("predicted").GetProperty("largestWorkShare").GetProperty("value").GetDouble();
        Assert.Equal(100.0 * 3 * 576 / ((3 * 576) + 216), share, 9);
        Assert.Contains("c does 88.9 % of the work in 3 uses", Text(answer, "finding"), StringComparison.Ordinal);

        static string Id(JsonElement a) => Text(a, "id");
    }

    [Fact]
    public void Inspect_Json_NamesTheFirstUseAtFurtherOnesAlone()
    {
        using JsonDocument json = JsonDocument.Parse(Cli.Run("inspect", Network, "--json").Out);
        JsonElement[] layers = [.. json.RootElement.GetProperty("layers").EnumerateArray()];
        Assert.Equal(
            [("b#2", "b"), ("c#2", "c"), ("c#3", "c")],
            layers
                .Where(l => l.TryGetProperty("sharedWith", out _))
                .Select(l => (Text(l, "name"), Text(l, "sharedWith")))
                .Order()
        );
        Assert.Equal(
            [576L, 0L, 0L],
            layers.Where(l => Text(l, "name")[0] == 'c').Select(l => l.GetProperty("params").GetInt64())
        );
        Assert.All(
            layers.Where(l => Text(l, "name")[0] == 'c'),
            l => Assert.Equal(576L * 1024, l.GetProperty("macs").GetInt64())
        );
        JsonElement totals = json.RootElement.GetProperty("totals");
        Assert.Equal(
            (808L, ((3 * 576L) + 216) * 1024),
            (totals.GetProperty("params").GetInt64(), totals.GetProperty("macs").GetInt64())
        );
    }

    [Fact]
    public void Inspect_Csv_NamesTheFirstUse()
    {
        string[] rows = Cli.Run("inspect", Network, "--csv").Out.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Assert.EndsWith(",sharedWith", rows[0], StringComparison.Ordinal);
        Assert.EndsWith(
            ",c",
            rows.Single(r => r.StartsWith("c#3,", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.EndsWith(",", rows.Single(r => r.StartsWith("c,", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <summary>Against the same layers without sharing: the same work and operations, more parameters and more layers
    /// that have some.</summary>
    [Fact]
    public void Inspect_Versus_CountsLayersOnce()
    {
        string apart = Network
            .Replace("c#2", "d", StringComparison.Ordinal)
            .Replace("c#3", "e", StringComparison.Ordinal)
            .Replace("b#2", "f", StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Cli.Run("inspect", Network, "--versus", apart, "--json").Out);
        JsonElement difference = json.RootElement.GetProperty("difference");
        Assert.Equal(0, Difference("macs"));
        Assert.Equal(0, Difference("layers"));
        Assert.Equal((2 * 576) + 16, Difference("params"));
        Assert.Equal(3, Difference("layersWithParams"));

        long Difference(string name) => difference.GetProperty(name).GetProperty("difference").GetInt64();
    }

    /// <summary>Equal blocks in a row, all of them used twice: the second round has no parameters of its own.</summary>
    [Fact]
    public void Inspect_BlocksUsedAgain_ShareTheirParameters()
    {
        string[] blocks = [.. Enumerable.Range(0, 3).Select(i => $"layer.{i}.c")];
        string lines = string.Join(
            "; ",
            blocks.Concat(blocks.Select(b => b + "#2")).Select(b => $"{b}: conv 8 3 padding=1")
        );
        string text = Cli.Run("inspect", $"input 8x16x16; {lines}").Out.ReplaceLineEndings(" ");
        string first = "layer.1 to layer.2: 2 blocks like layer.0, 1,168 params",
            second = "layer.1 to layer.2: 2 blocks like layer.0, params shared";
        Assert.Contains(first, text, StringComparison.Ordinal);
        Assert.Contains(second, text, StringComparison.Ordinal);
        Assert.True(
            text.IndexOf(first, StringComparison.Ordinal) < text.IndexOf(second, StringComparison.Ordinal),
            text
        );
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static void AssertRow(string[] rows, string name, string cells)
    {
        string row = rows.Single(r =>
            r.StartsWith(name + " ", StringComparison.Ordinal) && r.Contains("32x32", StringComparison.Ordinal)
        );
        string[] words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(
            string.Join(' ', words).Contains($" {cells} ", StringComparison.Ordinal),
            $"row of {name}: expected {cells}, got {row}"
        );
    }
}
