using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;
using static Fovea.Interop.Onnx.Messages.AttributeProto.Types;

namespace Fovea.Interop.Onnx;

/// <summary>Attributes of nodes.</summary>
internal static class OnnxAttribute
{
    /// <summary>A whole number.</summary>
    public static AttributeProto Int(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Int,
            I = value,
        };

    /// <summary>A number, which the format holds in 32 bits.</summary>
    public static AttributeProto Float(string name, double value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Float,
            F = (float)value,
        };

    /// <summary>A text.</summary>
    public static AttributeProto Text(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeType.String,
            S = ByteString.CopyFromUtf8(value),
        };

    /// <summary>Whole numbers.</summary>
    public static AttributeProto Ints(string name, IEnumerable<int> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values.Select(v => (long)v));
        return attribute;
    }
}
