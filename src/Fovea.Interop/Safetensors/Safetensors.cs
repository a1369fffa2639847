using System.Globalization;
using System.Text;

namespace Fovea.Interop;

/// <summary>Tensors by name in files of the safetensors format, as other programs read and write weights.</summary>
/// <remarks>
/// <para>The format (https://github.com/huggingface/safetensors): 8 bytes for the length of the header, little-endian;
/// the header, JSON with type, shape and place of
/// every tensor; then the elements, last axis fastest. Nothing in a file can run.</para>
/// <para>Read are F32, F64 and I64, and F16 and BF16 as Float32. A file is read once, front to back, and memory is
/// taken only for what the file has; a file that breaks a rule gives nothing.</para>
/// </remarks>
public static class Safetensors
{
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors by name, in the order of the file. F16 and BF16 become Float32.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read, breaks a rule of the format, or has elements of
    /// another type.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Guard(
            path,
            "read",
            () =>
            {
                using FileStream stream = new(
                    path,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.Read,
                    1,
                    FileOptions.SequentialScan
                );
                return Read(stream, path);
            }
        );
    }

    /// <summary>Writes tensors. The file appears whole or not at all; one that was there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Tensors by name; Float32, Float64 or Int64.</param>
    /// <exception cref="ArgumentException">A name is <c>__metadata__</c>, is no valid Unicode or is longer than 10,922
    /// bytes, or a tensor has more than 2^30 elements.</exception>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Check(name, tensor);
        }

        string temporary = $"{path}.saving-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        Guard(
            path,
            "written",
            () =>
            {
                try
                {
                    using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write))
                    {
                        SafetensorsWriter.Write(stream, tensors);
                        stream.Flush(flushToDisk: true);
                    }

                    File.Move(temporary, path, overwrite: true);
                }
                finally
                {
                    File.Delete(temporary);
                }

                return path;
            }
        );
    }

    /// <summary>Writes a network's parameters and state. Counters of batches are written as PyTorch has them, as
    /// I64.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file.</param>
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
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule of the format.</exception>
    /// <exception cref="ShapeException">Names are missing or unknown, or have another shape; all of them are
    /// listed.</exception>
    public static void Load(this Module module, string path)
    {
        try
        {
            module.LoadStateDict(StateFor(module, path), assign: true); // nobody else has these tensors
        }
        catch (ShapeException e)
        {
            throw new ShapeException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads those values of a file into a network whose name and shape fit, and leaves the others as they
    /// are.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file.</param>
    /// <returns>What was taken, missing, unknown, and of another shape.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule of the format.</exception>
    public static StateMatch LoadMatching(this Module module, string path) =>
        module.LoadMatching(StateFor(module, path), assign: true);

    private static Dictionary<string, Tensor> StateFor(Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        Dictionary<string, Tensor> state = new(Read(path), StringComparer.Ordinal);
        foreach ((string name, Tensor own) in module.StateDict().Where(t => IsBatchCounter(t.Key)))
        {
            state.TryAdd(name, own);
        }

        return state;
    }

    /// <summary>Reads a stream from its beginning; what it throws itself is passed on.</summary>
    internal static IReadOnlyDictionary<string, Tensor> Read(Stream stream, string file) =>
        new SafetensorsReader(stream, file).Read();

    private static void Check(string name, Tensor tensor)
    {
        string? problem =
            name == SafetensorsHeader.Metadata ? "the name is reserved by the format"
            : name.EnumerateRunes().Contains(Rune.ReplacementChar)
                ? "the name has half of a surrogate pair, or U+FFFD, which stands for one"
            : Encoding.UTF8.GetByteCount(name) * 6L > SafetensorsHeader.LongestName ? "the name is too long" // a byte may be escaped by 6
            : null;
        if (problem is not null)
        {
            throw new ArgumentException(
                $"Safetensors: tensor '{SafetensorsHeader.Show(name)}': {problem}. Give the tensor another name.",
                nameof(name)
            );
        }

        if (tensor.Count > SafetensorsHeader.MostElements)
        {
            throw new ArgumentException(
                $"Safetensors: tensor '{SafetensorsHeader.Show(name)}' of shape {tensor.Shape} has {tensor.Count:N0} elements; a tensor of a file may have up to {SafetensorsHeader.MostElements:N0}. Split it.",
                nameof(tensor)
            );
        }
    }

    private static bool IsBatchCounter(string name) =>
        name == BatchCounter || name.EndsWith("." + BatchCounter, StringComparison.Ordinal);

    private static T Guard<T>(string path, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException($"{path}: the file or its folder does not exist.", e);
        }
        catch (Exception e)
            when (e
                    is (IOException and not ModelFormatException)
                        or UnauthorizedAccessException
                        or ArgumentException
                        or NotSupportedException
            )
        {
            throw new ModelFormatException($"{path}: the file cannot be {what}: {e.Message}", e);
        }
    }
}
