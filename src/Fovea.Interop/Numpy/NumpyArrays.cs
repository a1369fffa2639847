using Fovea.Files;

namespace Fovea.Interop;

/// <summary>Tensors in files of NumPy: an array (<c>.npy</c>) or an archive of arrays by name (<c>.npz</c>).</summary>
/// <remarks>
/// <para>The format (numpy.lib.format): versions 1 to 3, both orders of bytes, C and Fortran order, archives compressed or
/// not. Structures, texts, complex numbers and Python objects are refused: objects are a pickle, which is never run.</para>
/// <para>The name of an array is that in the archive, with folders, without <c>.npy</c>.</para>
/// </remarks>
public static class NumpyArrays
{
    /// <summary>Reads all arrays of a file.</summary>
    /// <param name="path">An array, which is named as the file is, or an archive; the first bytes tell.</param>
    /// <returns>Tensors by name. 16-bit floats become Float32, integers and truth values Int64.</returns>
    /// <exception cref="ModelFormatException">The file cannot be read, breaks a rule of the format, or has elements of
    /// another kind.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ModelFiles.Open(path, Read).Tensors;
    }

    /// <summary>Writes an array.</summary>
    /// <param name="path">The file, <c>.npy</c>. It appears whole or not at all.</param>
    /// <param name="tensor">Float32, Float64 or Int64.</param>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Write(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensor);
        ModelFiles.Write(path, stream => NumpyWriter.Write(stream, tensor));
    }

    /// <summary>Writes an archive of arrays. The same tensors give the same bytes.</summary>
    /// <param name="path">The file, <c>.npz</c>. It appears whole or not at all.</param>
    /// <param name="tensors">Tensors by name; Float32, Float64 or Int64.</param>
    /// <exception cref="ModelFormatException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        ModelFiles.Write(path, stream => NumpyWriter.WriteAll(stream, tensors));
    }

    /// <summary>Reads from memory.</summary>
    internal static WeightsFile Read(ReadOnlyMemory<byte> bytes, string name) => ModelFiles.Of(bytes, name, Read);

    /// <summary>Reads from a source; what is damaged comes out as it was found.</summary>
    internal static WeightsFile Read(ByteSource source)
    {
        byte[] head = source.Head(16);
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        Dictionary<string, int> converted = new(StringComparer.Ordinal);
        bool isArchive = ZipArchiveReader.Is(head);
        if (!isArchive)
        {
            if (!NumpyHeader.Is(head))
            {
                throw new ModelFormatException(
                    $"{source.Name}: no file of NumPy: it must begin as an array or a zip archive.{FileLooks.Hint(head)}"
                );
            }

            Add(Path.GetFileNameWithoutExtension(source.Name), NumpyArray.Read(source));
        }
        else
        {
            ZipArchiveReader archive = ZipArchiveReader.Read(source);
            foreach ((string name, ZipEntry entry) in NumpyArray.List(source, archive))
            {
                Add(name, NumpyArray.Read(source, archive, entry));
            }
        }

        return new WeightsFile(
            source.Name,
            isArchive ? "NumPy archive" : "NumPy array",
            tensors,
            ConvertedTypes.Notes(converted)
        );

        void Add(string name, (Tensor Tensor, StoredType Type) array)
        {
            tensors.Add(name, array.Tensor);
            ConvertedTypes.Count(converted, array.Type);
        }
    }
}
