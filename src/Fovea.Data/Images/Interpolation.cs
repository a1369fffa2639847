namespace Fovea.Data;

/// <summary>How a resized picture's pixels are made of those of the original. Both widen with the reduction, so nothing
/// is skipped (antialiasing).</summary>
public enum Interpolation
{
    /// <summary>A triangle over the nearest pixels: what torchvision's weights were mostly trained with.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5 (Keys 1981).</summary>
    Bicubic,
}

/// <summary>A stretch of a picture, in whole pixels.</summary>
/// <param name="X">The first column.</param>
/// <param name="Y">The first row.</param>
/// <param name="Width">Columns, 1 up.</param>
/// <param name="Height">Rows, 1 up.</param>
internal readonly record struct PixelBox(int X, int Y, int Width, int Height);

/// <summary>A size that a picture is brought to, and the stretch of it that is made: what lies outside costs
/// nothing.</summary>
/// <param name="Width">Pixels of a row of the whole.</param>
/// <param name="Height">Rows of the whole.</param>
/// <param name="X">The first column made.</param>
/// <param name="Y">The first row made.</param>
/// <param name="TakenWidth">Columns made, 1 up.</param>
/// <param name="TakenHeight">Rows made, 1 up.</param>
internal readonly record struct ResizeTarget(long Width, long Height, long X, long Y, int TakenWidth, int TakenHeight)
{
    /// <summary>The whole of a size.</summary>
    public ResizeTarget(int width, int height)
        : this(width, height, 0, 0, width, height) { }
}
