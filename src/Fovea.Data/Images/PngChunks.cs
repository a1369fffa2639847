using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Fovea.Data;

/// <summary>The chunks of a PNG file that matter for its pixels, checked for order, size and checksum.</summary>
internal sealed class PngChunks
{
    private const int Frame = 12; // length, type and checksum around a chunk's data

    private readonly string _file;
    private readonly byte[] _bytes;
    private bool _dataEnded;

    /// <summary>Walks the file.</summary>
    public PngChunks(string file, byte[] bytes, long mostPixels)
    {
        _file = file;
        _bytes = bytes;
        if (!bytes.AsSpan().StartsWith(Signature))
        {
            throw DataFormatException.AtByte(
                file,
                0,
                $"not a PNG file: it must start with 89504E470D0A1A0A, but starts with {Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)))}."
            );
        }

        int at = Signature.Length;
        Header = PngHeader.Parse(file, at + 8, Expect(at, "IHDR"), mostPixels);
        at += Frame + 13;
        while (TypeAt(at) != "IEND")
        {
            at = Take(at);
        }

        Expect(at, "IEND");
        Validate();
    }

    /// <summary>The eight bytes every PNG starts with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Sizes and kind.</summary>
    public PngHeader Header { get; }

    /// <summary>Red, green and blue of each palette entry; empty where there is none.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>The tRNS chunk: alpha of palette entries, or the one transparent colour; null where there is
    /// none.</summary>
    public byte[]? Transparency { get; private set; }

    /// <summary>The eXIf chunk: how the camera was held, among others; empty where there is none.</summary>
    public byte[] Exif { get; private set; } = [];

    /// <summary>Where the compressed image data lies in the file.</summary>
    public List<(int Offset, int Length)> Data { get; } = [];

    private int Take(int at)
    {
        string type = TypeAt(at);
        int length = LengthAt(at),
            data = at + 8;
        _dataEnded |= Data.Count > 0 && type != "IDAT";
        switch (type)
        {
            case "IDAT":
                Expect(at, type);
                Data.Add(
                    !_dataEnded
                        ? (data, length)
                        : throw DataFormatException.AtByte(
                            _file,
                            at,
                            "IDAT chunks must follow each other without others in between."
                        )
                );
                break;
            case "PLTE":
                Palette =
                    Palette.Length == 0 && Data.Count == 0 && Transparency is null
                        ? Expect(at, type).ToArray()
                        : throw DataFormatException.AtByte(
                            _file,
                            at,
                            "the palette PLTE must come once, before tRNS and IDAT."
                        );
                break;
            case "tRNS":
                Transparency =
                    Data.Count == 0 && Transparency is null
                        ? Expect(at, type).ToArray()
                        : throw DataFormatException.AtByte(
                            _file,
                            at,
                            "the transparency tRNS must come once, before IDAT."
                        );
                break;
            case "IHDR":
                throw DataFormatException.AtByte(_file, at, "there must be one header IHDR, this is a second.");
            case "eXIf":
                Exif = _bytes.AsSpan(data, length).ToArray();
                break;
            default:
                if ((_bytes[at + 4] & 0x20) == 0)
                {
                    throw DataFormatException.AtByte(
                        _file,
                        at,
                        $"the chunk {type} is critical and not known, so the image cannot be read rightly."
                    );
                }

                break;
        }

        return at + Frame + length;
    }

    /// <summary>The data of the chunk at an offset, which must be of a type and have the right checksum.</summary>
    private ReadOnlySpan<byte> Expect(int at, string type)
    {
        int length = LengthAt(at);
        string found = TypeAt(at);
        if (found != type)
        {
            throw DataFormatException.AtByte(_file, at, $"expected the chunk {type}, got {found}.");
        }

        uint expected = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(at + 8 + length)),
            actual = Crc32.HashToUInt32(_bytes.AsSpan(at + 4, length + 4));
        return expected == actual
            ? _bytes.AsSpan(at + 8, length)
            : throw DataFormatException.AtByte(
                _file,
                at,
                $"the CRC of chunk {type} must be 0x{expected:x8} by the file, but is 0x{actual:x8}: the file is damaged."
            );
    }

    private int LengthAt(int at)
    {
        if (_bytes.Length - at < Frame)
        {
            throw DataFormatException.AtByte(_file, at, "the file ends before the chunk IEND.");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(at));
        return length <= _bytes.Length - at - Frame
            ? (int)length
            : throw DataFormatException.AtByte(
                _file,
                at,
                $"a chunk of {length} bytes does not fit the {_bytes.Length - at - Frame} bytes left in the file."
            );
    }

    private string TypeAt(int at)
    {
        LengthAt(at);
        ReadOnlySpan<byte> type = _bytes.AsSpan(at + 4, 4);
        foreach (byte letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
            {
                throw DataFormatException.AtByte(
                    _file,
                    at + 4,
                    $"a chunk's type must be four letters, got {Convert.ToHexString(type)}."
                );
            }
        }

        return Encoding.ASCII.GetString(type);
    }

    private void Validate()
    {
        if (Data.Count == 0)
        {
            throw DataFormatException.In(_file, "there is no image data (no IDAT chunk).");
        }

        bool indexed = Header.Color == PngHeader.Palette;
        if (
            (indexed || Palette.Length > 0)
            && (Palette.Length == 0 || Palette.Length % 3 != 0 || Palette.Length > 3 * 256)
        )
        {
            throw DataFormatException.In(
                _file,
                $"{(indexed ? "an image of colour type 3 needs a palette" : "a palette")} of 1 to 256 colours of 3 bytes, got {Palette.Length} bytes."
            );
        }

        int? expected = Header.Color switch
        {
            0 => 2,
            2 => 6,
            _ => null,
        };
        bool fits =
            Transparency is null
            || (indexed ? Transparency.Length <= Palette.Length / 3 : Transparency.Length == expected);
        if (!fits)
        {
            throw DataFormatException.In(
                _file,
                $"the transparency tRNS of {Transparency!.Length} bytes does not fit colour type {Header.Color}{(indexed ? $" with {Palette.Length / 3} colours" : "")}."
            );
        }
    }
}
