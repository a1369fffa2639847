using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Fovea.Files;

/// <summary>Writes arrays as NumPy does: little-endian, last axis fastest, version 1.0.</summary>
internal static class NumpyWriter
{
    private const int Alignment = 64;

    // The same tensors give the same bytes: an archive records when its files were changed.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a <c>.npy</c> file.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        string sizes = string.Join(", ", tensor.Shape.Select(s => s.ToString(CultureInfo.InvariantCulture)));
        string descr = tensor.DType switch
        {
            DType.Float32 => "<f4",
            DType.Float64 => "<f8",
            _ => "<i8",
        };
        string text =
            $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}{(tensor.Rank == 1 ? "," : "")}), }}";
        int length = text.Length + 1;
        length += (Alignment - ((10 + length) % Alignment)) % Alignment;
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.Latin1.GetBytes(text.PadRight(length - 1) + "\n"));
        TensorBytes.Write(stream, tensor);
    }

    /// <summary>Writes a <c>.npz</c> archive.</summary>
    public static void WriteAll(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, Tensor tensor) in tensors)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
            entry.LastWriteTime = NoTime;
            using Stream content = entry.Open();
            Write(content, tensor);
        }
    }
}
