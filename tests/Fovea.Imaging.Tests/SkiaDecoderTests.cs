using System.Buffers.Binary;
using Fovea.Data;
using Fovea.Testing;
using SkiaSharp;

namespace Fovea.Imaging.Tests;

/// <summary>What the codecs make of photographs, format by format.</summary>
public sealed class SkiaDecoderTests
{
    static SkiaDecoderTests() => Photographs.Register();

    private static RasterImage Read(string path) => ImageFile.Read(TestData.Find("images/" + path)!);

    private static string Refused(byte[] file, long mostPixels = ImageFile.DefaultMostPixels) =>
        Assert.Throws<DataFormatException>(() => ImageFile.Decode(file, "photo.jpg", mostPixels)).Message;

    private static int LargestDifference(RasterImage a, RasterImage b)
    {
        Assert.Equal((a.Width, a.Height, a.Channels), (b.Width, b.Height, b.Channels));
        int largest = 0;
        for (int i = 0; i < a.Samples.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(a.Samples[i] - b.Samples[i]));
        }

        return largest;
    }

    [DataTheory("images/jpeg")] // the same photograph, each file coded anew
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_EveryOrientation_IsTurnedUprightOnce(int orientation)
    {
        RasterImage upright = Read("jpeg/pillow-hopper.jpg"),
            turned = Read($"jpeg/pillow-hopper_orientation_{orientation}.jpg");
        Assert.Equal((upright.Width, upright.Height), (turned.Width, turned.Height));
        double right = MeanDifference(upright, turned);
        Assert.InRange(right, 0, 6);
        for (int wrong = 2; wrong <= 8; wrong++)
        {
            Assert.InRange(MeanDifference(upright, ExifOrientation.Upright(turned, wrong)), 4 * right, 255);
        }
    }

    private static double MeanDifference(RasterImage a, RasterImage b)
    {
        double sum = 0;
        for (int i = 0; i < a.Samples.Length; i++)
        {
            sum += Math.Abs(a.Samples[i] - b.Samples[i]);
        }

        return sum / a.Samples.Length;
    }

    [DataTheory("images/jpeg")] // the same coefficients, written in another way
    [InlineData("jpeg-reftest/mozilla_jpg-progressive.jpg", "jpeg-reftest/mozilla_jpg-size-32x32.jpg")]
    [InlineData("jpeg/ljt-testimgari.jpg", "jpeg/ljt-testimgint.jpg")]
    public void Decode_ProgressiveOrArithmetic_EqualsItsBaselineTwin(string path, string twin) =>
        Assert.Equal(0, LargestDifference(Read(path), Read(twin)));

    [DataFact("images/jpeg-reftest")] // the same photograph in RGB and in YCCK, as Adobe writes it inverted; coded anew
    public void Decode_Ycck_IsTheSamePhotographAsInRgb()
    {
        RasterImage ycck = Read("jpeg-reftest/ycck.jpg"),
            rgb = Read("jpeg-reftest/rgb.jpg");
        byte[] swapped = ycck.Samples.ToArray();
        for (int i = 0; i < swapped.Length; i += 3)
        {
            (swapped[i], swapped[i + 2]) = (swapped[i + 2], swapped[i]);
        }

        double right = MeanDifference(ycck, rgb);
        Assert.InRange(right, 0, 5);
        Assert.InRange(MeanDifference(new RasterImage(ycck.Width, ycck.Height, 3, swapped), rgb), 2 * right, 255);
    }

    [DataFact("images/jpeg")] // door-bugs, row 24
    public void Decode_TenThousandFiles_LeavesNoneOpen()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string file = TestData.Find("images/jpeg/imagers-progressive-test.jpg")!;
        ImageFile.Read(file);
        int before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (int i = 0; i < 10_000; i++)
        {
            ImageFile.Read(file);
        }

        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 20);
    }

    [DataTheory("images/jpeg")]
    [InlineData("3")]
    [InlineData("cat")]
    [InlineData("test")]
    public void Decode_Progressive_IsNearAnotherDecodersTruth(string name)
    {
        RasterImage image = Read($"jpeg/imagers-progressive-{name}.jpg"),
            truth = Read($"jpeg/imagers-ref-progressive-{name}.jpg.png").To(3);
        Assert.InRange(LargestDifference(image, truth), 0, 4); // it enlarges the colours in another way
        Assert.InRange(MeanDifference(image, truth), 0, 0.7);
    }

    [DataTheory("images/jpeg")]
    [InlineData("hostile/lossless-sof3.jpg", "is lossless, a kind that is not read")]
    [InlineData("jpeg/ljt-monkey12.jpg", "is of 12 bits a sample, a kind that is not read")]
    [InlineData("hostile/jpeg-crashtest/null_height.jpg", "damaged")]
    [InlineData("hostile/jpeg-crashtest/empty.jpg", "the file is empty")]
    [InlineData("hostile/skimage-truncated.jpg", "cut off or damaged")]
    public void Decode_KindsThatAreNotRead_AreNamed(string path, string expected)
    {
        string message = Assert.Throws<DataFormatException>(() => Read(path)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith(TestData.Find("images/" + path), message, StringComparison.Ordinal);
    }

    [DataTheory("images/jpeg")]
    [InlineData("jpeg/pillow-hopper.jpg")]
    [InlineData("jpeg/pillow-hopper_gray.jpg")]
    [InlineData("jpeg/imagers-progressive-cat.jpg")]
    [InlineData("photos/skimage-rocket.jpg")]
    [InlineData("jpeg-reftest/restarts.jpg")]
    public void Decode_CutOff_IsRefusedButAMissingEndAloneIsFine(string path)
    {
        byte[] file = File.ReadAllBytes(TestData.Find("images/" + path)!);
        int end = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]);
        RasterImage whole = ImageFile.Decode(file);
        Assert.Equal(0, LargestDifference(whole, ImageFile.Decode(file[..end])));
        Assert.Equal(0, LargestDifference(whole, ImageFile.Decode(file[..(end + 1)])));
        foreach (double share in new[] { 0.97, 0.9, 0.5, 0.25, 0.05 })
        {
            Assert.Contains("cut off", Refused(file[..(int)(end * share)]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_PixelLimit_IsCheckedBeforeMemoryIsTaken()
    {
        byte[] file = Written.Encode(40, 30, SKEncodedImageFormat.Jpeg, 90);
        Assert.Equal(40, ImageFile.Decode(file, mostPixels: 1200).Width);
        Assert.Contains("make at most 1199 pixels, got 40 x 30", Refused(file, 1199), StringComparison.Ordinal);
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(frame + 5), (20_000 << 16) | 20_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("claims 20000 x 20000 pixels, more than", Refused(file), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Decode_PassesWithoutEnd_AreRefused()
    {
        byte[] file = Written.Encode(40, 30, SKEncodedImageFormat.Jpeg, 90);
        int scan = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] passes = [.. file[..scan], .. Enumerable.Repeat(file[scan..(scan + 16)], 1 << 20).SelectMany(b => b)];
        BinaryPrimitives.WriteInt32BigEndian(
            passes.AsSpan(passes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 5),
            (600 << 16) | 600
        );
        Assert.Contains(
            "passes over 600 x 600 pixels, more work than a picture is",
            Refused(passes),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Decode_Gif_GivesTheFirstFrameOnItsCanvas()
    {
        RasterImage image = ImageFile.Decode(Written.Gif(3));
        Assert.Equal((4, 2, 4, 3), (image.Width, image.Height, image.Channels, image.Frames));
        // red, green, blue; nothing beside the frame
        byte[] row = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255];
        Assert.Equal(row, image.Samples[..12].ToArray());
        Assert.Equal(0, image.Samples[15]);
        Assert.Equal(1, ImageFile.Decode(Written.Gif(1)).Frames);
    }

    [Fact]
    public void Decode_WebP_LosslessIsExactAndLossyIsNear()
    {
        byte[] waves = Written.Waves(40, 30);
        using SKBitmap bitmap = new();
        RasterImage lossy = ImageFile.Decode(Written.WebP(lossless: false));
        Assert.Equal((40, 30, 3), (lossy.Width, lossy.Height, lossy.Channels));
        double sum = 0;
        for (int i = 0; i < waves.Length; i++)
        {
            sum += Math.Abs(waves[i] - lossy.Samples[i]);
        }

        Assert.InRange(sum / waves.Length, 0, 8);
        Assert.Equal(Written.Colors, ImageFile.Decode(Written.TransparentWebP()).Samples.ToArray());
    }

    [Fact]
    public void Decode_WebPWithExif_IsTurned()
    {
        RasterImage plain = ImageFile.Decode(Written.WebP(lossless: false)),
            turned = ImageFile.Decode(Written.WithExif(Written.WebP(lossless: false), 40, 30, orientation: 6));
        Assert.Equal(0, LargestDifference(ExifOrientation.Upright(plain, 6), turned));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decode_WebPCutOff_IsRefused(bool lossless)
    {
        byte[] file = Written.WebP(lossless);
        foreach (int length in new[] { 12, 20, 30, file.Length / 2, file.Length - 8 })
        {
            Assert.Contains("WebP file is", Refused(file[..length]), StringComparison.Ordinal);
        }
    }

    [Fact] // row 5 of the rule of transparency: laid over white
    public void To_TransparentPicture_IsLaidOverWhite() =>
        Assert.Equal(
            [255, 255, 255, 205, 155, 155],
            new RasterImage(2, 1, 4, [9, 9, 9, 0, 130, 5, 5, 102]).To(3).Samples.ToArray()
        );

    [Fact]
    public void Register_Twice_ChangesNothing()
    {
        Photographs.Register();
        Photographs.Register();
        Assert.True(ImageFile.CanRead([0xFF, 0xD8, 0xFF, 0xE0]));
        Assert.Contains("TIFF is not read", Refused([.. "II*\0"u8, 8, 0, 0, 0]), StringComparison.Ordinal);
    }
}
