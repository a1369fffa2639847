using System.Buffers.Binary;
using System.Text.Json;
using Fovea.Files;

namespace Fovea.Interop;

/// <summary>Writes one safetensors file. Equal tensors give equal bytes: wide elements come first, then names in
/// ordinal order.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes header and tensors.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors)
    {
        List<(string Name, Tensor Tensor, SafetensorsType Type)> order =
        [
            .. tensors
                .Select(t => (t.Key, t.Value, SafetensorsType.Of(t.Value.DType)))
                .OrderByDescending(t => t.Item3.Bytes)
                .ThenBy(t => t.Key, StringComparer.Ordinal),
        ];
        byte[] header = Header(order);
        byte[] preamble = new byte[SafetensorsHeader.PreambleBytes];
        BinaryPrimitives.WriteInt64LittleEndian(preamble, header.Length);
        stream.Write(preamble);
        stream.Write(header);
        foreach ((_, Tensor tensor, _) in order)
        {
            TensorBytes.Write(stream, tensor);
        }
    }

    private static byte[] Header(List<(string Name, Tensor Tensor, SafetensorsType Type)> order)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(SafetensorsHeader.Metadata);
            writer.WriteString("format", "pt"); // names and layouts are PyTorch's
            writer.WriteEndObject();
            long begin = 0;
            foreach ((string name, Tensor tensor, SafetensorsType type) in order)
            {
                long end = begin + (tensor.Count * type.Bytes);
                WriteEntry(writer, name, tensor.Shape, type, begin, end);
                begin = end;
            }

            writer.WriteEndObject();
        }

        while ((SafetensorsHeader.PreambleBytes + json.Length) % Alignment != 0)
        {
            json.WriteByte((byte)' ');
        }

        return json.ToArray();
    }

    private static void WriteEntry(
        Utf8JsonWriter writer,
        string name,
        Shape shape,
        SafetensorsType type,
        long begin,
        long end
    )
    {
        writer.WriteStartObject(name);
        writer.WriteString("dtype", type.Name);
        writer.WriteStartArray("shape");
        foreach (int size in shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
