using Fovea.Data;
using SkiaSharp;

namespace Fovea.Imaging;

/// <summary>Photographs as tensors, and for <see cref="ImageFile"/> and everything that reads pictures through it: JPEG,
/// WebP, GIF and BMP, by Skia's codecs.</summary>
public static class Photographs
{
    private const int UsualQuality = 90;

    /// <summary>The decoder, for programs that call it themselves.</summary>
    public static IImageDecoder Decoder { get; } = new SkiaDecoder();

    /// <summary>Adds the decoder to <see cref="ImageFile"/> for the whole process. Call it once, at a program's start;
    /// further calls change nothing.</summary>
    public static void Register() => ImageFile.Register(Decoder);

    /// <summary>Reads a picture as a tensor of values 0 to 1, upright, at the size it has. It registers the decoder as
    /// <see cref="Register"/> does.</summary>
    /// <remarks>For a batch of pictures of one size and for a network's own preparation see <see cref="ImageInput"/> and
    /// <see cref="Preprocessing"/>.</remarks>
    /// <param name="path">A PNG, JPEG, WebP, GIF or BMP file of up to <see cref="ImageFile.DefaultMostPixels"/>
    /// pixels.</param>
    /// <param name="channels">1 for gray or 3 for RGB, transparent parts over white; null for what the file has: 1 gray, 2
    /// gray and alpha, 3 RGB, 4 RGB and alpha.</param>
    /// <returns>Float32 [C, H, W].</returns>
    /// <exception cref="ArgumentException">Another number of channels.</exception>
    /// <exception cref="DataFormatException">The file cannot be read, is damaged, too large, or no picture of a format
    /// that is read.</exception>
    public static Tensor Load(string path, int? channels = null)
    {
        Register();
        return ImageFile.Read(path).ToTensor(channels);
    }

    /// <summary>Writes a tensor as a picture; what the file held is replaced.</summary>
    /// <param name="tensor">[H, W] or [C, H, W], as for <see cref="RasterImage.FromTensor"/>: values 0 to 1, or whole numbers
    /// 0 to 255.</param>
    /// <param name="path">The file. Its ending says the format: .png keeps every sample and transparency (gray with it is
    /// written as RGB with it); .jpg and .jpeg are smaller and change the samples a little.</param>
    /// <param name="quality">Of JPEG, 1 to 100; not used for PNG.</param>
    /// <exception cref="ArgumentException">The ending is another, the quality is out of range, a whole number is no
    /// sample, or a picture with transparency shall become a JPEG.</exception>
    /// <exception cref="ShapeException">The shape is none of a picture.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="NotSupportedException">The picture is larger than the format holds; JPEG has up to 65535 pixels a
    /// side.</exception>
    public static void Save(Tensor tensor, string path, int quality = UsualQuality)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(path);
        if (quality is < 1 or > 100)
        {
            throw new ArgumentException($"Photographs.Save: quality must be 1 to 100, got {quality}.");
        }

        string ending = Path.GetExtension(path);
        bool png = ending.Equals(".png", StringComparison.OrdinalIgnoreCase),
            jpeg =
                ending.Equals(".jpg", StringComparison.OrdinalIgnoreCase)
                || ending.Equals(".jpeg", StringComparison.OrdinalIgnoreCase);
        if (!png && !jpeg)
        {
            throw new ArgumentException(
                $"Photographs.Save: the file must end in .png, .jpg or .jpeg, got '{path}'; others are not written."
            );
        }

        RasterImage image = RasterImage.FromTensor(tensor);
        if (jpeg && image.Channels is (2 or 4))
        {
            throw new ArgumentException(
                $"Photographs.Save: JPEG has no transparency, but the tensor is {tensor.Shape}. Save a .png, or without the last channel: x[..{image.Channels - 1}]."
            );
        }

        using SKData data = png ? SkiaEncoder.Png(image) : SkiaEncoder.Jpeg(image, quality);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
    }
}
