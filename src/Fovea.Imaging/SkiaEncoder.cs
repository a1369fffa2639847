using Fovea.Data;
using SkiaSharp;

namespace Fovea.Imaging;

/// <summary>Encodes with Skia's codecs, samples as they are: no colour profile, colours not multiplied by alpha.</summary>
internal static class SkiaEncoder
{
    /// <summary>A PNG file, without loss.</summary>
    public static SKData Png(RasterImage image) => Encode(image, p => p.Encode(SKPngEncoderOptions.Default), "PNG");

    /// <summary>A JPEG file.</summary>
    /// <param name="image">1 or 3 channels.</param>
    /// <param name="quality">1 to 100.</param>
    public static SKData Jpeg(RasterImage image, int quality) =>
        Encode(image, p => p.Encode(new SKJpegEncoderOptions(quality)), "JPEG");

    private static unsafe SKData Encode(RasterImage image, Func<SKPixmap, SKData?> encode, string format)
    {
        bool gray = image.Channels == 1;
        SKImageInfo info = new(
            image.Width,
            image.Height,
            gray ? SKColorType.Gray8 : SKColorType.Rgba8888,
            image.Channels is 2 or 4 ? SKAlphaType.Unpremul : SKAlphaType.Opaque
        );
        ReadOnlySpan<byte> samples = image.Channels is 1 or 4 ? image.Samples : WithAlpha(image);
        fixed (byte* from = samples)
        {
            using SKPixmap pixels = new(info, (nint)from);
            return encode(pixels)
                ?? throw new NotSupportedException(
                    $"{image.Width} x {image.Height} pixels cannot be written as {format}: it is more than the format or its encoder holds."
                );
        }
    }

    /// <summary>Gray and alpha, or RGB, as RGB and alpha.</summary>
    private static byte[] WithAlpha(RasterImage image)
    {
        ReadOnlySpan<byte> samples = image.Samples;
        byte[] result = new byte[4L * image.Width * image.Height];
        for (int from = 0, to = 0; to < result.Length; from += image.Channels, to += 4)
        {
            (result[to], result[to + 1], result[to + 2], result[to + 3]) =
                image.Channels == 2
                    ? (samples[from], samples[from], samples[from], samples[from + 1])
                    : (samples[from], samples[from + 1], samples[from + 2], (byte)255);
        }

        return result;
    }
}
