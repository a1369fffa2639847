using System.Globalization;

namespace Fovea.Interop.Onnx;

/// <summary>A model made ready: what it knows, and the nodes that are left to run.</summary>
/// <param name="Inputs">Names and types of the inputs.</param>
/// <param name="Outputs">Names and types of the outputs.</param>
/// <param name="Known">What follows from the file alone, and what is learned.</param>
/// <param name="Steps">The nodes, in order.</param>
internal sealed record OnnxProgram(
    IReadOnlyList<OnnxPort> Inputs,
    IReadOnlyList<OnnxPort> Outputs,
    IReadOnlyDictionary<string, OnnxValue> Known,
    IReadOnlyList<OnnxStep> Steps
)
{
    /// <summary>What is learned or kept and belongs to no node, with its name in the network.</summary>
    public IReadOnlyList<(string Name, object Member)> Loose { get; init; } = [];

    private readonly Dictionary<string, int> _lastUses = LastUses(Steps, Outputs);

    /// <summary>Runs the nodes, or records them in a trace. Values are let go of after their last use.</summary>
    /// <param name="inputs">The inputs, in order.</param>
    /// <returns>The outputs, in order.</returns>
    public IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs)
    {
        Dictionary<string, OnnxValue> values = [];
        for (int i = 0; i < inputs.Count; i++)
        {
            values[Inputs[i].Name] = inputs[i];
        }

        NameConstants();
        (long, long)? frozen = Frozen(inputs);
        for (int i = 0; i < Steps.Count; i++)
        {
            OnnxNode node = Steps[i].Node;
            OnnxValue?[] results = Steps[i]
                .Run([.. node.Inputs.Select(n => n.Length == 0 ? null : Find(values, n))], frozen);
            Keep(Steps[i], results, values);
            foreach (string name in node.Inputs)
            {
                if (_lastUses.TryGetValue(name, out int last) && last == i)
                {
                    values.Remove(name);
                }
            }
        }

        return [.. Outputs.Select(o => Find(values, o.Name))];
    }

    /// <summary>Puts results under the names that a node gives them.</summary>
    public static void Keep(OnnxStep step, OnnxValue?[] results, IDictionary<string, OnnxValue> values)
    {
        for (int j = 0; j < step.Node.Outputs.Count; j++)
        {
            if (step.Node.Outputs[j] is { Length: > 0 } name)
            {
                values[name] =
                    (j < results.Length ? results[j] : null)
                    ?? throw new ModelFormatException(
                        $"{step.Node.Subject}: output {j} ('{name}') is not computed here."
                    );
            }
        }
    }

    /// <summary>In a trace, constants are called as in the file.</summary>
    private void NameConstants()
    {
        foreach ((string name, OnnxValue value) in Known)
        {
            if (value.Tensor is not (Parameter or StateBuffer))
            {
                GraphTracer.Current?.Name(value.Tensor, OnnxNames.Path(name, "constant"));
            }
        }
    }

    /// <summary>The number of items that the first input declares and that it has, where they differ.</summary>
    private (long Declared, long Actual)? Frozen(IReadOnlyList<OnnxValue> inputs) =>
        inputs.Count > 0
        && inputs[0].Shape.Rank > 1
        && Inputs[0].Sizes is [var first, ..]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int declared)
        && declared != inputs[0].Shape[0]
            ? (declared, inputs[0].Shape[0])
            : null;

    private OnnxValue Find(Dictionary<string, OnnxValue> values, string name) =>
        values.TryGetValue(name, out OnnxValue? value) || Known.TryGetValue(name, out value)
            ? value
            : throw new ModelFormatException($"The value '{name}' is read before anything computes it.");

    private static Dictionary<string, int> LastUses(IReadOnlyList<OnnxStep> steps, IReadOnlyList<OnnxPort> outputs)
    {
        Dictionary<string, int> last = [];
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (string name in steps[i].Node.Inputs)
            {
                last[name] = i;
            }
        }

        foreach (OnnxPort output in outputs)
        {
            last.Remove(output.Name);
        }

        return last;
    }
}
