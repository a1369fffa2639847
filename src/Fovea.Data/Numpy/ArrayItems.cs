using Fovea.Files;

namespace Fovea.Data;

/// <summary>An array of NumPy as items, with channels first.</summary>
internal sealed class ArrayItems
{
    private readonly byte[] _bytes;
    private readonly float[] _floats;
    private readonly float _scale;
    private readonly int _size;
    private readonly int _channels; // above 1 where they come last in the file

    private ArrayItems(int count, Shape shape, byte[] bytes, float[] floats, float scale, bool channelsLast)
    {
        (Count, Shape, _bytes, _floats, _scale) = (count, shape, bytes, floats, scale);
        _size = (int)shape.Count;
        _channels = channelsLast ? shape[0] : 1;
    }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>Shape of an item: [C, H, W], or [C, L].</summary>
    public Shape Shape { get; }

    /// <summary>How the axes and the values were read, in words.</summary>
    public required string Reading { get; init; }

    /// <summary>Reads an array; bytes stay bytes.</summary>
    /// <exception cref="InvalidDataException">It has no form of items, or is too large.</exception>
    public static ArrayItems Read(ByteSource source, ZipArchiveReader archive, ZipEntry entry)
    {
        NumpyHeader header = NumpyArray.HeaderOf(source, archive, entry);
        (Shape shape, bool channelsLast, string axes) = Layout(source, entry, header.Shape);
        bool isBytes = header.Type == StoredType.UInt8 && !header.IsFortran;
        long most = isBytes ? FileBytes.LargestFile : FileBytes.LargestFile / sizeof(float);
        if (header.Shape.Count > most || shape.Count > ItemLimits.MostValues)
        {
            throw new InvalidDataException(
                $"{source.Name}, '{ShortName.Of(entry.Name)}': up to {most} values and {ItemLimits.MostValues} an item are taken, got the shape ({string.Join(", ", header.Shape)})."
            );
        }

        float scale = header.Type == StoredType.UInt8 ? 1f / 255f : 1f;
        string values =
            header.Type == StoredType.UInt8 ? "bytes scaled to 0..1"
            : header.Type == StoredType.Float32 ? "values as they are"
            : $"{header.Type.Name} values as they are, as Float32";
        byte[] bytes = isBytes ? NumpyArray.ReadBytes(source, archive, entry) : [];
        float[] floats = isBytes ? [] : NumpyArray.Read(source, archive, entry).Tensor.To(DType.Float32).ToArray();
        return new ArrayItems(header.Shape[0], shape, bytes, floats, scale, channelsLast)
        {
            Reading = $"{axes}, {values}",
        };
    }

    /// <summary>Copies an item.</summary>
    public void Read(int index, Span<float> destination)
    {
        long start = (long)index * _size;
        int area = _size / _channels;
        for (int channel = 0; channel < _channels; channel++)
        {
            Span<float> to = destination.Slice(channel * area, area);
            for (int i = 0; i < area; i++)
            {
                long at = start + ((long)i * _channels) + channel;
                to[i] = _bytes.Length > 0 ? _bytes[at] / 255f : _floats[at] * _scale;
            }
        }
    }

    /// <summary>The form of an item by the sizes of the array. Three axes are images of one channel, two are series of one.
    /// Of four, the second or the last has the channels: the one with 1, 3 or 4; where both have, the smaller, and the second
    /// where they are equal or neither has.</summary>
    private static (Shape Item, bool ChannelsLast, string Axes) Layout(ByteSource source, ZipEntry entry, Shape sizes)
    {
        bool last =
            sizes.Rank == 4 && sizes[3] is (1 or 3 or 4) && (sizes[1] is not (1 or 3 or 4) || sizes[3] < sizes[1]);
        return sizes.Rank switch
        {
            2 => ([1, sizes[1]], false, "axes (items, length)"),
            3 => ([1, sizes[1], sizes[2]], false, "axes (items, height, width)"),
            4 when last => ([sizes[3], sizes[1], sizes[2]], true, "axes (items, height, width, channels)"),
            4 => ([sizes[1], sizes[2], sizes[3]], false, "axes (items, channels, height, width)"),
            _ => throw new InvalidDataException(
                $"{source.Name}, '{ShortName.Of(entry.Name)}': items must be images (items, height, width), (items, channels, height, width) or (items, height, width, channels), or series (items, length), got the shape ({string.Join(", ", sizes)})."
            ),
        };
    }
}
