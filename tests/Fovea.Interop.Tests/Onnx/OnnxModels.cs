using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Small models, written as messages.</summary>
internal static class OnnxModels
{
    /// <summary>A model of nodes.</summary>
    public static ModelProto Model(
        int opset,
        IEnumerable<ValueInfoProto> inputs,
        string output,
        params NodeProto[] nodes
    )
    {
        ModelProto model = new()
        {
            IrVersion = 8,
            Graph = new GraphProto { Name = "graph" },
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        model.Graph.Input.AddRange(inputs);
        model.Graph.Node.AddRange(nodes);
        model.Graph.Output.Add(new ValueInfoProto { Name = output, Type = Float() });
        return model;
    }

    /// <summary>The network of a model.</summary>
    public static OnnxNetwork Open(this ModelProto model) => OnnxNetwork.Read(model.ToByteArray(), "test.onnx");

    /// <summary>An input of floats; names of sizes are open.</summary>
    public static ValueInfoProto Input(string name, params object[] sizes)
    {
        TypeProto type = Float();
        type.TensorType.Shape = new TensorShapeProto();
        foreach (object size in sizes)
        {
            type.TensorType.Shape.Dim.Add(
                size is int number
                    ? new TensorShapeProto.Types.Dimension { DimValue = number }
                    : new TensorShapeProto.Types.Dimension { DimParam = (string)size }
            );
        }

        return new ValueInfoProto { Name = name, Type = type };
    }

    /// <summary>A node named by its operator.</summary>
    public static NodeProto Node(string type, string inputs, string outputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = type, Name = type.ToLowerInvariant() };
        node.Input.AddRange(inputs.Split(' '));
        node.Output.AddRange(outputs.Split(' '));
        for (int i = 0; i < node.Input.Count; i++)
        {
            node.Input[i] = node.Input[i] == "_" ? "" : node.Input[i]; // absent
        }

        node.Attribute.AddRange(attributes);
        return node;
    }

    public static AttributeProto Int(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Int,
            I = value,
        };

    public static AttributeProto Number(string name, float value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Float,
            F = value,
        };

    public static AttributeProto Text(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.String,
            S = ByteString.CopyFromUtf8(value),
        };

    public static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    /// <summary>Floats in the field of their type.</summary>
    public static TensorProto Floats(string name, long[] dims, params float[] values)
    {
        TensorProto tensor = new() { Name = name, DataType = 1 };
        tensor.Dims.AddRange(dims);
        tensor.FloatData.AddRange(values);
        return tensor;
    }

    /// <summary>64-bit integers in the field of their type.</summary>
    public static TensorProto Longs(string name, params long[] values)
    {
        TensorProto tensor = new() { Name = name, DataType = 7 };
        tensor.Dims.Add(values.Length);
        tensor.Int64Data.AddRange(values);
        return tensor;
    }

    /// <summary>The model with tensors of its own.</summary>
    public static ModelProto With(this ModelProto model, params TensorProto[] tensors)
    {
        model.Graph.Initializer.AddRange(tensors);
        return model;
    }

    /// <summary>A convolution, a normalization, a ReLU, a mean and a linear layer, with names as PyTorch gives them.</summary>
    public static ModelProto SmallCnn()
    {
        float[] Values(int count, float scale) =>
            [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i * 1.7f) * scale)];
        return Model(
                17,
                [Input("input", "batch", 1, 6, 6)],
                "logits",
                Node("Conv", "input features.0.weight features.0.bias", "c", Ints("pads", 1, 1, 1, 1)),
                Node(
                    "BatchNormalization",
                    "c features.1.weight features.1.bias features.1.running_mean features.1.running_var",
                    "b",
                    Number("momentum", 0.9f)
                ),
                Node("Relu", "b", "r"),
                Node("GlobalAveragePool", "r", "g"),
                Node("Flatten", "g", "f"),
                Node("Gemm", "f classifier.weight classifier.bias", "logits", Int("transB", 1))
            )
            .With(
                Floats("features.0.weight", [4, 1, 3, 3], Values(36, 0.4f)),
                Floats("features.0.bias", [4], 0f, 0.1f, 0.2f, 0.3f),
                Floats("features.1.weight", [4], 1f, 1f, 1f, 1f),
                Floats("features.1.bias", [4], 0f, 0f, 0f, 0f),
                Floats("features.1.running_mean", [4], 0f, 0f, 0f, 0f),
                Floats("features.1.running_var", [4], 1f, 1f, 1f, 1f),
                Floats("classifier.weight", [2, 4], Values(8, 0.5f)),
                Floats("classifier.bias", [2], 0f, 0f)
            );
    }

    private static TypeProto Float() => new() { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } };
}
