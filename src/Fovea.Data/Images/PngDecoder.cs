using System.Buffers.Binary;
using System.IO.Compression;

namespace Fovea.Data;

/// <summary>Turns the chunks of a PNG into samples 0..1, channel by channel.</summary>
internal sealed class PngDecoder
{
    private const long MostBytes = 512L << 20;
    private const int HighestRatio = 1032; // of deflate, see GzipMember

    private readonly string _file;
    private readonly PngChunks _chunks;
    private readonly PngHeader _header;
    private readonly float[] _samples;
    private readonly int _plane;

    public PngDecoder(string file, byte[] bytes)
    {
        _file = file;
        _chunks = new PngChunks(file, bytes);
        _header = _chunks.Header;
        Channels =
            (_header.Color == PngHeader.Palette ? 3 : _header.StoredChannels) + (_chunks.Transparency is null ? 0 : 1);
        _plane = _header.Width * _header.Height;
        long size = (long)_plane * Channels * sizeof(float);
        if (size > MostBytes)
        {
            throw DataFormatException.In(
                file,
                $"the decoded image may take up to {MostBytes} bytes, {_header.Width} x {_header.Height} with {Channels} channels takes {size}."
            );
        }

        long compressed = _chunks.Data.Sum(piece => (long)piece.Length);
        if (_header.DataBytes > compressed * HighestRatio)
        {
            throw DataFormatException.In(
                file,
                $"the header claims {_header.DataBytes} bytes of image data, more than {compressed} compressed bytes can hold."
            );
        }

        _samples = new float[_plane * Channels];
        Decode(bytes);
    }

    /// <summary>1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.</summary>
    public int Channels { get; }

    /// <summary>Sizes and kind.</summary>
    public PngHeader Header => _header;

    /// <summary>[C, H, W], 0..1.</summary>
    public float[] Samples => _samples;

    private void Decode(byte[] bytes)
    {
        using ZLibStream stream = new(new ChunkStream(bytes, _chunks.Data), CompressionMode.Decompress);
        foreach (PngPass pass in _header.Passes)
        {
            byte[] row = new byte[pass.RowBytes + 1],
                above = new byte[pass.RowBytes + 1];
            for (int y = 0; y < pass.Height; y++)
            {
                Fill(stream, row, pass, y);
                if (!PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), _header.FilterStep))
                {
                    throw DataFormatException.In(
                        _file,
                        $"the filter of a row must be 0 to 4, got {row[0]} in row {pass.Y + (y * pass.StepY)}."
                    );
                }

                Place(row.AsSpan(1), pass, y);
                (row, above) = (above, row);
            }
        }

        Drain(stream);
    }

    private void Fill(ZLibStream stream, byte[] row, PngPass pass, int y)
    {
        try
        {
            int read = stream.ReadAtLeast(row, row.Length, throwOnEndOfStream: false);
            if (read < row.Length)
            {
                throw DataFormatException.In(
                    _file,
                    $"the image data ends in row {pass.Y + (y * pass.StepY)} of {_header.Height}."
                );
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw DataFormatException.In(
                _file,
                $"the compressed image data is damaged, at or before row {pass.Y + (y * pass.StepY)}.",
                e
            );
        }
    }

    /// <summary>Reads a little past the last row: the checksum of the compressed data is verified there. Surplus data
    /// is allowed, as other readers do.</summary>
    private void Drain(ZLibStream stream)
    {
        try
        {
            _ = stream.ReadByte();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw DataFormatException.In(
                _file,
                "the compressed image data is damaged: its end or checksum is wrong.",
                e
            );
        }
    }

    private void Place(ReadOnlySpan<byte> row, PngPass pass, int y)
    {
        int at = ((pass.Y + (y * pass.StepY)) * _header.Width) + pass.X;
        for (int x = 0; x < pass.Width; x++, at += pass.StepX)
        {
            if (_header.Color == PngHeader.Palette)
            {
                PlaceIndexed(Sample(row, x), at);
            }
            else
            {
                PlaceDirect(row, x, at);
            }
        }
    }

    private void PlaceIndexed(int index, int at)
    {
        if (index * 3 >= _chunks.Palette.Length)
        {
            throw DataFormatException.In(
                _file,
                $"palette indices must be below the palette's {_chunks.Palette.Length / 3} colours, got {index} at column {at % _header.Width}, row {at / _header.Width}."
            );
        }

        for (int c = 0; c < 3; c++)
        {
            _samples[(c * _plane) + at] = _chunks.Palette[(index * 3) + c] / 255f;
        }

        if (_chunks.Transparency is { } alpha)
        {
            _samples[(3 * _plane) + at] = index < alpha.Length ? alpha[index] / 255f : 1f;
        }
    }

    private void PlaceDirect(ReadOnlySpan<byte> row, int x, int at)
    {
        int stored = _header.StoredChannels;
        float scale = (1 << _header.BitDepth) - 1;
        bool transparent = _chunks.Transparency is not null;
        for (int c = 0; c < stored; c++)
        {
            int sample = Sample(row, (x * stored) + c);
            _samples[(c * _plane) + at] = sample / scale;
            transparent =
                transparent
                && sample
                    == (
                        BinaryPrimitives.ReadUInt16BigEndian(_chunks.Transparency.AsSpan(c * 2))
                        & ((1 << _header.BitDepth) - 1)
                    );
        }

        if (_chunks.Transparency is not null)
        {
            _samples[(stored * _plane) + at] = transparent ? 0f : 1f;
        }
    }

    private int Sample(ReadOnlySpan<byte> row, int i)
    {
        int depth = _header.BitDepth;
        return depth switch
        {
            8 => row[i],
            16 => BinaryPrimitives.ReadUInt16BigEndian(row[(i * 2)..]),
            _ => (row[i * depth / 8] >> (8 - depth - (i * depth % 8))) & ((1 << depth) - 1),
        };
    }
}
