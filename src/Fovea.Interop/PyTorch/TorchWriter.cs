using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>Writes tensors as <c>torch.save</c> writes a state dictionary: a zip archive with a pickle of protocol 2, and a
/// file for the memory of each tensor.</summary>
internal static class TorchWriter
{
    private const string Root = "archive/";
    private const int SetItemsAtOnce = 1000;

    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the archive. The same tensors give the same bytes; a tensor of two names is written once.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors)
    {
        Dictionary<Tensor, int> keys = new(ReferenceEqualityComparer.Instance);
        foreach (Tensor tensor in tensors.Values)
        {
            keys.TryAdd(tensor, keys.Count);
        }

        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "data.pkl", s => s.Write(Pickle(tensors, keys)));
        Add(archive, "byteorder", s => s.Write("little"u8));
        foreach ((Tensor tensor, int key) in keys.OrderBy(k => k.Value))
        {
            Add(archive, string.Create(CultureInfo.InvariantCulture, $"data/{key}"), s => TensorBytes.Write(s, tensor));
        }

        Add(archive, "version", s => s.Write("3\n"u8));
    }

    private static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(Root + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        using Stream content = entry.Open();
        write(content);
    }

    private static byte[] Pickle(IReadOnlyDictionary<string, Tensor> tensors, Dictionary<Tensor, int> keys)
    {
        using MemoryStream pickle = new();
        pickle.Write([0x80, 2]);
        Global(pickle, "collections", "OrderedDict");
        pickle.Write(")R("u8);
        int written = 0;
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (written++ % SetItemsAtOnce == 0 && written > 1)
            {
                pickle.Write("u("u8);
            }

            Text(pickle, name);
            Describe(pickle, tensor, keys[tensor]);
        }

        pickle.Write("u."u8);
        return pickle.ToArray();
    }

    /// <summary>_rebuild_tensor_v2(storage, 0, sizes, strides, False, OrderedDict()).</summary>
    private static void Describe(MemoryStream pickle, Tensor tensor, int key)
    {
        string storage = tensor.DType switch
        {
            DType.Float32 => "FloatStorage",
            DType.Float64 => "DoubleStorage",
            _ => "LongStorage",
        };
        Global(pickle, "torch._utils", "_rebuild_tensor_v2");
        pickle.Write("(("u8);
        Text(pickle, "storage");
        Global(pickle, "torch", storage);
        Text(pickle, key.ToString(CultureInfo.InvariantCulture));
        Text(pickle, "cpu");
        Number(pickle, tensor.Count);
        pickle.Write("tQ"u8);
        Number(pickle, 0);
        Numbers(pickle, [.. tensor.Shape.Select(s => (long)s)]);
        long[] strides = new long[tensor.Rank];
        long stride = 1;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(1, tensor.Shape[i]);
        }

        Numbers(pickle, strides);
        pickle.WriteByte(0x89);
        Global(pickle, "collections", "OrderedDict");
        pickle.Write(")RtR"u8);
    }

    private static void Numbers(MemoryStream pickle, long[] numbers)
    {
        pickle.WriteByte((byte)'(');
        foreach (long number in numbers)
        {
            Number(pickle, number);
        }

        pickle.WriteByte((byte)'t');
    }

    private static void Number(MemoryStream pickle, long number)
    {
        Span<byte> bytes = stackalloc byte[2 + sizeof(long)];
        if (number <= int.MaxValue)
        {
            bytes[0] = (byte)'J';
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], (int)number);
            pickle.Write(bytes[..5]);
            return;
        }

        bytes[0] = 0x8A; // LONG1
        bytes[1] = sizeof(long);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], number);
        pickle.Write(bytes);
    }

    private static void Text(MemoryStream pickle, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[1 + sizeof(int)];
        length[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(length[1..], bytes.Length);
        pickle.Write(length);
        pickle.Write(bytes);
    }

    private static void Global(MemoryStream pickle, string module, string name) =>
        pickle.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
}
