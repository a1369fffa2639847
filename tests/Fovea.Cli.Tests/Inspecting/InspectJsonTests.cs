using System.Text.Json;
using Fovea.Models;

namespace Fovea.Cli.Tests;

public sealed class InspectJsonTests
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly string[] Verdicts = ["ok", "look", "fix", "not-applicable", "cannot-tell"];

    public static TheoryData<string> Zoo => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Zoo))]
    public void Inspect_Json_HasTheFormOfTheContract(string model)
    {
        using JsonDocument json = Parse(model);
        JsonElement root = json.RootElement;

        AssertKeys(root, "model", "input", "convention", "batch", "totals", "lastMap", "layers", "answers");
        Assert.Equal(model, root.GetProperty("model").GetString());
        Assert.Equal("torchvision", root.GetProperty("convention").GetString());
        AssertKeys(root.GetProperty("totals"), "params", "trainableParams", "macs", "activationBytes", "trainingBytes");
        Assert.All(root.GetProperty("totals").EnumerateObject(), p => Assert.True(p.Value.GetInt64() > 0, p.Name));
        int rank = root.GetProperty("input").GetString()!.Split('x').Length - 1;
        Assert.All(root.GetProperty("layers").EnumerateArray(), layer => AssertLayer(layer, rank));
        Assert.NotEmpty(root.GetProperty("answers").EnumerateArray());
        Assert.All(root.GetProperty("answers").EnumerateArray(), AssertAnswer);
    }

    [Fact]
    public void Inspect_Json_SumsOfLayersAreTheTotals()
    {
        foreach (string convention in new[] { "torchvision", "fvcore", "keras", "flops" })
        {
            using JsonDocument json = Parse("mobilenet_v2", "--convention", convention, "--batch", "4");
            JsonElement totals = json.RootElement.GetProperty("totals"),
                layers = json.RootElement.GetProperty("layers");

            Assert.Equal(
                (convention, totals.GetProperty("params").GetInt64()),
                (convention, layers.EnumerateArray().Sum(l => l.GetProperty("params").GetInt64()))
            );
            Assert.Equal(
                (convention, totals.GetProperty("macs").GetInt64()),
                (convention, layers.EnumerateArray().Sum(l => l.GetProperty("macs").GetInt64()))
            );
        }
    }

    [Fact]
    public void Inspect_Json_Resnet18Conv1_IsAsPublished()
    {
        using JsonDocument json = Parse("resnet18", "--input", "3x224x224");
        JsonElement conv1 = json.RootElement.GetProperty("layers")[0];

        Assert.Equal("3x224x224", json.RootElement.GetProperty("input").GetString());
        Assert.Equal("conv1", conv1.GetProperty("name").GetString());
        Assert.Equal("Conv2d", conv1.GetProperty("operator").GetString());
        Assert.Equal("2", conv1.GetProperty("options").GetProperty("stride").GetString());
        Assert.Equal("[[1,3,224,224]]", Compact(conv1.GetProperty("inputShapes")));
        Assert.Equal("[1,64,112,112]", Compact(conv1.GetProperty("outputShape")));
        Assert.Equal(9_408, conv1.GetProperty("params").GetInt64());
        Assert.Equal(118_013_952, conv1.GetProperty("macs").GetInt64());
        Assert.Equal("""{"size":[7,7],"stride":[2,2],"padding":[3,3]}""", Compact(conv1.GetProperty("receptiveField")));
        Assert.Equal(
            "height and width: floor((224 + 3 + 3 - 7)/2) + 1 = 112",
            conv1.GetProperty("why").GetString()!.Split(';')[0]
        );
        Assert.Equal(
            """{"size":[435,435],"stride":[32,32],"padding":[217,217]}""",
            Compact(json.RootElement.GetProperty("lastMap").GetProperty("receptiveField"))
        );
        Assert.Equal(68, json.RootElement.GetProperty("layers").GetArrayLength());
    }

    [Fact]
    public void Inspect_Batch_IsInShapesMultiplyAddsAndBytes()
    {
        using JsonDocument one = Parse("resnet18"),
            eight = Parse("resnet18", "--batch", "8");

        Assert.Equal("[8,64,112,112]", Compact(eight.RootElement.GetProperty("layers")[0].GetProperty("outputShape")));
        Assert.Equal(8, eight.RootElement.GetProperty("batch").GetInt32());
        Assert.Equal(8 * Total(one, "macs"), Total(eight, "macs"));
        Assert.Equal(8 * Total(one, "activationBytes"), Total(eight, "activationBytes"));
        Assert.Equal(Total(one, "params"), Total(eight, "params"));
        Assert.True(Total(eight, "trainingBytes") > Total(one, "trainingBytes"));
    }

    [Fact]
    public void Inspect_Csv_ReadsBackAsOneRowALayer()
    {
        Said said = Cli.Run("inspect", "resnet18", "--csv");
        string[][] rows = [.. said.Out.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(Fields)];
        using JsonDocument json = Parse("resnet18");
        JsonElement[] layers = [.. json.RootElement.GetProperty("layers").EnumerateArray()];

        Assert.Equal(
            [
                "name",
                "operator",
                "inputs",
                "output",
                "params",
                "macs",
                "field",
                "stride",
                "padding",
                "why",
                "sharedWith",
            ],
            rows[0]
        );
        Assert.Equal(layers.Length, rows.Length - 1);
        Assert.All(rows, row => Assert.Equal(11, row.Length));
        Assert.Equal(layers.Select(l => l.GetProperty("name").GetString()), rows[1..].Select(r => r[0]));
        Assert.Equal(
            layers.Select(l => l.GetProperty("params").GetInt64()),
            rows[1..].Select(r => long.Parse(r[4], System.Globalization.CultureInfo.InvariantCulture))
        );
        Assert.Equal("1x64x112x112", rows[1][3]);
        Assert.Equal("7x7", rows[1][6]);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    public void Row_Field_IsQuotedWhereItMustBe(string field, string expected) =>
        Assert.Equal($"1,{expected}", Verbs.LayerCsv.Row("1", field));

    [Fact]
    public void Inspect_NoModel_JsonListsTheZoo()
    {
        using JsonDocument json = JsonDocument.Parse(Cli.Run("inspect", "--json").Out);

        Assert.Equal(
            ModelRegistry.Names,
            json.RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString())
        );
    }

    internal static JsonDocument Parse(params string[] arguments)
    {
        Said said = Cli.Run(["inspect", .. arguments, "--json"]);
        Assert.True(said.Code == 0, said.Error);
        return JsonDocument.Parse(said.Out);
    }

    internal static string Compact(JsonElement element) => JsonSerializer.Serialize(element, Relaxed);

    private static long Total(JsonDocument json, string name) =>
        json.RootElement.GetProperty("totals").GetProperty(name).GetInt64();

    private static void AssertLayer(JsonElement layer, int rank)
    {
        AssertKeys(
            layer,
            "name",
            "operator",
            "options",
            "inputShapes",
            "outputShape",
            "params",
            "macs",
            "receptiveField",
            "why"
        );
        Assert.NotEmpty(layer.GetProperty("name").GetString()!);
        Assert.NotEmpty(layer.GetProperty("operator").GetString()!);
        Assert.NotEmpty(layer.GetProperty("why").GetString()!);
        Assert.All(
            layer.GetProperty("inputShapes").EnumerateArray(),
            s => Assert.All(s.EnumerateArray(), n => Assert.True(n.GetInt32() > 0))
        );
        Assert.All(layer.GetProperty("outputShape").EnumerateArray(), n => Assert.True(n.GetInt32() > 0));
        Assert.True(layer.GetProperty("params").GetInt64() >= 0 && layer.GetProperty("macs").GetInt64() >= 0);
        JsonElement field = layer.GetProperty("receptiveField");
        if (field.ValueKind != JsonValueKind.Null)
        {
            AssertKeys(field, "size", "stride", "padding");
            Assert.All(field.EnumerateObject(), p => Assert.Equal(rank, p.Value.GetArrayLength()));
            Assert.All(
                field.EnumerateObject().SelectMany(p => p.Value.EnumerateArray()),
                n => Assert.Equal(JsonValueKind.Number, n.ValueKind)
            );
        }
    }

    private static void AssertAnswer(JsonElement answer)
    {
        AssertKeys(
            answer,
            "id",
            "question",
            "verdict",
            "finding",
            "layers",
            "onsetStep",
            "onsetWithin",
            "predicted",
            "measured",
            "threshold",
            "source",
            "remedy",
            "experiment",
            "cause",
            "options",
            "crossed",
            "explainedBy"
        );
        Assert.Contains(answer.GetProperty("verdict").GetString(), Verdicts);
        Assert.Equal(JsonValueKind.Array, answer.GetProperty("layers").ValueKind);
        foreach (string name in new[] { "id", "question", "finding", "threshold", "source", "remedy", "experiment" })
        {
            Assert.True(answer.GetProperty(name).ValueKind == JsonValueKind.String, name);
        }

        foreach (
            JsonProperty quantity in answer
                .GetProperty("predicted")
                .EnumerateObject()
                .Concat(answer.GetProperty("measured").EnumerateObject())
        )
        {
            AssertKeys(quantity.Value, "value", "unit");
            Assert.True(
                quantity.Value.GetProperty("value").ValueKind is JsonValueKind.Number or JsonValueKind.Null,
                quantity.Name
            );
            Assert.Equal(JsonValueKind.String, quantity.Value.GetProperty("unit").ValueKind);
        }
    }

    private static void AssertKeys(JsonElement element, params string[] names) =>
        Assert.Equal(names, element.EnumerateObject().Select(p => p.Name));

    /// <summary>The fields of a line of CSV by RFC 4180.</summary>
    private static string[] Fields(string line)
    {
        List<string> fields = [""];
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                fields[^1] += line[i++];
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add("");
            }
            else
            {
                fields[^1] += line[i];
            }
        }

        Assert.False(quoted, $"a quote is left open: {line}");
        return [.. fields];
    }
}
