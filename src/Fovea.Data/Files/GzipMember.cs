using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Fovea.Data;

/// <summary>A gzip file of one member (RFC 1952), inflated only when its size is known and believable, with checksum
/// and size verified.</summary>
internal sealed class GzipMember
{
    // Deflate stores at best 258 bytes in 2 bits: no stream grows by more than 1032 to 1.
    private const int HighestRatio = 1032;
    private const int TrailerBytes = 8;

    private readonly string _file;
    private readonly byte[] _bytes;
    private readonly int _body;

    public GzipMember(string file, byte[] bytes)
    {
        _file = file;
        _bytes = bytes;
        _body = SkipHeader();
    }

    /// <summary>Whether bytes start as gzip does.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;

    /// <summary>The first bytes of the content, as many as there are up to <paramref name="count"/>.</summary>
    public byte[] Head(int count)
    {
        byte[] head = new byte[count];
        using DeflateStream stream = Open();
        return head[..Fill(stream, head)];
    }

    /// <summary>The whole content, which must have exactly the given size.</summary>
    /// <param name="size">What the content's own header says, in bytes.</param>
    public byte[] Inflate(long size)
    {
        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_bytes.Length - 4));
        if (declared != (uint)size)
        {
            throw DataFormatException.In(
                _file,
                $"the gzip trailer must say the size of the content, {size} bytes by its header, but says {declared}: the file is truncated, damaged, or has more than one gzip member."
            );
        }

        long possible = (long)(_bytes.Length - _body) * HighestRatio;
        if (size > possible)
        {
            throw DataFormatException.In(
                _file,
                $"the header claims {size} bytes, more than the {possible} that {_bytes.Length} compressed bytes can hold."
            );
        }

        byte[] content = new byte[size];
        using DeflateStream stream = Open();
        int read = Fill(stream, content);
        if (read < size || Fill(stream, new byte[1]) != 0)
        {
            throw DataFormatException.In(
                _file,
                $"the compressed data must hold {size} bytes, but {(read < size ? $"ends after {read}" : "goes on after them")}."
            );
        }

        CheckSum(content);
        return content;
    }

    private void CheckSum(byte[] content)
    {
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_bytes.Length - TrailerBytes)),
            actual = Crc32.HashToUInt32(content);
        if (expected != actual)
        {
            throw DataFormatException.In(
                _file,
                $"the content's CRC-32 must be 0x{expected:x8} by the gzip trailer, but is 0x{actual:x8}: the file is damaged."
            );
        }
    }

    private DeflateStream Open() =>
        new(
            new MemoryStream(_bytes, _body, _bytes.Length - TrailerBytes - _body, writable: false),
            CompressionMode.Decompress
        );

    private int Fill(DeflateStream stream, byte[] buffer)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw DataFormatException.In(_file, "the compressed data is damaged.", e);
        }
        catch (IOException e)
        {
            throw DataFormatException.In(_file, "the compressed data is damaged or ends early.", e);
        }
    }

    /// <summary>Returns the offset of the compressed data.</summary>
    private int SkipHeader()
    {
        const int FixedPart = 10,
            Checksum = 2,
            Extra = 4,
            Name = 8,
            Comment = 16;
        if (_bytes.Length < FixedPart + TrailerBytes || !Is(_bytes) || _bytes[2] != 8)
        {
            throw DataFormatException.AtByte(
                _file,
                0,
                $"not a whole gzip file of the deflate method ({_bytes.Length} bytes)."
            );
        }

        int flags = _bytes[3],
            at = FixedPart;
        if ((flags & Extra) != 0)
        {
            at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));
        }

        for (int field = Name; field <= Comment; field <<= 1)
        {
            while ((flags & field) != 0 && at < _bytes.Length && _bytes[at++] != 0) { }
        }

        at += (flags & 2) != 0 ? Checksum : 0;
        return at <= _bytes.Length - TrailerBytes
            ? at
            : throw DataFormatException.AtByte(_file, FixedPart, "the gzip header goes on past the end of the file.");
    }
}
