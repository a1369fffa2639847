using Fovea.Data;

namespace Fovea.Imaging;

/// <summary>Photographs for <see cref="ImageFile"/> and everything that reads pictures through it: JPEG, WebP, GIF and
/// BMP, by Skia's codecs.</summary>
public static class Photographs
{
    /// <summary>The decoder, for programs that call it themselves.</summary>
    public static IImageDecoder Decoder { get; } = new SkiaDecoder();

    /// <summary>Adds the decoder to <see cref="ImageFile"/> for the whole process. Call it once, at a program's start;
    /// further calls change nothing.</summary>
    public static void Register() => ImageFile.Register(Decoder);
}
