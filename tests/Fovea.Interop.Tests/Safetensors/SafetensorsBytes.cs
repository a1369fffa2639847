using System.Buffers.Binary;
using System.Text;

namespace Fovea.Interop.Tests;

/// <summary>Makes files by hand and reads them from memory.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A file of a header and data.</summary>
    public static byte[] Make(string json, params byte[] data)
    {
        byte[] header = Encoding.UTF8.GetBytes(json),
            length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>A file of one tensor named a.</summary>
    public static byte[] One(string dtype, string shape, params byte[] data) =>
        Make($$$"""{"a":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":[0,{{{data.Length}}}]}}""", data);

    /// <summary>Two tensors and metadata, 62 + bytes of data in all types that are read.</summary>
    public static byte[] Sample()
    {
        byte[] data = [.. Enumerable.Range(0, 40).Select(i => (byte)(i * 5))];
        return Make(
            """{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"h":{"dtype":"F16","shape":[4],"data_offsets":[32,40]}}  """,
            data
        );
    }

    public static IReadOnlyDictionary<string, Tensor> Read(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return Safetensors.Read(stream, "f");
    }

    /// <summary>Reads bytes that must be refused with a text that has all the given parts.</summary>
    public static void Refused(byte[] bytes, params string[] parts)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Read(bytes));
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    /// <summary>Reads hostile bytes: they may be taken or refused, but nothing else may come out. Returns whether they
    /// were taken.</summary>
    public static bool OrFine(byte[] bytes, string what)
    {
        try
        {
            Read(bytes);
            return true;
        }
        catch (ModelFormatException e)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message), what);
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{what}: {e.GetType().Name} came out: {e}");
            return false;
        }
    }
}
