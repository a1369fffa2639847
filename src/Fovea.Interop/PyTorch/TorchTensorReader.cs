using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>Reads tensors from the memory of a file. Every index is checked against the storage before memory is taken; a
/// tensor of several names is read once.</summary>
/// <param name="container">The file.</param>
internal sealed class TorchTensorReader(TorchContainer container)
{
    private readonly Dictionary<string, (Tensor Tensor, string Name)> _read = new(StringComparer.Ordinal);
    private readonly List<(string Name, string First)> _ties = [];
    private readonly Dictionary<string, int> _converted = new(StringComparer.Ordinal);

    /// <summary>Names of a tensor that was read under another name before.</summary>
    public IReadOnlyList<(string Name, string First)> Ties => _ties;

    /// <summary>Types that were converted, with the number of tensors.</summary>
    public IReadOnlyDictionary<string, int> Converted => _converted;

    /// <summary>Reads one tensor.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="tensor">What the file says of it.</param>
    /// <exception cref="ModelFormatException">It reaches out of its storage, is of a type that is not read, or is too
    /// large.</exception>
    public Tensor Read(string name, TorchTensor tensor)
    {
        if (tensor.Refusal is not null || tensor.Type.Element is null)
        {
            throw new ModelFormatException(
                $"{container.Source.Name}: tensor '{ZipArchiveReader.Show(name)}' is {tensor.Refusal ?? $"of type {tensor.Type.Name}"}, which is not read. Convert it before saving, e.g. with .float() or .dequantize()."
            )
            {
                IsUnsupported = true,
            };
        }

        if (_read.TryGetValue(tensor.Identity, out (Tensor Tensor, string Name) known))
        {
            _ties.Add((name, known.Name));
            return known.Tensor;
        }

        Tensor result = Fresh(name, tensor, tensor.Type.Element);
        _read.Add(tensor.Identity, (result, name));
        return result;
    }

    private Tensor Fresh(string name, TorchTensor tensor, StoredType type)
    {
        Shape shape = Check(name, tensor);
        if (!type.IsKept)
        {
            _converted[type.Name] = _converted.GetValueOrDefault(type.Name) + 1;
        }

        if (shape.Count == 0)
        {
            return Tensor.Zeros(shape, type.DType);
        }

        long span = (long)tensor.Last + 1,
            at = Stretch(name, tensor, span * type.Bytes);
        container.Budget.Take(Math.Max(span, shape.Count) * type.Bytes);
        try
        {
            if (tensor.IsContiguous)
            {
                return type.Read(shape, container.IsBigEndian, Next);
            }

            Tensor stretch = type.Read([checked((int)span)], container.IsBigEndian, Next);
            return type.DType switch
            {
                DType.Float32 => Gather<float>(stretch, shape, tensor.Strides),
                DType.Float64 => Gather<double>(stretch, shape, tensor.Strides),
                _ => Gather<long>(stretch, shape, tensor.Strides),
            };
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException(
                $"{container.Source.Name}: tensor '{ZipArchiveReader.Show(name)}' of {type.Name} has a number above 2^63 - 1, which does not fit Int64.",
                e
            );
        }

        void Next(Span<byte> bytes)
        {
            container.Source.Read(at, bytes);
            at += bytes.Length;
        }
    }

    private Shape Check(string name, TorchTensor tensor)
    {
        bool fits = tensor.Count <= StoredType.MostElements && Array.TrueForAll(tensor.Sizes, s => s <= int.MaxValue);
        if (!fits)
        {
            throw new ModelFormatException(
                $"{container.Source.Name}: tensor '{ZipArchiveReader.Show(name)}' of shape [{string.Join(", ", tensor.Sizes)}]: a tensor may have up to {StoredType.MostElements:N0} elements."
            );
        }

        TorchStorage storage = tensor.Storage!;
        Int128 bytes = (Int128)storage.Count * storage.Type.Bytes,
            end = (tensor.Offset + tensor.Last + 1) * tensor.Type.Bytes;
        return tensor.Count == 0 || end <= bytes
            ? Shape.Create([.. tensor.Sizes.Select(s => (int)s)])
            : throw new ModelFormatException(
                $"{container.Source.Name}: tensor '{ZipArchiveReader.Show(name)}' of shape [{string.Join(", ", tensor.Sizes)}], strides [{string.Join(", ", tensor.Strides)}] and offset {tensor.Offset} needs {end} bytes, storage {ZipArchiveReader.Show(storage.Key)} has {bytes}. The file is damaged."
            );
    }

    /// <summary>Where in the file the first element is.</summary>
    private long Stretch(string name, TorchTensor tensor, long bytes)
    {
        TorchStorage storage = tensor.Storage!;
        if (!container.Stretches.TryGetValue(storage.Key, out (long Start, long Bytes) stretch))
        {
            throw new ModelFormatException(
                $"{container.Source.Name}: the memory of tensor '{ZipArchiveReader.Show(name)}', storage {ZipArchiveReader.Show(storage.Key)}, is not in the file. The file is damaged."
            );
        }

        Int128 first = ((Int128)storage.First * storage.Type.Bytes) + ((Int128)tensor.Offset * tensor.Type.Bytes);
        return first + bytes <= stretch.Bytes
            ? stretch.Start + (long)first
            : throw new ModelFormatException(
                $"{container.Source.Name}: tensor '{ZipArchiveReader.Show(name)}' of shape [{string.Join(", ", tensor.Sizes)}] needs {first + bytes} bytes of storage {ZipArchiveReader.Show(storage.Key)}, the file has {stretch.Bytes}. It was cut short or is damaged."
            );
    }

    private static Tensor Gather<T>(Tensor stretch, Shape shape, long[] strides)
        where T : unmanaged
    {
        return Tensor.Create<T>(
            shape,
            to =>
            {
                ReadOnlySpan<T> from = stretch.AsReadOnlySpan<T>();
                int[] index = new int[shape.Rank];
                long at = 0;
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = from[(int)at];
                    for (int axis = index.Length - 1; axis >= 0; axis--)
                    {
                        at += strides[axis];
                        if (++index[axis] < shape[axis])
                        {
                            break;
                        }

                        at -= strides[axis] * index[axis];
                        index[axis] = 0;
                    }
                }
            }
        );
    }
}
