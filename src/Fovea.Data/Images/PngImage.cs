namespace Fovea.Data;

/// <summary>A decoded PNG image (ISO/IEC 15948): every colour type, bit depth and interlacing, transparency as a
/// channel. Gamma and colour profiles are not applied.</summary>
public sealed class PngImage
{
    private readonly float[] _samples;

    private PngImage(PngDecoder decoder)
    {
        _samples = decoder.Samples;
        (Width, Height, Channels, BitDepth) = (
            decoder.Header.Width,
            decoder.Header.Height,
            decoder.Channels,
            decoder.Header.BitDepth
        );
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.</summary>
    public int Channels { get; }

    /// <summary>Bits of a stored sample: 1, 2, 4, 8 or 16.</summary>
    public int BitDepth { get; }

    /// <summary>Samples [C, H, W], 0..1: the stored value over the largest of its depth; alpha 1 is opaque.</summary>
    public ReadOnlySpan<float> Samples => _samples;

    /// <summary>Whether bytes start as a PNG file does.</summary>
    /// <param name="bytes">The first bytes of a file.</param>
    public static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith(PngChunks.Signature);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file cannot be read, is not a PNG, is damaged, or is larger than 100
    /// million pixels or 512 MiB decoded.</exception>
    public static PngImage Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new PngImage(new PngDecoder(path, FileBytes.Read(path)));
    }

    /// <summary>Decodes a file's content.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="DataFormatException">As <see cref="Read"/>.</exception>
    public static PngImage Decode(ReadOnlySpan<byte> bytes, string name = "image")
    {
        ArgumentNullException.ThrowIfNull(name);
        return new PngImage(new PngDecoder(name, bytes.ToArray()));
    }
}
