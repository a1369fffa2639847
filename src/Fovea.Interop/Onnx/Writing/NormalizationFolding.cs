namespace Fovea.Interop.Onnx;

/// <summary>Which batch normalizations go into the layers before them: those of evaluation behind a convolution or linear
/// layer that nothing else reads, and whose weight nothing else uses.</summary>
internal sealed class NormalizationFolding
{
    private readonly Dictionary<Node, FoldedLayer> _layers = [];
    private readonly HashSet<Node> _normalizations = [];

    /// <summary>Finds them.</summary>
    public NormalizationFolding(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            if (
                node.Operator is BatchNormalization { Attributes: { UsesBatch: false } attributes }
                && node.Inputs[0] is { Producer: { } layer, Uses.Count: 1 } between
                && !graph.Outputs.Contains(between)
                && layer.Operator is Convolution or TransposedConvolution or LinearOperator
                && layer.Inputs.Skip(1).All(v => v.Tensor is not null && v.Uses.Count == 1)
                && node.Inputs.Skip(1).Take(attributes.RunningIndex + 1).All(v => v.Tensor is not null)
            )
            {
                _layers[layer] = Fold(layer, node, attributes);
                _normalizations.Add(node);
            }
        }
    }

    /// <summary>Weight and bias of a layer that takes a normalization in; null for any other.</summary>
    public FoldedLayer? Of(Node node) => _layers.GetValueOrDefault(node);

    /// <summary>Whether a normalization is in the layer before it.</summary>
    public bool Contains(Node node) => _normalizations.Contains(node);

    /// <summary>y = (w x + b - mean) / sqrt(var + eps) gamma + beta, in 64-bit floats.</summary>
    private static FoldedLayer Fold(Node layer, Node node, BatchNormAttributes attributes)
    {
        double[] Numbers(int input) => node.Inputs[input].Tensor!.ToArray<double>();
        int running = attributes.RunningIndex;
        double[] mean = Numbers(running),
            variance = Numbers(running + 1),
            scale = attributes.Affine ? Numbers(1) : [.. mean.Select(_ => 1.0)],
            shift = attributes.Affine ? Numbers(2) : new double[mean.Length],
            bias = layer.Inputs.Count > 2 ? layer.Inputs[2].Tensor!.ToArray<double>() : new double[mean.Length];
        for (int c = 0; c < mean.Length; c++)
        {
            scale[c] /= Math.Sqrt(variance[c] + attributes.Epsilon);
            bias[c] = ((bias[c] - mean[c]) * scale[c]) + shift[c];
        }

        Tensor weight = layer.Inputs[1].Tensor!;
        double[] weights = weight.ToArray<double>();
        Shape shape = weight.Shape;
        bool isTransposed = layer.Operator is TransposedConvolution;
        int inputs = shape[0],
            groups = isTransposed ? mean.Length / shape[1] : 1,
            taps = (int)(shape.Count / shape[0] / (isTransposed ? shape[1] : 1));
        for (int i = 0; i < weights.Length; i++)
        {
            // A transposed weight is [in, out / groups, taps...].
            int channel = isTransposed
                ? (i / taps / shape[1] / (inputs / groups) * shape[1]) + (i / taps % shape[1])
                : i / taps;
            weights[i] *= scale[channel];
        }

        return new FoldedLayer(
            Tensor.From<double>(weights, shape).To(weight.DType),
            Tensor.From<double>(bias, [bias.Length]).To(weight.DType)
        );
    }
}

/// <summary>A layer that has taken a normalization in.</summary>
/// <param name="Weight">Its weight.</param>
/// <param name="Bias">Its bias.</param>
internal sealed record FoldedLayer(Tensor Weight, Tensor Bias);
