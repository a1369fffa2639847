using System.IO.Compression;
using Fovea.Interop;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>The text under which a run keeps its network, whatever becomes of files: as <see cref="ModelSource"/> has it, and of
/// an ONNX file <c>onnx NAME</c> and, in a second line, its structure (gzip, base64), without learned values.</summary>
internal static class ModelText
{
    private const string Onnx = "onnx ";

    // A file of a few KB can ask for gigabytes of zeros.
    private const int MostBytes = 1 << 30;

    /// <summary>The text for people: of an ONNX file its name.</summary>
    public static string Shown(string text) => IsOnnx(text) ? NameOf(text) : text;

    /// <summary>The text of a network as its user names it.</summary>
    /// <param name="model">A name of the zoo, network text or a file of it, or an ONNX file.</param>
    /// <exception cref="ArgumentException">It is a path where nothing is, or a file of another kind.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Resolve(string model) =>
        IsOnnx(model) ? model
        : !IsOnnxFile(model) ? ModelSource.Resolve(model)
        : $"{Onnx}{Path.GetFileName(model)}\n{Convert.ToBase64String(Packed(OnnxNetwork.ReadStructure(model)))}";

    /// <summary>A request to train an ONNX file, with its weights to start from where no others are asked for.</summary>
    public static TrainingRequest WithWeights(TrainingRequest request) =>
        request is { Model: { } model, Init: null } && IsOnnxFile(model) ? request with { Init = model } : request;

    /// <summary>Whether a model as its user names it is an ONNX file.</summary>
    public static bool IsOnnxFile(string model) =>
        !ModelSource.IsNetworkText(model) && File.Exists(model) && ForeignModel.KindOf(model) == "ONNX";

    /// <summary>Whether a text is that of an ONNX file.</summary>
    public static bool IsOnnx(string text) => text.StartsWith(Onnx, StringComparison.Ordinal) && text.Contains('\n');

    /// <summary>Builds a classifier for items of a shape.</summary>
    /// <exception cref="ArgumentException">The network is for other items, or is no classifier.</exception>
    public static Module Create(string text, Shape itemShape, int classes)
    {
        if (!IsOnnx(text))
        {
            return ModelSource.Create(text, itemShape, classes);
        }

        string name = NameOf(text);
        try
        {
            OnnxNetwork network = OnnxNetwork.OfStructure(Structure(text), name, classes);
            if (network.Inputs.Count != 1)
            {
                throw new ArgumentException(
                    $"{name}: items of a data set have one tensor, the network takes {network.Inputs.Count}. Train it from a program: Trainer.Fit with samples."
                );
            }

            SymbolicShape output = network.ToGraph(itemShape).Output.Shape;
            return output == SymbolicShape.BatchOf([classes])
                ? network
                : throw new ArgumentException(
                    $"{name}: the output must be one score a class, [N, {classes}], got {output}."
                );
        }
        catch (ModelFormatException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    /// <summary>Shape of an item that a network was designed for; null where it takes what the data has.</summary>
    public static Shape? UsualItem(string model)
    {
        if (!IsOnnx(model) && !IsOnnxFile(model))
        {
            return ModelSource.UsualItem(model);
        }

        OnnxNetwork network = IsOnnx(model)
            ? OnnxNetwork.Read(Structure(model), NameOf(model))
            : OnnxNetwork.Load(model);
        try
        {
            return network.Inputs.Count == 1 ? network.GraphInputs()[0].Shape.Item : null;
        }
        catch (ShapeException)
        {
            return null; // its sizes are open
        }
    }

    private static string NameOf(string text) => text[Onnx.Length..text.IndexOf('\n', StringComparison.Ordinal)];

    private static byte[] Packed(byte[] data)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal))
        {
            gzip.Write(data);
        }

        return packed.ToArray();
    }

    private static byte[] Structure(string text)
    {
        try
        {
            using GZipStream gzip = new(
                new MemoryStream(Convert.FromBase64String(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..])),
                CompressionMode.Decompress
            );
            using MemoryStream data = new();
            byte[] part = new byte[1 << 16];
            for (int read; (read = gzip.Read(part)) > 0; )
            {
                if (data.Length + read > MostBytes)
                {
                    throw new InvalidDataException($"it is larger than {MostBytes:N0} bytes");
                }

                data.Write(part, 0, read);
            }

            return data.ToArray();
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new CheckpointException($"{NameOf(text)}: the network's structure is damaged: {e.Message}.", e);
        }
    }
}
