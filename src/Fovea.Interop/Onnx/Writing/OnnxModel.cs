using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>A model that is written, but for the elements of its tensors.</summary>
/// <param name="Proto">The messages.</param>
/// <param name="Tensors">The tensors.</param>
internal sealed record OnnxModel(ModelProto Proto, IReadOnlyList<OnnxTensor> Tensors)
{
    /// <summary>Bytes of all tensors.</summary>
    public long Bytes => Tensors.Sum(t => t.Bytes);
}

/// <summary>Makes the messages of a graph.</summary>
internal static class OnnxModelWriter
{
    /// <summary>The oldest set of operators that is written, and the usual one.</summary>
    public const int OldestOpset = 13,
        UsualOpset = 17;

    /// <summary>Makes the model.</summary>
    /// <param name="graph">The graph, of evaluation.</param>
    /// <param name="options">What is asked for.</param>
    /// <exception cref="ModelFormatException">The graph has what an ONNX file cannot hold.</exception>
    public static OnnxModel Make(Graph graph, OnnxExportOptions options)
    {
        OnnxNetwork? source = SourceOf(graph);
        int opset = OpsetOf(graph, options);
        OnnxGraphWriter writer = new(graph, opset, options.FoldNormalizations ? new(graph) : null);
        string[] inputs = InputNames(graph, options, source),
            outputs = OutputNames(graph, options, source);
        Array.ForEach(inputs, writer.Reserve);
        Array.ForEach(outputs, writer.Reserve);
        GraphProto proto = new() { Name = source?.GraphName ?? graph.Name };
        for (int i = 0; i < inputs.Length; i++)
        {
            ElementType type = source?.Inputs[i].Type ?? OnnxTensors.TypeOf(graph.Inputs[i].DType);
            proto.Input.Add(Info(inputs[i], graph.Inputs[i].Shape, type, options));
            writer.Name(graph.Inputs[i], inputs[i], type);
        }

        options.Preprocessing?.Write(writer, graph.Inputs[0], inputs[0]);
        writer.WriteAll();
        for (int i = 0; i < outputs.Length; i++)
        {
            ElementType type = source?.Outputs[i].Type ?? OnnxTensors.TypeOf(graph.Outputs[i].DType);
            proto.Output.Add(Info(outputs[i], graph.Outputs[i].Shape, type, options));
            writer.Expose(graph.Outputs[i], type, outputs[i]);
        }

        proto.Node.AddRange(writer.Nodes);
        ReadingMarks.Write(writer.Nodes, writer.Tensors);
        return new OnnxModel(Model(proto, opset, options, source), writer.Tensors);
    }

    /// <summary>The network of a file that a graph was made of; null for any other.</summary>
    public static OnnxNetwork? SourceOf(Graph graph) =>
        graph.Module is OnnxNetwork network
        && network.Inputs.Count == graph.Inputs.Count
        && network.Outputs.Count == graph.Outputs.Count
            ? network
            : null;

    /// <summary>The set of operators that a graph is written in.</summary>
    public static int OpsetOf(Graph graph, OnnxExportOptions options) =>
        options.Opset
        ?? (
            SourceOf(graph) is { Opset: >= OldestOpset and <= OnnxReader.NewestOpset } network
                ? network.Opset
                : UsualOpset
        );

    /// <summary>The oldest version of the file's format that came with a set of operators, as ONNX' versioning lists
    /// it.</summary>
    private static int IrOf(int opset) =>
        opset switch
        {
            < 15 => 7,
            < 19 => 8,
            < 21 => 9,
            < 23 => 10,
            23 => 11,
            24 => 12,
            _ => 13,
        };

    private static ModelProto Model(GraphProto graph, int opset, OnnxExportOptions options, OnnxNetwork? source)
    {
        ModelProto model = new()
        {
            IrVersion = IrOf(opset),
            ProducerName = "Fovea",
            ProducerVersion = typeof(OnnxExport).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        Dictionary<string, string> metadata = new(source?.Metadata ?? new Dictionary<string, string>());
        foreach ((string key, string value) in options.Metadata)
        {
            metadata[key] = value;
        }

        foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        return model;
    }

    private static string[] InputNames(Graph graph, OnnxExportOptions options, OnnxNetwork? source) =>
        Names("input", options.InputNames, [.. source?.Inputs.Select(i => i.Name) ?? graph.Inputs.Select(i => i.Name)]);

    /// <summary>One output is called so; several are called by their nodes.</summary>
    private static string[] OutputNames(Graph graph, OnnxExportOptions options, OnnxNetwork? source)
    {
        string[] names =
            source is not null ? [.. source.Outputs.Select(o => o.Name)]
            : graph.Outputs.Count == 1 ? ["output"]
            : [.. graph.Outputs.Select(o => o.Name)];
        HashSet<string> seen = [];
        for (int i = 0; i < names.Length; i++)
        {
            string name = names[i];
            for (int n = 2; !seen.Add(names[i]); n++)
            {
                names[i] = $"{name}_{n}"; // one value given twice
            }
        }

        return Names("output", options.OutputNames, names);
    }

    private static string[] Names(string what, IReadOnlyList<string>? given, string[] usual)
    {
        if (given is null)
        {
            return usual;
        }

        return given.Count == usual.Length && given.Distinct().Count() == given.Count && given.All(n => n.Length > 0)
            ? [.. given]
            : throw new ArgumentException(
                $"ONNX export: the network has {usual.Length} {what}{(usual.Length == 1 ? "" : "s")}, which need as many different names, got [{string.Join(", ", given)}]."
            );
    }

    private static ValueInfoProto Info(string name, SymbolicShape shape, ElementType type, OnnxExportOptions options)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type, Shape = new TensorShapeProto() };
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int size = shape.Single[axis];
            tensor.Shape.Dim.Add(
                shape.ScalesWithBatch(axis) && options.Open.HasFlag(OnnxOpenAxes.Batch)
                    ? new TensorShapeProto.Types.Dimension { DimParam = size == 1 ? "batch" : $"{size}*batch" }
                    : new TensorShapeProto.Types.Dimension { DimValue = size }
            );
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }
}
