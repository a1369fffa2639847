using System.Buffers.Binary;
using System.Globalization;

namespace Fovea.Workbench;

/// <summary>Values of an event that are tensors, as the plugins of TensorBoard read them.</summary>
/// <remarks>Fields of TensorProto (tensor.proto), SummaryMetadata (summary.proto).</remarks>
internal static class EventMessages
{
    private const int TensorField = 8;
    private const int MetadataField = 9;
    private const int DataType = 1;
    private const int ShapeField = 2;
    private const int Content = 4;
    private const int StringValue = 8;
    private const int DataClass = 4;

    // DataType and DataClass of the formats named above.
    private const int Float64 = 2;
    private const int String = 7;
    private const int TensorClass = 2;
    private const int BlobsClass = 3;

    /// <summary>Buckets [k, 3]: left edge, right edge, count.</summary>
    public static void Histogram(FieldWriter value, double[] rows)
    {
        byte[] content = new byte[rows.Length * sizeof(double)];
        for (int i = 0; i < rows.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(content.AsSpan(i * sizeof(double)), rows[i]);
        }

        value.Message(
            TensorField,
            t =>
            {
                t.Integer(DataType, Float64);
                t.Message(ShapeField, s => Shape(s, [rows.Length / 3, 3]));
                t.Blob(Content, content);
            }
        );
        Metadata(value, "histograms", TensorClass);
    }

    /// <summary>Width, height and the file, as strings.</summary>
    public static void Image(FieldWriter value, int width, int height, byte[] png)
    {
        value.Message(
            TensorField,
            t =>
            {
                t.Integer(DataType, String);
                t.Message(ShapeField, s => Shape(s, [3]));
                t.Text(StringValue, width.ToString(CultureInfo.InvariantCulture));
                t.Text(StringValue, height.ToString(CultureInfo.InvariantCulture));
                t.Blob(StringValue, png);
            }
        );
        Metadata(value, "images", BlobsClass);
    }

    /// <summary>A TensorShapeProto; -1 for the batch.</summary>
    public static void Shape(FieldWriter shape, IEnumerable<int> sizes)
    {
        foreach (int size in sizes)
        {
            shape.Message(2, d => d.Integer(1, size));
        }
    }

    /// <summary>Which plugin shows it. A reader takes that from a tag's first event, so each has it.</summary>
    private static void Metadata(FieldWriter value, string plugin, int dataClass) =>
        value.Message(
            MetadataField,
            m =>
            {
                m.Message(1, p => p.Text(1, plugin));
                m.Integer(DataClass, dataClass);
            }
        );
}
