namespace Fovea.Data.Tests;

public sealed class ExifOrientationTests
{
    [Theory] // of the stored picture 1 2 3 / 4 5 6, by the table of the EXIF standard (which side is row 0 and column 0)
    [InlineData(1, 3, new byte[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(2, 3, new byte[] { 3, 2, 1, 6, 5, 4 })]
    [InlineData(3, 3, new byte[] { 6, 5, 4, 3, 2, 1 })]
    [InlineData(4, 3, new byte[] { 4, 5, 6, 1, 2, 3 })]
    [InlineData(5, 2, new byte[] { 1, 4, 2, 5, 3, 6 })]
    [InlineData(6, 2, new byte[] { 4, 1, 5, 2, 6, 3 })]
    [InlineData(7, 2, new byte[] { 6, 3, 5, 2, 4, 1 })]
    [InlineData(8, 2, new byte[] { 3, 6, 2, 5, 1, 4 })]
    public void Upright_EveryOrientation_TurnsThePicture(int orientation, int width, byte[] expected)
    {
        RasterImage image = ExifOrientation.Upright(new RasterImage(3, 2, 1, [1, 2, 3, 4, 5, 6]), orientation);
        Assert.Equal((width, 6 / width), (image.Width, image.Height));
        Assert.Equal(expected, image.Samples.ToArray());
    }

    [Fact]
    public void OfTiff_EitherByteOrder_IsRead()
    {
        byte[] big = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0],
            little = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0];
        Assert.Equal(6, ExifOrientation.OfTiff(big));
        Assert.Equal(8, ExifOrientation.OfTiff(little));
    }

    [Fact]
    public void OfTiff_DamagedBlock_IsUpright()
    {
        byte[] big = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0];
        Assert.Equal(1, ExifOrientation.OfTiff(big)); // 9 does not exist
        for (int length = 0; length < big.Length; length++)
        {
            Assert.Equal(1, ExifOrientation.OfTiff(big.AsSpan(0, length)));
        }

        big[4] = 0xFF; // a directory far behind the end
        Assert.Equal(1, ExifOrientation.OfTiff(big));
    }
}
