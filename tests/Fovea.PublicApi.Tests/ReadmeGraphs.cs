using Fovea.Models;

namespace Fovea.PublicApi.Tests;

/// <summary>The README's program about graphs.</summary>
public sealed class ReadmeGraphs
{
    [Fact]
    public void Graphs_AsWritten_GiveFeaturesAndAStep()
    {
        using StringWriter output = new();
        Redirected Console = new(output);
        var (model, item) = ModelSource.Create("resnet20");
        model.Initialize(seed: 1);
        Tensor x = Tensor.Normal([2, .. item.Sizes]),
            labels = Tensor.From<long>([3, 7], [2]);
        Console.WriteLine(model.Features(x, "layer2")["layer2"].Shape); // [2, 32, 16, 16]
        var step = TrainingGraph.Of(
            model,
            inputs: [GraphInput.OfItems("x", item)],
            targets: [GraphInput.OfItems("labels", [], DType.Int64)],
            loss: (y, t) => new CrossEntropy().Forward(y[0], t[0])
        );
        Console.WriteLine(step.Graph.ToListing()); // forward, loss and backward, a line a node
        step.Run([x], [labels], probe: (value, tensor) => Console.WriteLine($"{value.Name} {tensor.Shape}"));
        string[] lines = output.ToString().Split('\n');
        Assert.Equal("[2, 32, 16, 16]", lines[0].Trim());
        Assert.Contains(lines, l => l.StartsWith("grad.conv1 = Conv2dBackwardWeights(x, ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Trim() == "grad.conv1 [16, 3, 3, 3]");
    }
}
