using System.Buffers.Binary;
using System.IO.Compression;

namespace Fovea.Data;

/// <summary>Turns the chunks of a PNG (ISO/IEC 15948) into samples of 8 bits: every colour type, depth and interlacing,
/// transparency as a channel. Gamma and colour profiles are not applied.</summary>
internal sealed class PngDecoder
{
    private const int HighestRatio = 1032; // of deflate, see GzipMember

    private readonly string _file;
    private readonly PngChunks _chunks;
    private readonly PngHeader _header;
    private readonly byte[] _samples;
    private readonly int _channels;

    /// <summary>Decodes a file.</summary>
    /// <exception cref="DataFormatException">It is damaged, or has more pixels than allowed.</exception>
    public PngDecoder(string file, byte[] bytes, long mostPixels)
    {
        _file = file;
        _chunks = new PngChunks(file, bytes, mostPixels);
        _header = _chunks.Header;
        _channels =
            (_header.Color == PngHeader.Palette ? 3 : _header.StoredChannels) + (_chunks.Transparency is null ? 0 : 1);
        long size = (long)_header.Width * _header.Height * _channels;
        if (size > Array.MaxLength)
        {
            throw DataFormatException.In(
                file,
                $"the decoded image may take up to {Array.MaxLength} bytes, {_header.Width} x {_header.Height} with {_channels} channels takes {size}."
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

        _samples = new byte[size];
        Decode(bytes);
    }

    /// <summary>The picture as stored, not turned.</summary>
    public RasterImage Image => new(_header.Width, _header.Height, _channels, _samples);

    /// <summary>The content of the eXIf chunk; empty where there is none.</summary>
    public ReadOnlySpan<byte> Exif => _chunks.Exif;

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
        catch (Exception e) when (e is InvalidDataException or (IOException and not DataFormatException))
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
        catch (Exception e) when (e is InvalidDataException or (IOException and not DataFormatException))
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
        int at = (((pass.Y + (y * pass.StepY)) * _header.Width) + pass.X) * _channels;
        if (
            _header.BitDepth == 8
            && _channels == _header.StoredChannels
            && pass.StepX == 1
            && _header.Color != PngHeader.Palette
        )
        {
            row.CopyTo(_samples.AsSpan(at));
            return;
        }

        for (int x = 0; x < pass.Width; x++, at += pass.StepX * _channels)
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
            int pixel = at / _channels;
            throw DataFormatException.In(
                _file,
                $"palette indices must be below the palette's {_chunks.Palette.Length / 3} colours, got {index} at column {pixel % _header.Width}, row {pixel / _header.Width}."
            );
        }

        _chunks.Palette.AsSpan(index * 3, 3).CopyTo(_samples.AsSpan(at));
        if (_chunks.Transparency is { } alpha)
        {
            _samples[at + 3] = index < alpha.Length ? alpha[index] : (byte)255;
        }
    }

    private void PlaceDirect(ReadOnlySpan<byte> row, int x, int at)
    {
        int stored = _header.StoredChannels,
            largest = (1 << _header.BitDepth) - 1;
        bool transparent = _chunks.Transparency is not null;
        for (int c = 0; c < stored; c++)
        {
            int sample = Sample(row, (x * stored) + c);
            _samples[at + c] = To8Bits(sample, _header.BitDepth);
            transparent =
                transparent
                && sample == (BinaryPrimitives.ReadUInt16BigEndian(_chunks.Transparency.AsSpan(c * 2)) & largest);
        }

        if (_chunks.Transparency is not null)
        {
            _samples[at + stored] = transparent ? (byte)0 : (byte)255;
        }
    }

    /// <summary>255 for the largest value of any depth; of 16 bits v / 257, rounded.</summary>
    private static byte To8Bits(int sample, int depth) =>
        depth switch
        {
            8 => (byte)sample,
            16 => (byte)((sample + 128) / 257),
            _ => (byte)(sample * 255 / ((1 << depth) - 1)),
        };

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
