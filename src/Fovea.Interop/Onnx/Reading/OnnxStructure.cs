using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop.Onnx;

/// <summary>Changes to the messages of a model that is to be trained: learned values are left out, and the last layer is made
/// for other classes.</summary>
internal static class OnnxStructure
{
    // What may stand between the last layer with weights and the scores.
    private static readonly HashSet<string> PassesChannels =
    [
        "Flatten",
        "Reshape",
        "Squeeze",
        "Relu",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "AveragePool",
        "ReduceMean",
        "Dropout",
        "Identity",
    ];

    /// <summary>Writes 0 in the place of values that are learned, and takes external data of the others inside.</summary>
    /// <param name="model">The messages; changed.</param>
    /// <param name="learned">Names of initializers that are learned.</param>
    /// <param name="folder">Where external data lies.</param>
    /// <param name="file">How messages name the model.</param>
    public static void Empty(ModelProto model, IReadOnlySet<string> learned, string? folder, string file)
    {
        TensorReader reader = new(folder);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            bool isExternal = tensor.DataLocation == TensorProto.Types.DataLocation.External;
            if (learned.Contains(tensor.Name))
            {
                Fill(tensor, new byte[TensorReader.BytesOf(tensor, file)]);
            }
            else if (isExternal)
            {
                Fill(tensor, reader.ExternalBytes(tensor, file));
            }
        }
    }

    /// <summary>Makes the only output scores of a number of classes: a softmax at the end is left out, as a loss takes scores,
    /// and the last layer with weights gets others of its size.</summary>
    /// <param name="model">The messages, <see cref="Empty"/>; changed.</param>
    /// <param name="classes">How many, 1 or more.</param>
    /// <param name="file">How messages name the model.</param>
    /// <exception cref="ModelFormatException">The network has several outputs or does not end in a layer of
    /// scores.</exception>
    public static void Score(ModelProto model, int classes, string file)
    {
        GraphProto graph = model.Graph;
        if (graph.Output.Count != 1)
        {
            throw new ModelFormatException(
                $"{file}: a classifier has one output, got {string.Join(", ", graph.Output.Select(o => o.Name))}. Train it from a program: Trainer.Fit with samples and a loss of your own."
            );
        }

        LeaveSoftmaxOut(graph);
        ValueInfoProto output = graph.Output[0];
        if (output.Type?.TensorType?.Shape is { Dim.Count: > 0 } shape)
        {
            shape.Dim[^1] = new TensorShapeProto.Types.Dimension { DimValue = classes };
        }

        Resize(graph, output.Name, classes, file);
    }

    /// <summary>Takes a softmax off the end of each output.</summary>
    /// <param name="graph">The messages; changed.</param>
    public static void LeaveSoftmaxOut(GraphProto graph)
    {
        foreach (ValueInfoProto output in graph.Output)
        {
            while (Producer(graph, output.Name) is { OpType: "Softmax" or "LogSoftmax" or "Identity" } last)
            {
                output.Name = last.Input[0];
                graph.Node.Remove(last);
            }
        }
    }

    private static void Resize(GraphProto graph, string scores, int classes, string file)
    {
        (NodeProto? node, TensorProto? bias) = (Producer(graph, scores), null);
        while (node is not null)
        {
            if (node.OpType == "Add" && Initializers(graph, node) is [var added])
            {
                bias = added;
                node = Producer(graph, node.Input.First(n => n != added.Name));
            }
            else if (PassesChannels.Contains(node.OpType))
            {
                node = Producer(graph, node.Input[0]);
            }
            else
            {
                break;
            }
        }

        TensorProto? weight = node is { OpType: "Gemm" or "MatMul" or "Conv", Input.Count: > 1 }
            ? graph.Initializer.FirstOrDefault(t => t.Name == node.Input[1])
            : null;
        if (weight is null)
        {
            throw new ModelFormatException(
                $"{file}: the scores must come from a Gemm, a MatMul or a Conv with weights of its own, got {node?.OpType ?? "nothing"}. Name a network of the zoo, and start from these weights with --init."
            );
        }

        bool isFirst =
            node!.OpType == "Conv" || (node.OpType == "Gemm" && node.Attribute.Any(a => a is { Name: "transB", I: 1 }));
        bias ??= node.Input.Count > 2 ? graph.Initializer.FirstOrDefault(t => t.Name == node.Input[2]) : null;
        foreach ((TensorProto tensor, int axis) in Sized(weight, isFirst ? 0 : weight.Dims.Count - 1, bias))
        {
            if (tensor.Dims[axis] == classes)
            {
                continue;
            }

            tensor.Dims[axis] = classes;
            Fill(tensor, new byte[TensorReader.BytesOf(tensor, file)]);
        }
    }

    private static IEnumerable<(TensorProto, int)> Sized(TensorProto weight, int axis, TensorProto? bias)
    {
        yield return (weight, axis);
        if (bias is not null)
        {
            yield return (bias, bias.Dims.Count - 1);
        }
    }

    private static NodeProto? Producer(GraphProto graph, string value) =>
        graph.Node.FirstOrDefault(n => n.Output.Contains(value));

    private static TensorProto[] Initializers(GraphProto graph, NodeProto node) =>
        [.. graph.Initializer.Where(t => node.Input.Contains(t.Name))];

    private static void Fill(TensorProto tensor, byte[] data)
    {
        tensor.FloatData.Clear();
        tensor.DoubleData.Clear();
        tensor.Int32Data.Clear();
        tensor.Int64Data.Clear();
        tensor.Uint64Data.Clear();
        tensor.ExternalData.Clear();
        tensor.ClearDataLocation();
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(data);
    }
}
