using System.Buffers.Binary;

namespace Fovea.Models;

/// <summary>Recognises model files of other tools by their first bytes, so that messages can name them.</summary>
public static class ForeignModel
{
    private const int HeadBytes = 16;

    /// <summary>Refuses a model file of another tool with its kind and what to do.</summary>
    /// <param name="path">A file.</param>
    /// <exception cref="ArgumentException">It is one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Refuse(string path)
    {
        if (KindOf(path) is { } kind)
        {
            string fix =
                kind is "safetensors" or "NumPy archive" || kind.Contains("PyTorch", StringComparison.Ordinal)
                    ? $"It holds weights without a network: name the network, and start from them with 'fovea train MODEL --init {path}'."
                : kind == "ONNX"
                    ? "The verbs of the command line read it, and OnnxNetwork.Load of Fovea.Interop; it is no network text."
                : "Fovea does not read such files as models yet: name a network of the zoo or write it as network text.";
            throw new ArgumentException($"{path}: this is a file of kind {kind}. {fix}");
        }
    }

    /// <summary>What kind of another tool's model file it is; null where it is none that is known.</summary>
    /// <param name="path">A file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? KindOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[HeadBytes];
        int count = file.ReadAtLeast(start, HeadBytes, throwOnEndOfStream: false);
        ReadOnlySpan<byte> head = start[..count];
        string extension = Path.GetExtension(path).ToUpperInvariant();
        return head.StartsWith("PK\u0003\u0004"u8)
                ? extension switch
                {
                    ".KERAS" => "Keras archive",
                    ".NPZ" => "NumPy archive",
                    _ => "PyTorch checkpoint (zip)",
                }
            : head is [0x89, (byte)'H', (byte)'D', (byte)'F', ..] ? "HDF5, as Keras writes it"
            : head is [0x80, >= 2 and <= 5, ..] ? "pickle, as PyTorch before 1.6 writes it"
            : count >= 8 && head[4..8].SequenceEqual("TFL3"u8) ? "TensorFlow Lite"
            : IsSafetensors(head, file.Length) ? "safetensors"
            : extension == ".ONNX" || head is [0x08, < 0x20, 0x12 or 0x1A or 0x22 or 0x2A or 0x32 or 0x3A or 0x42, ..]
                ? "ONNX"
            : null;
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> head, long length) =>
        head.Length > 8
        && head[8] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(head) is var header
        && header <= (ulong)Math.Max(0, length - 8);
}
