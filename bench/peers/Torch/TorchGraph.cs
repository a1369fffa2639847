using Fovea.Graphs;
using TorchSharp;
using static TorchSharp.torch;
using Functional = TorchSharp.torch.nn.functional;
using TorchParameter = TorchSharp.Modules.Parameter;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Fovea.Peers.Torch;

/// <summary>A traced network's layers by libtorch: one call a node, with copies of its weights.</summary>
/// <remarks>Dropout passes its input on, in training too: masks drawn by two generators cannot be compared.</remarks>
internal sealed class TorchGraph
{
    private readonly Graph _graph;
    private readonly bool _channelsLast;
    private readonly Dictionary<Value, TorchTensor> _weights = [];
    private readonly Dictionary<Node, (TorchTensor Weight, TorchTensor Bias)> _folded = [];

    /// <summary>Copies the weights.</summary>
    /// <param name="graph">The network, traced in training or in evaluation.</param>
    /// <param name="channelsLast">Whether filters lie with their channels last. The input must too.</param>
    public TorchGraph(Graph graph, bool channelsLast)
    {
        (_graph, _channelsLast) = (graph, channelsLast);
        foreach (Value value in graph.Parameters.Concat(graph.State))
        {
            TorchTensor copy = Laid(Copy(value.Tensor!));
            _weights[value] = value.Parameter is null ? copy : new TorchParameter(copy, graph.IsTraining);
        }

        foreach (Node node in graph.IsTraining ? [] : graph.Nodes.Where(IsFolded))
        {
            _folded[node] = Fold(node, node.Output.Consumers[0]);
        }
    }

    /// <summary>What is learned.</summary>
    public IEnumerable<TorchParameter> Parameters => _weights.Values.OfType<TorchParameter>();

    /// <summary>An input in the layout of the filters.</summary>
    /// <param name="x">[N, C, H, W].</param>
    public TorchTensor Input(Tensor x) => Laid(Copy(x));

    /// <summary>The output.</summary>
    /// <param name="x">From <see cref="Input"/>.</param>
    public TorchTensor Forward(TorchTensor x)
    {
        Dictionary<Value, TorchTensor> values = new() { [_graph.Input] = x };
        foreach (Node node in _graph.Nodes)
        {
            values[node.Output] = Apply(node, values);
        }

        return values[_graph.Output];
    }

    private static TorchTensor Copy(Tensor source) =>
        tensor(source.ToArray(), [.. source.Shape.Sizes.ToArray().Select(s => (long)s)]);

    /// <summary>Channels last by strides, from which libtorch tells the layout.</summary>
    private TorchTensor Laid(TorchTensor x) =>
        _channelsLast && x.dim() == 4 ? x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : x;

    private TorchTensor Apply(Node node, Dictionary<Value, TorchTensor> values)
    {
        TorchTensor In(int i) =>
            _weights.TryGetValue(node.Inputs[i], out TorchTensor? weight) ? weight : values[node.Inputs[i]];
        return node.Operator.Attributes switch
        {
            ConvolutionAttributes conv => Convolve(node, In(0), conv),
            BatchNormAttributes when node.Inputs[0].Producer is { } producer && _folded.ContainsKey(producer) => In(0),
            BatchNormAttributes norm => Functional.batch_norm(
                In(0),
                In(3),
                In(4),
                In(1),
                In(2),
                norm.Training,
                norm.Momentum ?? throw NotKnown(node),
                norm.Epsilon
            ),
            SlidingPoolAttributes pool when node.Operator.Name == "MaxPool2d" => Functional.max_pool2d(
                In(0),
                Axes(pool.Kernel),
                Axes(pool.Stride),
                Both(pool.Padding, node),
                Axes(pool.Dilation),
                pool.Ceil
            ),
            SlidingPoolAttributes pool when node.Operator.Name == "MaxPool1d" => Functional.max_pool1d(
                In(0),
                pool.Kernel.At(0, 1),
                pool.Stride.At(0, 1),
                Both(pool.Padding, node)[0],
                pool.Dilation.At(0, 1),
                pool.Ceil
            ),
            GlobalPoolAttributes pool when node.Operator.Name == "GlobalAvgPool" && In(0).dim() == 3 => pool.Flatten
                ? Functional.adaptive_avg_pool1d(In(0), 1).flatten(1)
                : Functional.adaptive_avg_pool1d(In(0), 1),
            AdaptivePoolAttributes pool when node.Operator.Name == "AdaptiveAvgPool2d" =>
                Functional.adaptive_avg_pool2d(In(0), (pool.Size.At(0, 2), pool.Size.At(1, 2))),
            GlobalPoolAttributes pool when node.Operator.Name == "GlobalAvgPool" => pool.Flatten
                ? Functional.adaptive_avg_pool2d(In(0), 1).flatten(1)
                : Functional.adaptive_avg_pool2d(In(0), 1),
            _ => node.Operator.Name switch
            {
                "Linear" => Functional.linear(In(0), In(1), In(2)),
                "Add" => In(0).add(In(1)),
                "Multiply" => In(0).mul(In(1)),
                "ReLU" => In(0).relu(),
                "ReLU6" => In(0).relu6(),
                "SiLU" => In(0).silu(),
                "Hardswish" => Functional.hardswish(In(0)),
                "Hardsigmoid" => Functional.hardsigmoid(In(0)),
                "Sigmoid" => In(0).sigmoid(),
                "Dropout" or "DropPath" => In(0),
                "Reshape" or "Flatten" => In(0).flatten(1), // the only kind in these networks
                "Concat" => cat([.. node.Inputs.Select((_, i) => In(i))], 1),
                _ => throw NotKnown(node),
            },
        };
    }

    private TorchTensor Convolve(Node node, TorchTensor x, ConvolutionAttributes conv)
    {
        (TorchTensor weight, TorchTensor? bias) = _folded.TryGetValue(node, out (TorchTensor, TorchTensor) folded)
            ? folded
            : (_weights[node.Inputs[1]], node.Inputs.Count > 2 ? _weights[node.Inputs[2]] : null);
        if (x.dim() == 3)
        {
            (long before, long after) = Pads.Of(conv.Padding, node)[0];
            return Functional.conv1d(
                before == after ? x : Functional.pad(x, [before, after]), // as PyTorch's 'same' does
                weight,
                bias,
                conv.Stride.At(0, 1),
                before == after ? before : 0,
                conv.Dilation.At(0, 1),
                conv.Groups
            );
        }

        return Functional.conv2d(
            x,
            weight,
            bias,
            Axes(conv.Stride),
            Both(conv.Padding, node),
            Axes(conv.Dilation),
            conv.Groups
        );
    }

    private static bool IsFolded(Node node) =>
        node.Operator.Attributes is ConvolutionAttributes
        && node.Inputs.Count == 2
        && node.Output.Consumers is [{ Operator.Attributes: BatchNormAttributes }];

    /// <summary>Filters and bias that do the normalization's work too, as PyTorch's own optimization for inference makes
    /// them: weight * g and beta - mean * g, with g = gamma / sqrt(variance + epsilon).</summary>
    private (TorchTensor Weight, TorchTensor Bias) Fold(Node conv, Node norm)
    {
        double epsilon = ((BatchNormAttributes)norm.Operator.Attributes!).Epsilon;
        TorchTensor[] of = [.. norm.Inputs.Skip(1).Take(4).Select(v => _weights[v].to_type(ScalarType.Float64))];
        TorchTensor gain = of[0] / (of[3] + epsilon).sqrt();
        long[] rows = [-1, .. Enumerable.Repeat(1L, conv.Shapes.Inputs[1].Rank - 1)];
        TorchTensor weight = _weights[conv.Inputs[1]].to_type(ScalarType.Float64) * gain.reshape(rows);
        return (Laid(weight.to_type(ScalarType.Float32)), (of[1] - (of[2] * gain)).to_type(ScalarType.Float32));
    }

    private static long[] Axes(PerAxis values) => [values.At(0, 2), values.At(1, 2)];

    private static long[] Both(Padding padding, Node node) =>
        [.. Pads.Of(padding, node).Select(p => p.Before == p.After ? p.Before : throw NotKnown(node))];

    private static NotSupportedException NotKnown(Node node) =>
        new($"{node.Name}: bench/peers has no libtorch call for {node.Operator.Name} with these arguments.");
}
