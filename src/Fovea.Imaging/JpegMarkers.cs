using System.Buffers.Binary;
using Fovea.Data;

namespace Fovea.Imaging;

/// <summary>The marker segments of a JPEG file (ISO/IEC 10918-1, annex B), walked without decoding: what kind it is, its
/// size, and whether its end is there.</summary>
internal sealed class JpegMarkers
{
    private const int BitsOfABlock = 1; // the least that a block of 64 samples takes in Huffman code

    private const int Coefficients = 64; // of a block

    private readonly string _name;
    private readonly Dictionary<byte, int[]> _missingBits = []; // of a progressive picture: by component and coefficient

    private JpegMarkers(string name) => _name = name;

    /// <summary>Pixels of a row.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Passes over the picture.</summary>
    public int Scans { get; private set; }

    /// <summary>Whether the end marker follows the last pass.</summary>
    public bool HasEnd { get; private set; }

    /// <summary>Whether the passes bring every bit of every coefficient: of a progressive picture the last ones may be
    /// missing.</summary>
    public bool IsComplete => _missingBits.Values.All(bits => bits.All(missing => missing == 0));

    /// <summary>Walks a file.</summary>
    /// <exception cref="DataFormatException">It is damaged, cut off before its picture, or of a kind that is not
    /// read.</exception>
    public static JpegMarkers Of(ReadOnlySpan<byte> file, string name)
    {
        JpegMarkers markers = new(name);
        markers.Walk(file);
        if (markers.Scans == 0)
        {
            throw SkiaDecoder.Refused(name, "the JPEG file is cut off: it ends before its picture.");
        }

        long pixels = (long)markers.Width * markers.Height;
        if (pixels * markers.Scans > 1L << 33)
        {
            throw SkiaDecoder.Refused(
                name,
                $"the JPEG file has {markers.Scans} passes over {markers.Width} x {markers.Height} pixels, more work than a picture is."
            );
        }

        return markers;
    }

    private void Walk(ReadOnlySpan<byte> file)
    {
        bool arithmetic = false;
        int at = 2;
        while (NextMarker(file, ref at) is { } marker)
        {
            if (marker == 0xD9)
            {
                HasEnd = true;
                return;
            }

            RequirePlace(marker, at);
            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue; // stands alone
            }

            ReadOnlySpan<byte> segment = Segment(file, at);
            at += segment.Length;
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                arithmetic = marker > 0xC8;
                Frame(marker, segment);
            }
            else if (marker == 0xDA)
            {
                Scans++;
                Pass(segment);
                RequirePlausible(file.Length, arithmetic);
                SkipPass(file, ref at);
            }
        }
    }

    /// <summary>Behind the first pass only tables, further passes, notes and restarts may stand.</summary>
    private void RequirePlace(byte marker, int at)
    {
        bool fits =
            marker is 0x01 or 0xC4 or (>= 0xD0 and <= 0xD7) or (>= 0xDA and <= 0xDD) or (>= 0xE0 and <= 0xEF) or 0xFE;
        if (Scans > 0 && !fits)
        {
            throw SkiaDecoder.Refused(
                _name,
                $"the JPEG file is damaged: the marker 0x{marker:X2} at byte {at - 1} has no place behind the picture's begin."
            );
        }
    }

    /// <summary>A segment from its length on.</summary>
    private ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> file, int at)
    {
        int length = at + 2 <= file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[at..]) : 0;
        return length >= 2 && at + length <= file.Length
            ? file.Slice(at, length)
            : throw SkiaDecoder.Refused(
                _name,
                $"the JPEG file is cut off or damaged: a segment at byte {at} of {length} bytes does not fit the {file.Length} bytes of the file."
            );
    }

    private void Frame(byte marker, ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 8)
        {
            throw SkiaDecoder.Refused(_name, "the JPEG file is damaged: its frame header is too short.");
        }

        string? kind = marker switch
        {
            0xC3 or 0xCB => "lossless",
            0xC5 or 0xC6 or 0xC7 or 0xCD or 0xCE or 0xCF => "hierarchical",
            _ when segment[2] != 8 => $"of {segment[2]} bits a sample",
            _ => null,
        };
        if (kind is not null)
        {
            throw SkiaDecoder.Refused(
                _name,
                $"the JPEG file is {kind}, a kind that is not read; convert it to PNG or to usual JPEG."
            );
        }

        bool progressive = marker is 0xC2 or 0xCA;
        for (int at = 8; progressive && at + 2 < segment.Length; at += 3)
        {
            int[] bits = new int[Coefficients];
            Array.Fill(bits, int.MaxValue);
            _missingBits[segment[at]] = bits;
        }

        (Height, Width) = (
            BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[5..])
        );
    }

    /// <summary>Notes what a pass of a progressive picture brings (annex G).</summary>
    private void Pass(ReadOnlySpan<byte> segment)
    {
        int components = segment.Length > 2 ? segment[2] : 0,
            at = 3 + (2 * components);
        if (_missingBits.Count == 0 || at + 3 > segment.Length)
        {
            return;
        }

        (int first, int last, int missing) = (segment[at], segment[at + 1], segment[at + 2] & 15);
        for (int c = 0; c < components; c++)
        {
            int[]? bits = _missingBits.GetValueOrDefault(segment[3 + (2 * c)]);
            for (int k = first; bits is not null && k <= Math.Min(last, Coefficients - 1); k++)
            {
                bits[k] = missing;
            }
        }
    }

    /// <summary>A few bytes that claim a huge picture are refused before memory is taken for it.</summary>
    private void RequirePlausible(int fileBytes, bool arithmetic)
    {
        long blocks = (long)Width * Height / 64;
        if (!arithmetic && blocks * BitsOfABlock > fileBytes * 8L * 16) // up to 16 blocks of brightness share one
        {
            throw SkiaDecoder.Refused(
                _name,
                $"the JPEG header claims {Width} x {Height} pixels, more than {fileBytes} bytes can hold."
            );
        }
    }

    private static byte? NextMarker(ReadOnlySpan<byte> file, ref int at)
    {
        while (at + 1 < file.Length)
        {
            if (file[at] == 0xFF && file[at + 1] is not (0x00 or 0xFF))
            {
                at += 2;
                return file[at - 1];
            }

            at++; // decoders skip what lies between segments
        }

        return null;
    }

    private static void SkipPass(ReadOnlySpan<byte> file, ref int at)
    {
        while (at + 1 < file.Length && (file[at] != 0xFF || file[at + 1] is 0x00 or 0xFF or (>= 0xD0 and <= 0xD7)))
        {
            at++;
        }
    }
}
