using Fovea.Interop.Onnx.Messages;
using Google.Protobuf.Collections;

namespace Fovea.Interop.Onnx;

/// <summary>Leaves spatial sizes of a model open: what is written at two sizes must be the same, node by node.</summary>
/// <param name="graph">The graph at the size that was given.</param>
/// <param name="options">What is asked for.</param>
internal sealed class OpenSizes(Graph graph, OnnxExportOptions options)
{
    private const int Step = 32; // sizes of networks are multiples of their strides

    private static readonly string[] NotOfAll = ["depth", "height"]; // axes that series or pictures lack

    /// <summary>The names of the spatial axes, outermost first.</summary>
    private readonly string[] _names = graph.SpatialRank switch
    {
        1 => ["length"],
        2 => ["height", "width"],
        _ => ["depth", "height", "width"],
    };

    /// <summary>The graph at other sizes of the axes that are to be open; null where none is.</summary>
    /// <exception cref="ModelFormatException">The network does not take other sizes, or has no such axis.</exception>
    public Graph? Other()
    {
        string[] lacking = [.. NotOfAll.Where(n => !_names.Contains(n) && options.Open.HasFlag(OpenAxis(n)))];
        if (lacking.Length > 0)
        {
            throw new ModelFormatException(
                $"items of {graph.Input.Shape.Item} have no {string.Join(" and no ", lacking)} to leave open; they have {string.Join(", ", _names)}."
            );
        }

        if (!Enumerable.Range(0, graph.SpatialRank).Any(IsOpen))
        {
            return null;
        }

        int[] item = graph.Input.Shape.Item.Sizes.ToArray();
        for (int axis = 0; axis < graph.SpatialRank; axis++)
        {
            item[axis + 1] += IsOpen(axis) ? Step * (axis + 1) : 0;
        }

        try
        {
            return At(Shape.Create(item));
        }
        catch (ShapeException e)
        {
            throw Fixed($"the network does not take {Text(item)}: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Opens the sizes of inputs and outputs.</summary>
    /// <param name="model">The model at the size that was given; changed.</param>
    /// <param name="other">The model at the other sizes.</param>
    /// <exception cref="ModelFormatException">A node depends on a size.</exception>
    public void Open(OnnxModel model, OnnxModel other)
    {
        RequireSame(model, other);
        TensorShapeProto input = model.Proto.Graph.Input[0].Type.TensorType.Shape;
        Dictionary<(long, long), string> names = [];
        for (int axis = 0; axis < graph.SpatialRank; axis++)
        {
            if (IsOpen(axis))
            {
                int position = input.Dim.Count - graph.SpatialRank + axis;
                long there = other.Proto.Graph.Input[0].Type.TensorType.Shape.Dim[position].DimValue;
                names[(input.Dim[position].DimValue, there)] = _names[axis];
            }
        }

        foreach (
            (ValueInfoProto mine, ValueInfoProto its) in model
                .Proto.Graph.Input.Concat(model.Proto.Graph.Output)
                .Zip(other.Proto.Graph.Input.Concat(other.Proto.Graph.Output))
        )
        {
            for (int i = 0; i < mine.Type.TensorType.Shape.Dim.Count; i++)
            {
                TensorShapeProto.Types.Dimension size = mine.Type.TensorType.Shape.Dim[i],
                    there = its.Type.TensorType.Shape.Dim[i];
                if (!size.Equals(there))
                {
                    mine.Type.TensorType.Shape.Dim[i] = names.TryGetValue(
                        (size.DimValue, there.DimValue),
                        out string? name
                    )
                        ? new TensorShapeProto.Types.Dimension { DimParam = name }
                        : new TensorShapeProto.Types.Dimension();
                }
            }
        }
    }

    private bool IsOpen(int axis) => options.Open.HasFlag(OpenAxis(_names[axis]));

    private static OnnxOpenAxes OpenAxis(string name) =>
        name switch
        {
            "depth" => OnnxOpenAxes.Depth,
            "height" => OnnxOpenAxes.Height,
            _ => OnnxOpenAxes.Width,
        };

    private Graph At(Shape item)
    {
        if (graph.Module is not { } module)
        {
            return graph.Rewrite(item);
        }

        GraphInput[] inputs =
        [
            .. graph.Inputs.Select(
                (v, i) => new GraphInput(v.Name, i == 0 ? SymbolicShape.BatchOf(item) : v.Shape, v.DType)
            ),
        ];
        return Graph.Trace(module, inputs, training: false, graph.Name);
    }

    private void RequireSame(OnnxModel model, OnnxModel other)
    {
        RepeatedField<NodeProto> mine = model.Proto.Graph.Node,
            its = other.Proto.Graph.Node;
        Dictionary<string, OnnxTensor> there = other.Tensors.ToDictionary(t => t.Name);
        Dictionary<string, OnnxTensor> here = model.Tensors.ToDictionary(t => t.Name);
        for (int i = 0; i < Math.Max(mine.Count, its.Count); i++)
        {
            NodeProto node = i < mine.Count ? mine[i] : its[i];
            bool isSame =
                i < mine.Count
                && i < its.Count
                && mine[i].Equals(its[i])
                && node.Input.All(n =>
                    !here.TryGetValue(n, out OnnxTensor? t) || IsSame(t, there.GetValueOrDefault(n))
                );
            if (!isSame)
            {
                throw Fixed($"{node.OpType} '{node.Name}' depends on the size of the input", null);
            }
        }
    }

    private static bool IsSame(OnnxTensor mine, OnnxTensor? other) =>
        other is not null
        && mine.Shape == other.Shape
        && (
            ReferenceEquals(mine.Tensor, other.Tensor)
            || (
                mine.Tensor.DType == other.Tensor.DType
                && OnnxTensors.BytesOf(mine.Tensor).AsSpan().SequenceEqual(OnnxTensors.BytesOf(other.Tensor))
            )
        );

    private ModelFormatException Fixed(string reason, Exception? cause)
    {
        string axes = string.Join(" and ", _names.Where((_, i) => IsOpen(i)));
        string message =
            $"{graph.Name}: {axes} cannot be left open: {reason}. Leave the batch open alone, or use a network that ends in a global pool.";
        return cause is null
            ? new ModelFormatException(message) { IsUnsupported = true }
            : new ModelFormatException(message, cause) { IsUnsupported = true };
    }

    private static string Text(int[] item) => string.Join('x', item);
}
