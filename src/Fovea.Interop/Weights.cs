using Fovea.Files;
using Fovea.Interop.PyTorch;

namespace Fovea.Interop;

/// <summary>Weights of networks in files of any kind that is read: safetensors, checkpoints of PyTorch, NumPy, ONNX.</summary>
public static class Weights
{
    private const string BatchCounter = "num_batches_tracked";
    private const int HeadBytes = 512;

    private static readonly string[] Written = [".safetensors", ".pth", ".pt", ".npz"];

    /// <summary>Reads the tensors of a file. Its first bytes tell what it is; its name does not matter.</summary>
    /// <param name="path">A file of safetensors, PyTorch (<see cref="PyTorchCheckpoint"/>), NumPy
    /// (<see cref="NumpyArrays"/>) or ONNX.</param>
    /// <param name="state">Which state of a checkpoint of PyTorch; left out: the only one.</param>
    /// <exception cref="ModelFormatException">The file cannot be read, is none of these, or breaks a rule of its
    /// format; or there is no such state, or several and none is named.</exception>
    public static WeightsFile Read(string path, string? state = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        WeightsFile? read = ModelFiles.Open(path, source => ReadTensors(source, state));
        if (read is not null)
        {
            return read;
        }

        OnnxNetwork network = OnnxNetwork.Load(path);
        return new WeightsFile(
            path,
            $"ONNX network of opset {network.Opset.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
            network.StateDict(),
            []
        );
    }

    /// <summary>Whether a file begins as one of those that hold weights and no network.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">It cannot be read.</exception>
    public static bool IsFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ModelFiles.Open(
            path,
            source =>
                source.Head(HeadBytes) is var head
                && (TorchContainer.Is(head) || NumpyHeader.Is(head) || Safetensors.Is(head, source.Length))
        );
    }

    /// <summary>Writes tensors. The file appears whole or not at all; one that was there is replaced.</summary>
    /// <param name="path">The file; its extension says how: <c>.safetensors</c>, <c>.pth</c> or <c>.pt</c>,
    /// <c>.npz</c>.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <exception cref="ArgumentException">The extension is another, or a name cannot be written.</exception>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        switch (RequireWritten(path))
        {
            case ".safetensors":
                Safetensors.Write(path, tensors);
                break;
            case ".npz":
                NumpyArrays.Write(path, tensors);
                break;
            default:
                PyTorchCheckpoint.Write(path, tensors);
                break;
        }
    }

    /// <summary>The extension of a file that is to be written, in small letters.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException">It is none that is written.</exception>
    public static string RequireWritten(string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return Array.IndexOf(Written, extension) >= 0
            ? extension
            : throw new ArgumentException(
                $"{path}: weights are written as {string.Join(", ", Written)}; the extension is '{extension}'. Give the file one of these."
            );
    }

    /// <summary>Writes a network's parameters and state. Counters of batches are written as PyTorch has them, as
    /// Int64.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file; its extension says how, as for <see cref="Write"/>.</param>
    /// <exception cref="ArgumentException">The extension is none that is written.</exception>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Save(this Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        Write(
            path,
            module
                .StateDict()
                .ToDictionary(
                    t => t.Key,
                    t => IsBatchCounter(t.Key) ? t.Value.To(DType.Int64) : t.Value,
                    StringComparer.Ordinal
                )
        );
    }

    /// <summary>Reads a file's values into a network. Types are converted; a file without counters of batches, as old
    /// programs write them, leaves the network's own.</summary>
    /// <param name="module">The network. It is unchanged where an exception is thrown.</param>
    /// <param name="path">The file, of any kind that <see cref="Read"/> takes.</param>
    /// <param name="state">As for <see cref="Read"/>.</param>
    /// <returns>What was read, by the network's names.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule of its format.</exception>
    /// <exception cref="ShapeException">Names are missing or unknown, or have another shape; all of them are
    /// listed.</exception>
    public static WeightsFile Load(this Module module, string path, string? state = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        WeightsFile file = Read(path, state).For(module);
        try
        {
            module.LoadStateDict(WithCounters(module, file.Tensors), assign: true); // nobody else has these tensors
            return file;
        }
        catch (ShapeException e)
        {
            throw new ShapeException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads those values of a file into a network whose name and shape fit, and leaves the others as they
    /// are.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file, of any kind that <see cref="Read"/> takes.</param>
    /// <param name="state">As for <see cref="Read"/>.</param>
    /// <returns>What was taken, missing, unknown, and of another shape.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule of its format.</exception>
    public static StateMatch LoadMatching(this Module module, string path, string? state = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.LoadMatching(WithCounters(module, Read(path, state).For(module).Tensors), assign: true);
    }

    /// <summary>The tensors, with the network's own counters of batches where there are none.</summary>
    internal static IReadOnlyDictionary<string, Tensor> WithCounters(
        Module module,
        IReadOnlyDictionary<string, Tensor> tensors
    )
    {
        Dictionary<string, Tensor> state = new(tensors, StringComparer.Ordinal);
        foreach ((string name, Tensor own) in module.StateDict().Where(t => IsBatchCounter(t.Key)))
        {
            state.TryAdd(name, own);
        }

        return state;
    }

    private static WeightsFile? ReadTensors(ByteSource source, string? state)
    {
        byte[] head = source.Head(HeadBytes);
        if (ZipArchiveReader.Is(head))
        {
            return ZipForm.Is(ZipArchiveReader.Read(source)) || source.Length < HeadBytes
                ? PyTorchCheckpoint.Read(source, state)
                : NumpyArrays.Read(source);
        }

        return NumpyHeader.Is(head) ? NumpyArrays.Read(source)
            : TorchContainer.Is(head) ? PyTorchCheckpoint.Read(source, state)
            : Safetensors.Is(head, source.Length) ? Safetensors.Read(source)
            : LooksLikeOnnx(source.Name, head) ? null
            : throw new ModelFormatException(
                $"{source.Name}: holds no weights that are read: safetensors, a checkpoint of PyTorch, NumPy or ONNX.{FileLooks.Hint(head)}"
            );
    }

    private static bool LooksLikeOnnx(string path, ReadOnlySpan<byte> head) =>
        Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase) || head is [0x08, < 0x20, ..];

    private static bool IsBatchCounter(string name) =>
        name == BatchCounter || name.EndsWith("." + BatchCounter, StringComparison.Ordinal);
}
