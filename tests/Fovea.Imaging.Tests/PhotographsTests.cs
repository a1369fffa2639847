using System.Globalization;
using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Testing;

namespace Fovea.Imaging.Tests;

/// <summary>Tensors read from picture files and written to them.</summary>
public sealed class PhotographsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-photographs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private static string Hash(Tensor tensor) =>
        Convert.ToHexStringLower(SHA256.HashData(RasterImage.FromTensor(tensor).Samples))[..16];

    private static string[] Expected(string path) =>
        File.ReadLines(TestData.Find("images/EXPECTED-pillow.csv")!)
            .Single(line => line.StartsWith(path + ",", StringComparison.Ordinal))
            .Split(',');

    [DataTheory("images")] // gray, RGB, RGBA, gray and alpha; PNG and JPEG
    [InlineData("photos/skimage-cell.png", 1)]
    [InlineData("photos/skimage-chelsea.png", 3)]
    [InlineData("photos/skimage-horse.png", 4)]
    [InlineData("photos/skimage-rocket.jpg", 3)]
    [InlineData("jpeg/pillow-hopper_gray.jpg", 1)]
    [InlineData("png-other/pillow-uncompressed_la.png", 2)]
    public void Load_APicture_EqualsPillowAndComesBackFromPng(string path, int channels)
    {
        string[] pillow = Expected(path);

        Tensor loaded = Photographs.Load(TestData.Find("images/" + path)!);

        int width = int.Parse(pillow[5], CultureInfo.InvariantCulture),
            height = int.Parse(pillow[6], CultureInfo.InvariantCulture);
        Assert.Equal($"[{channels}, {height}, {width}]", loaded.Shape.ToString());
        Assert.Equal(pillow[9], Hash(loaded));

        string copy = At("copy.png");
        Photographs.Save(loaded, copy);
        Tensor back = Photographs.Load(copy);
        if (channels == 2) // PNG of Skia has RGB with transparency alone
        {
            Assert.Equal(4, back.Shape[0]);
            back = Tensor.Stack([back[1], back[3]]);
        }

        Assert.Equal(loaded.ToArray(), back.ToArray());
    }

    [DataFact("images")] // the mean by Pillow; gray by Rec. 601, to half a level
    public void Load_WithChannels_ConvertsAsRasterImageDoes()
    {
        string photo = TestData.Find("images/photos/skimage-chelsea.png")!;

        Tensor gray = Photographs.Load(photo, channels: 1),
            color = Photographs.Load(photo);

        double mean = double.Parse(Expected("photos/skimage-chelsea.png")[8], CultureInfo.InvariantCulture);
        Assert.Equal(mean, 255 * color.ToArray().Average(v => (double)v), 0.01);
        Assert.Equal("[1, 300, 451]", gray.Shape.ToString());
        (double red, double green, double blue) = (color[0, 7, 9].Item(), color[1, 7, 9].Item(), color[2, 7, 9].Item());
        Assert.Equal((0.299 * red) + (0.587 * green) + (0.114 * blue), gray[0, 7, 9].Item(), 0.5 / 255 + 1e-4);
    }

    [Fact]
    public void Save_Jpeg_KeepsThePictureNearlyAndTheBetterTheLarger()
    {
        Tensor waves = new RasterImage(120, 90, 3, Written.Waves(120, 90)).ToTensor();

        Photographs.Save(waves, At("low.jpg"), quality: 20);
        Photographs.Save(waves, At("high.JPEG"), quality: 95);

        Assert.Equal(ImageFormat.Jpeg, ImageFile.FormatOf(File.ReadAllBytes(At("high.JPEG"))));
        Assert.True(new FileInfo(At("low.jpg")).Length < new FileInfo(At("high.JPEG")).Length);
        double low = Difference("low.jpg"),
            high = Difference("high.JPEG");
        Assert.True(high < low && high < 3 / 255.0 && low < 12 / 255.0, $"{255 * high:F2} and {255 * low:F2} levels");

        double Difference(string name) =>
            Photographs.Load(At(name)).ToArray().Zip(waves.ToArray(), (a, b) => Math.Abs((double)a - b)).Average();
    }

    [Fact]
    public void Save_AMatrix_IsAGrayPictureAndReplacesTheFile()
    {
        string file = At("out.png");
        File.WriteAllBytes(file, new byte[5000]);

        Photographs.Save(Tensor.From<double>([0, 0.2, 0.4, 0.6, 0.8, 1], [2, 3]), file);

        RasterImage read = ImageFile.Read(file);
        Assert.Equal((3, 2, 1), (read.Width, read.Height, read.Channels));
        Assert.Equal([0, 51, 102, 153, 204, 255], read.Samples.ToArray());
    }

    [Fact] // colours below full transparency stay, as PNG has it
    public void Save_Transparency_IsKeptUnmultiplied()
    {
        Tensor colors = new RasterImage(4, 1, 4, Written.Colors).ToTensor();

        Photographs.Save(colors, At("clear.png"));

        Assert.Equal(Written.Colors, ImageFile.Read(At("clear.png")).Samples.ToArray());
    }

    [Fact]
    public void Save_WhatCannotBe_IsRefusedAndNothingIsWritten()
    {
        Tensor clear = Tensor.Zeros([4, 2, 2]);

        Assert.Equal(
            "Photographs.Save: JPEG has no transparency, but the tensor is [4, 2, 2]. Save a .png, or without the last channel: x[..3].",
            Assert.Throws<ArgumentException>(() => Photographs.Save(clear, At("a.jpg"))).Message
        );
        Assert.Contains(
            "must end in .png, .jpg or .jpeg, got",
            Assert.Throws<ArgumentException>(() => Photographs.Save(clear, At("a.tif"))).Message
        );
        Assert.Contains(
            "quality must be 1 to 100, got 0",
            Assert.Throws<ArgumentException>(() => Photographs.Save(clear[..3], At("a.jpg"), 0)).Message
        );
        Assert.Throws<ShapeException>(() => Photographs.Save(Tensor.Zeros([2, 3, 2, 2]), At("a.png")));
        Assert.Contains(
            "JPEG",
            Assert.Throws<NotSupportedException>(() => Photographs.Save(Tensor.Zeros([1, 65536]), At("a.jpg"))).Message
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Load_WhatIsNoPicture_IsRefusedByPath()
    {
        File.WriteAllText(At("note.jpg"), "Not a picture.");

        Assert.Contains(
            At("note.jpg"),
            Assert.Throws<DataFormatException>(() => Photographs.Load(At("note.jpg"))).Message
        );
        Assert.Throws<DataFormatException>(() => Photographs.Load(At("none.png")));
    }
}
