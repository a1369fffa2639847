using Fovea.Models;

namespace Fovea.Workbench.Tests;

/// <summary>Networks to ask about.</summary>
internal static class Networks
{
    private static readonly Dictionary<string, Evidence> Known = [];

    /// <summary>Evidence of a network of the zoo; each is traced once.</summary>
    public static Evidence Zoo(string model, params int[] item)
    {
        lock (Known)
        {
            string key = $"{model} {string.Join("x", item)}";
            if (!Known.TryGetValue(key, out Evidence? evidence))
            {
                (Module module, Shape usual) = ModelRegistry.Create(model, item.Length > 0 ? Shape.Create(item) : null);
                Known[key] = evidence = new Evidence(
                    Graph.Trace(module, item.Length > 0 ? Shape.Create(item) : usual, training: true),
                    model
                );
            }

            return evidence;
        }
    }

    /// <summary>Evidence of any network.</summary>
    public static Evidence Of(Shape item, params Module[] modules) =>
        new(Graph.Trace(new Sequential(modules), item, training: true), "net");

    /// <summary>The question's answer, with its form checked: units, a threshold's source, and a remedy and experiment
    /// where something is to be done.</summary>
    public static Answer Ask<T>(Evidence evidence)
        where T : Question, new()
    {
        Answer answer = new T().Ask(evidence);
        Assert.True(
            answer.Finding.EndsWith('.'),
            $"{answer.Id} of {evidence.Model}: the finding is no sentence: {answer.Finding}"
        );
        Assert.All(
            answer.Predicted,
            q => Assert.False(string.IsNullOrEmpty(q.Unit), $"{answer.Id}: {q.Name} has no unit")
        );
        Assert.All(
            answer.Layers,
            layer =>
                Assert.True(
                    layer == "input" || evidence.Graph.Nodes.Any(n => n.Name == layer),
                    $"{answer.Id}: '{layer}' is no layer of {evidence.Model}"
                )
        );
        if (answer.Verdict is Verdict.Fix or Verdict.Look)
        {
            Assert.False(
                string.IsNullOrEmpty(answer.Remedy),
                $"{answer.Id} of {evidence.Model}: {answer.Verdict} without a remedy"
            );
        }

        return answer;
    }

    /// <summary>A predicted number.</summary>
    public static double Number(this Answer answer, string name) =>
        answer.Predicted.FirstOrDefault(q => q.Name == name)?.Value
        ?? throw new ArgumentException(
            $"{answer.Id} predicts no {name}, only {string.Join(", ", answer.Predicted.Select(q => q.Name))}: {answer.Finding}"
        );

    /// <summary>Asserts a verdict; the failure says the finding.</summary>
    public static Answer Is(this Answer answer, Verdict verdict)
    {
        Assert.True(
            answer.Verdict == verdict,
            $"{answer.Id}: expected {verdict}, got {answer.Verdict}: {answer.Finding}"
        );
        return answer;
    }

    /// <summary>A 2-D convolution of one channel with the usual padding.</summary>
    public static Module Conv(int kernel = 3, int stride = 1, int? padding = null, int channels = 1) =>
        new Conv2d(channels, channels, kernel, stride, padding: padding ?? kernel / 2, bias: false);
}
