using System.Globalization;
using Fovea.Interop.Onnx.Messages;
using Google.Protobuf.Collections;

namespace Fovea.Interop.Onnx;

/// <summary>A node of a model whose functions are inlined.</summary>
/// <param name="Operator">The operator's name, e.g. <c>Conv</c>.</param>
/// <param name="Domain">Its domain; empty for the standard one.</param>
/// <param name="Opset">The version of the set of operators in which it is meant.</param>
/// <param name="Name">Its name; made up where the file has none.</param>
/// <param name="Inputs">Names of the values that it reads; empty for one that is absent.</param>
/// <param name="Outputs">Names of the values that it computes; empty for one that nobody wants.</param>
/// <param name="Attributes">Its attributes.</param>
internal sealed record OnnxNode(
    string Operator,
    string Domain,
    int Opset,
    string Name,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, AttributeProto> Attributes
)
{
    /// <summary>How messages name it.</summary>
    public string Subject => $"{Operator} '{Name}'";

    /// <summary>Whether the file gives an attribute.</summary>
    public bool Has(string name) => Attributes.ContainsKey(name);

    /// <summary>A whole number.</summary>
    public long Int(string name, long usual) => Find(name, AttributeProto.Types.AttributeType.Int)?.I ?? usual;

    /// <summary>A whole number that is 0 or 1.</summary>
    public bool Flag(string name, bool usual) => Int(name, usual ? 1 : 0) != 0;

    /// <summary>A number: of a 32-bit float the shortest decimal that stands for it, as its author wrote it.</summary>
    public double Float(string name, double usual) =>
        Find(name, AttributeProto.Types.AttributeType.Float) is { } a ? Decimal(a.F) : usual;

    /// <summary>A text.</summary>
    public string Text(string name, string usual) =>
        Find(name, AttributeProto.Types.AttributeType.String) is { } a ? a.S.ToStringUtf8() : usual;

    /// <summary>Whole numbers; null where there are none.</summary>
    public long[]? Ints(string name) =>
        Find(name, AttributeProto.Types.AttributeType.Ints) is { } a ? [.. a.Ints] : null;

    /// <summary>Numbers; null where there are none.</summary>
    public float[]? Floats(string name) =>
        Find(name, AttributeProto.Types.AttributeType.Floats) is { } a ? [.. a.Floats] : null;

    /// <summary>A tensor; null where there is none.</summary>
    public TensorProto? Tensor(string name) => Find(name, AttributeProto.Types.AttributeType.Tensor)?.T;

    /// <summary>Whether the node holds graphs of its own, as control flow does.</summary>
    public bool HasGraphs => Attributes.Values.Any(a => a.G is not null || a.Graphs.Count > 0);

    /// <summary>The node of a message.</summary>
    public static OnnxNode Of(
        NodeProto proto,
        string name,
        int opset,
        Func<string, string> rename,
        IReadOnlyDictionary<string, AttributeProto> attributes
    ) =>
        new(
            proto.OpType,
            OnnxReader.Domain(proto.Domain),
            opset,
            name,
            Names(proto.Input, rename),
            Names(proto.Output, rename),
            attributes
        );

    private static string[] Names(RepeatedField<string> names, Func<string, string> rename) =>
        [.. names.Select(n => n.Length == 0 ? n : rename(n))];

    private static double Decimal(float value) =>
        float.IsFinite(value)
            ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : value;

    private AttributeProto? Find(string name, AttributeProto.Types.AttributeType type)
    {
        if (!Attributes.TryGetValue(name, out AttributeProto? attribute))
        {
            return null;
        }

        return
            attribute.Type == type
            || !attribute.HasType
            || attribute.Type == AttributeProto.Types.AttributeType.Undefined
            ? attribute
            : throw new ModelFormatException(
                $"{Subject}: attribute '{name}' must be {type.ToString().ToUpperInvariant()}, got {attribute.Type.ToString().ToUpperInvariant()}."
            );
    }
}
