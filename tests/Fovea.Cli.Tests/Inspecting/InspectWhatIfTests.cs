using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class InspectWhatIfTests
{
    [Fact]
    public void Inspect_Versus_HasBothNetworksAndTheDifferences()
    {
        using JsonDocument json = InspectJsonTests.Parse("resnet18", "--versus", "resnet50");
        JsonElement root = json.RootElement,
            macs = root.GetProperty("difference").GetProperty("macs");

        Assert.Equal(["a", "b", "difference"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal("resnet18", root.GetProperty("a").GetProperty("model").GetString());
        Assert.Equal(25_557_032, root.GetProperty("b").GetProperty("totals").GetProperty("params").GetInt64());
        Assert.Equal(1_814_073_344, macs.GetProperty("a").GetInt64());
        Assert.Equal(4_089_184_256 - 1_814_073_344, macs.GetProperty("difference").GetInt64());
        Assert.Equal(4_089_184_256.0 / 1_814_073_344.0, macs.GetProperty("ratio").GetDouble(), 12);
    }

    [Fact]
    public void Inspect_Versus_TableKeepsTo100Columns()
    {
        string text = Cli.Run("inspect", "resnet18", "--versus", "mobilenet_v3_large").Out;

        InspectTableTests.AssertWidth(text);
        Assert.Contains("last map of A: layer4.1", text, StringComparison.Ordinal);
        Assert.Contains("11,689,512", text, StringComparison.Ordinal);
        Assert.Contains("5,483,032", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ReplaceDepthwise_MakesMobileNetOfItsDenseForm()
    {
        using JsonDocument json = InspectJsonTests.Parse("mobilenet_v1(variant=dense)", "--replace", "depthwise");
        JsonElement root = json.RootElement,
            totals = root.GetProperty("b").GetProperty("totals"),
            edit = root.GetProperty("edit");

        Assert.Equal(4_231_976, totals.GetProperty("params").GetInt64());
        Assert.Equal(568_740_352, totals.GetProperty("macs").GetInt64());
        Assert.Equal(29_294_088, root.GetProperty("a").GetProperty("totals").GetProperty("params").GetInt64());
        Assert.Equal(13, edit.GetProperty("replaced").GetArrayLength());
        Assert.Equal(
            """[{"layer":"features.0.0","why":"reads the network's input"}]""",
            InspectJsonTests.Compact(edit.GetProperty("kept"))
        );
    }

    [Fact]
    public void Inspect_Replace3x3_KeepsTheReceptiveFieldAndSaysWhatItDid()
    {
        Said said = Cli.Run("inspect", "alexnet", "--replace", "3x3");

        Assert.True(said.Code == 0, said.Error);
        InspectTableTests.AssertWidth(said.Out);
        Assert.Contains("replaced: 2: features.0, features.3", said.Out, StringComparison.Ordinal);
        string[] maps =
        [
            .. said
                .Out.Split('\n')
                .Where(l => l.StartsWith("last map of", StringComparison.Ordinal))
                .Select(l => l["last map of A".Length..]),
        ];
        Assert.Equal(maps[0], maps[1]);
    }

    [Fact]
    public void Inspect_Sweep_FindsTheResidueClassThatAvoidsUnevenPadding()
    {
        using JsonDocument json = InspectJsonTests.Parse("resnet18", "--input", "3x193..260");
        JsonElement root = json.RootElement;
        JsonElement[] sizes = [.. root.GetProperty("sizes").EnumerateArray()];

        Assert.Equal(68, sizes.Length);
        Assert.Equal(32, root.GetProperty("period").GetInt32());
        Assert.Equal("[1]", InspectJsonTests.Compact(root.GetProperty("residues")));
        Assert.Equal(
            "Sizes with size mod 32 = 1 avoid uneven padding: 193, 225, 257.",
            root.GetProperty("finding").GetString()
        );
        Assert.Equal(
            ["3x193x193", "3x225x225", "3x257x257"],
            sizes.Where(s => s.GetProperty("even").GetBoolean()).Select(s => s.GetProperty("input").GetString())
        );
        JsonElement at224 = sizes[224 - 193];
        Assert.Equal("[512,7,7]", InspectJsonTests.Compact(at224.GetProperty("lastMap")));
        Assert.Equal(1_814_073_344, at224.GetProperty("macs").GetInt64());
        Assert.Equal(8, at224.GetProperty("uneven").GetArrayLength());
    }

    [Fact]
    public void Inspect_SweepOfAFewSizes_ClaimsNoRule()
    {
        Said said = Cli.RunOn(100, "inspect", "resnet18", "--input", "3x193..196");

        Assert.Contains(
            "These sizes avoid uneven padding: 193; the rule would show in a range of 32 sizes.",
            said.Out,
            StringComparison.Ordinal
        );
        InspectTableTests.AssertWidth(said.Out);
    }

    [Fact]
    public void Inspect_SweepOfOneAxis_LeavesTheOther()
    {
        using JsonDocument json = InspectJsonTests.Parse("small_cnn", "--input", "3x30..32x40");

        Assert.Equal(
            ["3x30x40", "3x31x40", "3x32x40"],
            json.RootElement.GetProperty("sizes").EnumerateArray().Select(s => s.GetProperty("input").GetString())
        );
    }

    [Fact]
    public void Inspect_SweepOfSeries_TakesLengths()
    {
        using JsonDocument json = InspectJsonTests.Parse("fcn", "--input", "1x100..103");

        Assert.Equal(
            ["1x100", "1x101", "1x102", "1x103"],
            json.RootElement.GetProperty("sizes").EnumerateArray().Select(s => s.GetProperty("input").GetString())
        );
        Assert.Equal(1, json.RootElement.GetProperty("period").GetInt32());
    }

    [Fact]
    public void Inspect_SweepWithSizesThatDoNotFit_SaysWhy()
    {
        Said said = Cli.RunOn(100, "inspect", "alexnet", "--input", "3x60..64");

        Assert.Equal(0, said.Code);
        Assert.Contains(
            "3x62x62: MaxPool2d 'features.12': the kernel must not exceed the padded input",
            said.Out,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "The network does not take 3 of the sizes.",
            said.Out.ReplaceLineEndings(" "),
            StringComparison.Ordinal
        );
        InspectTableTests.AssertWidth(said.Out);
    }

    [Fact]
    public void Inspect_SweepCsv_HasARowASize()
    {
        string[] lines = Cli.Run("inspect", "resnet20", "--input", "3x31..33", "--csv")
            .Out.ReplaceLineEndings("\n")
            .TrimEnd()
            .Split('\n');

        Assert.Equal("input,lastMap,macs,uneven,layers,error", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("3x33x33,64x9x9,", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_SweepOfAnEditedNetwork_SweepsTheEditedOne()
    {
        using JsonDocument json = InspectJsonTests.Parse(
            "mobilenet_v1(variant=dense)",
            "--replace",
            "depthwise",
            "--input",
            "3x223..225"
        );

        Assert.Equal(
            "mobilenet_v1(variant=dense) --replace depthwise",
            json.RootElement.GetProperty("model").GetString()
        );
        Assert.Equal(568_740_352, json.RootElement.GetProperty("sizes")[1].GetProperty("macs").GetInt64());
    }
}
