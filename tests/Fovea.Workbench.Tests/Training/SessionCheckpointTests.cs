using System.Text.Json.Nodes;

namespace Fovea.Workbench.Tests;

/// <summary>Checkpoints of other programs: what is missing is named.</summary>
public sealed class SessionCheckpointTests
{
    private static Checkpoint With(JsonNode? model) =>
        new(new JsonObject { ["model"] = model }, new Dictionary<string, Tensor>());

    [Fact]
    public void ReadText_Text_IsRead() =>
        Assert.Equal("resnet20(classes=3)", SessionCheckpoint.ReadText(With("resnet20(classes=3)"), "model"));

    [Fact]
    public void ReadText_Missing_IsNamed() =>
        Assert.Contains(
            "metadata 'model' is missing: the file is a checkpoint, but not of a training run",
            Assert.Throws<CheckpointException>(() => SessionCheckpoint.ReadText(With(null), "model")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void ReadText_SomethingElse_IsShown() =>
        Assert.Contains(
            "metadata 'model': expected a text, found [3]",
            Assert
                .Throws<CheckpointException>(() => SessionCheckpoint.ReadText(With(new JsonArray(3)), "model"))
                .Message,
            StringComparison.Ordinal
        );
}
