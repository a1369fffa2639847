using System.Buffers.Binary;
using System.Formats.Tar;
using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>The oldest form: a tar archive of <c>storages</c>, <c>tensors</c> and <c>pickle</c>.</summary>
/// <remarks>The layout: <c>legacy_load</c> in torch/serialization.py. Other writers leave out <c>tensors</c> and the views
/// behind the storages; their pickle names the storages itself.</remarks>
internal static class TarForm
{
    /// <summary>Bytes of a header of a tar archive.</summary>
    public const int HeaderBytes = 512;

    private const int MagicAt = 257;

    /// <summary>Whether a file begins as a tar archive.</summary>
    public static bool Is(ReadOnlySpan<byte> head) =>
        head.Length >= HeaderBytes && head[MagicAt..].StartsWith("ustar"u8);

    /// <summary>Reads a file.</summary>
    public static TorchContainer Read(ByteSource source, PickleCalls calls, PickleBudget budget)
    {
        Dictionary<string, (long Start, long Bytes)> files = Files(source);
        Dictionary<string, object?> known = new(StringComparer.Ordinal);
        Dictionary<string, (long, long)> stretches = new(StringComparer.Ordinal);
        ReadStorages(Part("storages"), known, stretches);
        if (files.ContainsKey("tensors"))
        {
            ReadTensors(Part("tensors"), known);
        }

        Pickles pickle = Part("pickle");
        object? value = pickle.Next(id =>
            id is object?[] and [var type, ..] ? type
            : TorchStorages.Key(id) is { } key && known.TryGetValue(key, out object? found) ? found
            : throw pickle.Input.Wrong(pickle.Input.Position, "the value uses a tensor that the file has not")
        );
        return new TorchContainer(source, "tar archive", value, stretches, false, calls, budget);

        Pickles Part(string name) =>
            files.TryGetValue(name, out (long Start, long Bytes) place)
                ? new Pickles(source, new PickleInput(source, place.Start, place.Start + place.Bytes), budget, calls)
                : throw new ModelFormatException(
                    $"{source.Name}: a tar archive without '{name}', so no checkpoint of PyTorch. If it holds one, unpack it first."
                );
    }

    private static void ReadStorages(
        Pickles part,
        Dictionary<string, object?> known,
        Dictionary<string, (long, long)> stretches
    )
    {
        for (long left = part.Count(); left > 0; left--)
        {
            if (
                part.Next() is not object?[] { Length: 3 } entry
                || TorchStorages.Key(entry[0]) is not { } key
                || entry[2] is not PickleGlobal kind
                || TorchType.OfStorage(kind) is not { } type
            )
            {
                throw part.Input.Wrong(part.Input.Position, "a storage must stand before this place");
            }

            long count = part.Number();
            if (count < 0 || count > part.Input.Left / type.Bytes)
            {
                throw part.Input.Wrong(part.Input.Position, $"a storage of {count} elements cannot be here");
            }

            part.Budget.Take(200);
            known[key] = new TorchStorage(key, type, count);
            stretches[key] = (part.Input.Position, count * type.Bytes);
            part.Input.Skip(count * type.Bytes);
        }

        foreach (object? view in part.Input.Left > 0 && part.Next() is PickleList views ? views.Items : [])
        {
            bool isView =
                view is object?[] { Length: 4 } parts
                && TorchStorages.Key(parts[0]) is { } key
                && TorchStorages.Key(parts[1]) is { } root
                && known.TryGetValue(root, out object? found)
                && found is TorchStorage storage
                && parts[2] is long first and >= 0
                && parts[3] is long count and >= 0
                && first <= storage.Count
                && count <= storage.Count - first
                && known.TryAdd(key, storage with { First = first, Count = count });
            if (!isView)
            {
                throw part.Input.Wrong(part.Input.Position, "a view of a storage must lie within it");
            }
        }
    }

    private static void ReadTensors(Pickles part, Dictionary<string, object?> known)
    {
        const int MostAxes = 64;
        for (long left = part.Count(); left > 0; left--)
        {
            if (
                part.Next() is not object?[] { Length: 3 } entry
                || TorchStorages.Key(entry[0]) is not { } key
                || TorchStorages.Key(entry[1]) is not { } name
                || known.GetValueOrDefault(name) is not TorchStorage storage
            )
            {
                throw part.Input.Wrong(part.Input.Position, "a tensor of a storage must stand before this place");
            }

            long axes = part.Number() & uint.MaxValue; // old files have 4 bytes more, of any value
            if (axes > MostAxes)
            {
                throw part.Input.Wrong(part.Input.Position, $"a tensor may have up to {MostAxes} axes, got {axes}");
            }

            part.Budget.Take(300);
            long[] sizes = [.. Enumerable.Range(0, (int)axes).Select(_ => part.Number())],
                strides = [.. Enumerable.Range(0, (int)axes).Select(_ => part.Number())];
            long offset = part.Number();
            known[key] =
                offset >= 0 && Array.TrueForAll(sizes, s => s >= 0) && Array.TrueForAll(strides, s => s >= 0)
                    ? new TorchTensor(storage, storage.Type, offset, sizes, strides)
                    : throw part.Input.Wrong(part.Input.Position, "sizes, strides and offsets must be 0 or more");
        }
    }

    /// <summary>Where the files are. Links and names with folders are not followed: nothing is written.</summary>
    private static Dictionary<string, (long, long)> Files(ByteSource source)
    {
        Dictionary<string, (long, long)> files = new(StringComparer.Ordinal);
        try
        {
            using SourceStream stream = new(source, 0, source.Length);
            using TarReader reader = new(stream);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not null && entry.Length > source.Length - entry.DataOffset)
                {
                    throw new ModelFormatException(
                        $"{source.Name}: '{ShortName.Of(entry.Name)}' has {entry.Length} bytes by the tar archive, more than there are."
                    );
                }

                if (entry.DataStream is not null && !files.TryAdd(entry.Name, (entry.DataOffset, entry.Length)))
                {
                    throw new ModelFormatException(
                        $"{source.Name}: the tar archive has '{ShortName.Of(entry.Name)}' twice."
                    );
                }
            }
        }
        catch (Exception e)
            when (e
                    is (IOException and not ModelFormatException)
                        or InvalidDataException
                        or FormatException
                        or ArgumentException
                        or OverflowException
                        or NotSupportedException
            )
        {
            throw new ModelFormatException($"{source.Name}: the tar archive is damaged: {e.Message}", e);
        }

        return files;
    }

    /// <summary>Pickles and numbers, one behind the other.</summary>
    private sealed record Pickles(ByteSource Source, PickleInput Input, PickleBudget Budget, PickleCalls Calls)
    {
        public object? Next(Func<object?, object?>? persistent = null) =>
            new PickleMachine(
                Input,
                Budget,
                Calls,
                persistent ?? (_ => throw Input.Wrong(Input.Position, "there may be no reference here"))
            ).Run();

        public long Count() =>
            Next() is long count and >= 0 && count <= Input.Left
                ? count
                : throw Input.Wrong(Input.Position, "a count must stand before this place");

        public long Number()
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            long at = Input.Position;
            Input.Skip(sizeof(long));
            Source.Read(at, bytes);
            return BinaryPrimitives.ReadInt64LittleEndian(bytes);
        }
    }
}
