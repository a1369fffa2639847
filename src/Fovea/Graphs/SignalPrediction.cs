namespace Fovea.Graphs;

/// <summary>What activations and gradients will be at the first step, predicted from the weights' rules: nothing is
/// drawn or computed.</summary>
/// <remarks>
/// Forward: every operator's variance rule in turn, from data of mean 0 and variance 1 at every input. Backward: mean
/// squares of gradients from a gradient of mean square 1 at every output, summed
/// where a value is read more than once, every gradient taken for independent of the activation it meets (He et al.
/// 2015; Yang et al. 2019).
/// </remarks>
public sealed class SignalPrediction
{
    private readonly Dictionary<Value, Signal?> _signals = [];
    private readonly Dictionary<Value, double?> _gradients = [];

    private SignalPrediction(Graph graph, Signal input)
    {
        foreach (Value value in graph.Inputs)
        {
            (_signals[value], _gradients[value]) = (input, 0.0);
        }

        foreach (Node node in graph.Nodes)
        {
            foreach (Value further in node.Outputs)
            {
                (_signals[further], _gradients[further]) = (null, 0.0); // rules tell of the first output
            }

            _signals[node.Output] = node.Operator.Propagate(UseOf(node));
        }

        foreach (Value output in graph.Outputs)
        {
            _gradients[output] = 1.0;
        }

        foreach (Node node in graph.Nodes.Reverse())
        {
            double? gradient = _gradients[node.Output];
            SignalUse use = UseOf(node);
            foreach ((int index, Value value) in node.Activations)
            {
                _gradients[value] += gradient * node.Operator.GradientGain(use, index);
            }
        }
    }

    /// <summary>The statistics of a value; null where an operator on the way has no rule.</summary>
    /// <param name="value">A value of the graph.</param>
    public Signal? this[Value value] => _signals.GetValueOrDefault(value);

    /// <summary>Mean squared gradient of an element over that of an element of the output; null where an operator on
    /// the way has no rule.</summary>
    /// <param name="value">A value of the graph.</param>
    public double? Gradient(Value value) => _gradients.GetValueOrDefault(value);

    /// <summary>Predicts.</summary>
    /// <param name="graph">The network, traced as in training.</param>
    /// <param name="input">Statistics of the data; left out: mean 0, variance 1.</param>
    public static SignalPrediction Of(Graph graph, Signal? input = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new SignalPrediction(graph, input ?? Signal.Standard);
    }

    private SignalUse UseOf(Node node) =>
        new(node.Shapes, [.. node.Inputs.Select(i => i.IsActivation ? _signals[i] : OfTensor(i))]);

    private static Signal? OfTensor(Value value) =>
        value.Parameter is { } parameter
            ? new Signal(
                parameter.Initializer.MeanValue(parameter.Shape),
                0.0,
                parameter.Initializer.Variance(parameter.Shape)
            )
            : null;
}
