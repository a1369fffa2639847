using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Workbench.Tests;

/// <summary>Generated readers and writers do what those of reflection do, which wrote the files there are.</summary>
public sealed class RunJsonTests
{
    private static readonly JsonSerializerOptions Reflection = new(JsonSerializerDefaults.Web);

    [Fact]
    public void From_OptionsOfAnEarlierVersion_TakeTheDefaultsOfWhatIsMissing() =>
        Assert.Equal(
            new TrainingOptions { Epochs = 3 },
            RunJson.Indented.From<TrainingOptions>(JsonNode.Parse("""{ "epochs": 3, "ofALaterVersion": 1 }"""))
        );

    [Fact]
    public void From_RequestWithoutAnything_IsThatOfTheConstructor() =>
        Assert.Equal(new TrainingRequest(), RunJson.Indented.From<TrainingRequest>(new JsonObject()));

    [Fact]
    public void ToNode_OptionsAndRequest_AreThoseOfReflection()
    {
        TrainingOptions options = new()
        {
            LearningRate = 0.1,
            Augment = "flip",
            Out = "not kept",
        };
        TrainingRequest request = new() { Model = "resnet20", Validation = 0.25 };
        Assert.Equal(
            JsonSerializer.Serialize(options, Reflection),
            RunJson.Indented.ToNode(options)!.ToJsonString(Reflection)
        );
        Assert.Equal(
            JsonSerializer.Serialize(request, Reflection),
            RunJson.Indented.ToNode(request)!.ToJsonString(Reflection)
        );
    }

    [Fact]
    public void ToText_MetricsWithoutANumber_SaysNaN()
    {
        Metrics line = new(1, 2, double.NaN, null, double.PositiveInfinity, 0.5, 0.1, 2);
        Assert.Equal(
            """{"epoch":1,"step":2,"loss":"NaN","accuracy":null,"validationLoss":"Infinity","validationAccuracy":0.5,"learningRate":0.1,"seconds":2}""",
            RunJson.Line.ToText(line)
        );
        Assert.Equal(line, RunJson.Line.From<Metrics>(RunJson.Line.ToText(line)));
    }
}
