using Fovea.Models;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>Networks to ask about, and short ways to ask.</summary>
internal static class Networks
{
    public static Evidence Of(Module module, params int[] item) =>
        new(Graph.Trace(module, Shape.Create(item), training: true), "net");

    public static Evidence Zoo(string text)
    {
        (Module module, Shape item) = ModelRegistry.Create(text);
        return new Evidence(Graph.Trace(module, item, training: true, name: text), text);
    }

    public static double Number(this Answer answer, string name) =>
        answer.Predicted.FirstOrDefault(p => p.Name == name)?.Value
        ?? throw new Xunit.Sdk.XunitException(
            $"{answer.Id} predicts no '{name}', only {string.Join(", ", answer.Predicted.Select(p => p.Name))}: {answer.Finding}"
        );

    public static void AssertVerdict(Verdict expected, Answer answer) =>
        Assert.True(
            expected == answer.Verdict,
            $"{answer.Id}: expected {expected}, got {answer.Verdict}: {answer.Finding}"
        );

    /// <summary>Plain convolutions 3x3 with ReLU.</summary>
    public static Sequential Plain(
        int layers,
        int channels,
        Initializer? rule = null,
        bool norm = false,
        bool bias = true
    )
    {
        Sequential network = [];
        for (int i = 0; i < layers; i++)
        {
            network.Add($"conv{i}", Filters(i == 0 ? 3 : channels, channels, 3, rule, bias));
            if (norm)
            {
                network.Add($"norm{i}", new BatchNorm2d(channels));
            }

            network.Add($"relu{i}", new ReLU());
        }

        network.Add("pool", new GlobalAvgPool(flatten: true));
        network.Add("fc", new Linear(channels, 10));
        return network;
    }

    public static Conv2d Filters(
        int inChannels,
        int outChannels,
        int kernel,
        Initializer? rule = null,
        bool bias = true,
        int groups = 1
    )
    {
        Conv2d layer = new(inChannels, outChannels, kernel, padding: kernel / 2, bias: bias, groups: groups);
        layer.Weight.Initializer = rule ?? layer.Weight.Initializer;
        return layer;
    }
}
