using Fovea.Interop.Onnx;

namespace Fovea.Interop;

/// <summary>What is done to raw values before the network sees them, as nodes of an ONNX file.</summary>
/// <remarks>Values are divided by <see cref="Range"/>; then comes (x - mean) / std of each channel, or each channel of each
/// item is brought to mean 0 and deviation 1 by its own values. Pictures are not resized.</remarks>
public sealed record OnnxPreprocessing
{
    private const double SmallestDeviation = 1e-8; // below it a channel is constant up to rounding

    /// <summary>Mean of each channel.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [];

    /// <summary>Standard deviation of each channel, above 0.</summary>
    public IReadOnlyList<float> Std { get; init; } = [];

    /// <summary>Whether each channel of each item is normalized by its own mean and deviation; the others are then not
    /// used.</summary>
    public bool NormalizesItems { get; init; }

    /// <summary>What raw values are divided by: 255 for bytes, 1 for values of 0 to 1.</summary>
    public double Range { get; init; } = 1.0;

    /// <summary>The same on tensors.</summary>
    /// <param name="raw">Items [N, C, ...].</param>
    /// <exception cref="ShapeException">There is not a mean for each channel.</exception>
    public Tensor Apply(Tensor raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        RequireChannels(raw.Shape);
        Tensor x = Range == 1.0 ? raw : raw / Range;
        if (!NormalizesItems)
        {
            return (x - OfChannels(Mean, x.Rank)) * OfChannels([.. Std.Select(s => 1f / s)], x.Rank);
        }

        int[] axes = [.. Enumerable.Range(2, x.Rank - 2)];
        Tensor wide = x.To(DType.Float64),
            mean = wide.Mean(axes, keepDims: true),
            centered = wide - mean,
            deviation = centered.Square().Mean(axes, keepDims: true).Sqrt(),
            least = mean.Abs().Maximum(Tensor.Scalar(1.0, DType.Float64)) * SmallestDeviation;
        Tensor normalized = Tensor.Where(deviation > least, centered / deviation, Tensor.Scalar(0.0, DType.Float64));
        return normalized.To(x.DType);
    }

    /// <summary>Checks that a network can take it.</summary>
    internal void Require(Graph graph)
    {
        if (graph.Input.DType != DType.Float32)
        {
            throw new ArgumentException(
                $"ONNX export: preprocessing is of Float32, the input '{graph.Input.Name}' is {graph.Input.DType}."
            );
        }

        if (!(Range > 0.0) || !double.IsFinite(Range) || Std.Any(s => !(s > 0f) || !float.IsFinite(1f / s)))
        {
            throw new ArgumentException(
                "ONNX export: the range and each deviation of a preprocessing must be above 0."
            );
        }

        RequireChannels(graph.Input.Shape.Single);
    }

    /// <summary>Writes it as nodes behind an input.</summary>
    internal void Write(OnnxGraphWriter writer, Value input, string name)
    {
        Graph graph = GraphTracer.Trace(
            "preprocessing",
            null,
            [new GraphInput(input.Name, input.Shape, input.DType)],
            (_, x) => [Apply(x[0])]
        );
        writer.Name(graph.Input, name);
        foreach (Node node in graph.Nodes)
        {
            OnnxUse use = new(writer, node, writer.Unique($"preprocess.{node.Name}"));
            OnnxCatalog.FindWriting(node.Operator)!.Write(use);
        }

        writer.Name(input, writer.NameOf(graph.Output));
    }

    private static Tensor OfChannels(IReadOnlyList<float> values, int rank) =>
        Tensor.From<float>([.. values], Shape.Create([values.Count, .. Enumerable.Repeat(1, rank - 2)]));

    private void RequireChannels(Shape x)
    {
        if (x.Rank < 3 || (!NormalizesItems && (x[1] != Mean.Count || x[1] != Std.Count)))
        {
            throw new ShapeException(
                $"ONNX export: a preprocessing takes [N, C, ...] with a mean and a deviation for each channel, got {Mean.Count} and {Std.Count} for {x}."
            );
        }
    }
}
