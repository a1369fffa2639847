namespace Fovea.Models.Tests;

/// <summary>Small networks of the zoo and their training steps.</summary>
internal static class ZooSteps
{
    public static (string Text, Shape Item) Small(string name, ModelEntry entry)
    {
        string slim = name == "resnet200" ? ",variant=slim" : "",
            text = entry.Arguments.Contains("width") ? $"{name}(width=0.25,classes=7{slim})" : $"{name}(classes=7)";
        int side =
            entry.SpatialRank == 1 ? 64
            : name == "alexnet" ? 95
            : 48;
        return (text, Shape.Create([entry.Input[0], .. Enumerable.Repeat(side, entry.SpatialRank)]));
    }

    public static TrainingGraph OfClasses(Module model, Shape item) =>
        TrainingGraph.Of(
            model,
            [GraphInput.OfItems("x", item)],
            [GraphInput.OfItems("labels", [], DType.Int64)],
            (y, t) => new CrossEntropy(labelSmoothing: 0.1).Forward(y[0], t[0])
        );
}
