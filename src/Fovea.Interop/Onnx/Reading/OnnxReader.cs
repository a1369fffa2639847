using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop.Onnx;

/// <summary>Reads the messages of a file, within limits.</summary>
internal static class OnnxReader
{
    /// <summary>The oldest and the newest set of operators that are read.</summary>
    public const int OldestOpset = 1,
        NewestOpset = 27;

    private const int OldestIr = 3,
        NewestIr = 13,
        DeepestMessage = 64;

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">The file cannot be read, is no model, or is of a version that is not
    /// read.</exception>
    public static ModelProto Read(string path)
    {
        ModelProto model = Guard(path, () => ModelProto.Parser.ParseFrom(Limited(path)));
        RequireModel(model, path);
        return model;
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="data">The bytes of a file.</param>
    /// <param name="name">How messages name it.</param>
    /// <exception cref="ModelFormatException">It is no model, or of a version that is not read.</exception>
    public static ModelProto Read(ReadOnlyMemory<byte> data, string name)
    {
        ModelProto model = Guard(
            name,
            () =>
            {
                using MemoryStream stream = new(data.ToArray(), writable: false);
                using CodedInputStream input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, DeepestMessage);
                return ModelProto.Parser.ParseFrom(input);
            }
        );
        RequireModel(model, name);
        return model;
    }

    /// <summary>The bytes of a file, with a limit on how deep messages lie in one another.</summary>
    public static CodedInputStream Limited(string path)
    {
        byte[] data = File.ReadAllBytes(path); // lengths are then checked against what is there
        return CodedInputStream.CreateWithLimits(new MemoryStream(data, writable: false), int.MaxValue, DeepestMessage);
    }

    /// <summary>Runs a reader; what goes wrong becomes the one exception of readers.</summary>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ModelFormatException)
        {
            throw;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ModelFormatException($"{path}: no ONNX file, or a damaged one: {FirstSentence(e.Message)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelFormatException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The parser goes on with what may be the cause.</summary>
    private static string FirstSentence(string message) =>
        message.Split(". ", 2)[0].TrimEnd('.').ReplaceLineEndings(" ") + ".";

    private static void RequireModel(ModelProto model, string path)
    {
        if (model.Graph is null || !model.HasIrVersion)
        {
            throw new ModelFormatException(
                $"{path}: no ONNX model: it has no {(model.Graph is null ? "graph" : "IR version")}."
            );
        }

        if (model.IrVersion is < OldestIr or > NewestIr)
        {
            throw new ModelFormatException(
                $"{path}: IR versions {OldestIr} to {NewestIr} are read, got {model.IrVersion}. Save the model with another version of ONNX."
            );
        }

        if (model.Graph.SparseInitializer.Count > 0)
        {
            throw new ModelFormatException(
                $"{path}: sparse initializers are not read. Save the model with dense ones."
            );
        }
    }

    /// <summary>The versions of operator sets that a list names, the standard one as "".</summary>
    /// <exception cref="ModelFormatException">The standard one is missing, too old or too new.</exception>
    public static IReadOnlyDictionary<string, int> Opsets(IEnumerable<OperatorSetIdProto> imports, string what)
    {
        Dictionary<string, int> versions = [];
        foreach (OperatorSetIdProto import in imports)
        {
            string domain = Domain(import.Domain);
            versions[domain] = (int)Math.Clamp(import.Version, -1, int.MaxValue);
            if (domain.Length == 0 && import.Version is < OldestOpset or > NewestOpset)
            {
                throw new ModelFormatException(
                    $"{what}: opsets {OldestOpset} to {NewestOpset} are read, got {import.Version}. Convert the model with onnx.version_converter."
                );
            }
        }

        return versions;
    }

    /// <summary>The standard domain has two names.</summary>
    public static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;
}
