using System.Globalization;
using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop.Onnx;

/// <summary>Writes models to files, with their tensors inside or beside them.</summary>
internal static class OnnxFile
{
    /// <summary>Bytes of tensors that a file of messages can hold, with room for the rest: 2 GB is the format's limit.</summary>
    public const long MostInside = 2_000_000_000;

    private const int LeastBeside = 1024, // smaller ones stay inside
        Page = 4096;

    /// <summary>The bytes of a model with its tensors inside.</summary>
    /// <exception cref="ModelFormatException">They do not fit.</exception>
    public static byte[] Bytes(OnnxModel model)
    {
        if (model.Bytes > MostInside)
        {
            throw new ModelFormatException(
                $"ONNX export: the tensors have {model.Bytes:N0} bytes, and a message holds 2 GB. Save to a file, beside which they are then written."
            );
        }

        Take(model, model.Tensors.Select(OnnxTensors.Whole));
        return model.Proto.ToByteArray();
    }

    /// <summary>Writes a model, and its large tensors beside it where that is asked for or they do not fit.</summary>
    /// <returns>The file with the tensors; null where they are inside.</returns>
    public static string? Write(OnnxModel model, string path, bool isBeside)
    {
        if (!isBeside && model.Bytes <= MostInside)
        {
            Take(model, model.Tensors.Select(OnnxTensors.Whole));
            Replace(path, stream => model.Proto.WriteTo(stream));
            return null;
        }

        string data = path + ".data";
        Replace(data, stream => Take(model, Beside(model, Path.GetFileName(data), stream)));
        Replace(path, stream => model.Proto.WriteTo(stream));
        return data;
    }

    private static void Take(OnnxModel model, IEnumerable<TensorProto> tensors)
    {
        TensorProto[] all = [.. tensors];
        model.Proto.Graph.Initializer.Clear();
        model.Proto.Graph.Initializer.AddRange(all);
    }

    private static IEnumerable<TensorProto> Beside(OnnxModel model, string file, Stream stream)
    {
        foreach (OnnxTensor tensor in model.Tensors)
        {
            if (tensor.Bytes < LeastBeside)
            {
                yield return OnnxTensors.Whole(tensor);
                continue;
            }

            stream.Write(new byte[(Page - (stream.Position % Page)) % Page]); // so that the data can be mapped
            TensorProto proto = OnnxTensors.Head(tensor);
            proto.DataLocation = TensorProto.Types.DataLocation.External;
            Add("location", file);
            Add("offset", stream.Position.ToString(CultureInfo.InvariantCulture));
            Add("length", tensor.Bytes.ToString(CultureInfo.InvariantCulture));
            stream.Write(OnnxTensors.BytesOf(tensor.Tensor));
            yield return proto;

            void Add(string key, string value) =>
                proto.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }
    }

    /// <summary>Writes a file whole or not at all.</summary>
    private static void Replace(string path, Action<Stream> write)
    {
        string temporary = $"{path}.saving-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
