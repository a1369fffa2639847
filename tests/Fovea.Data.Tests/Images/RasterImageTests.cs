namespace Fovea.Data.Tests;

/// <summary>Pictures to tensors and back, against values worked out by hand.</summary>
public sealed class RasterImageTests
{
    [Fact] // [H, W, C] to [C, H, W], over 255
    public void ToTensor_Rgb_HasAPlaneForEachChannel()
    {
        Tensor tensor = new RasterImage(2, 1, 3, [0, 51, 102, 153, 204, 255]).ToTensor();

        Assert.Equal(Shape.Create([3, 1, 2]), tensor.Shape);
        Assert.Equal(DType.Float32, tensor.DType);
        Assert.Equal([0f, 153 / 255f, 51 / 255f, 204 / 255f, 102 / 255f, 1f], tensor.ToArray());
    }

    [Fact] // half transparent black over white: (0 * 128 + 255 * 127 + 127) / 255 = 127
    public void ToTensor_OneChannelOfTransparency_IsLaidOverWhite()
    {
        RasterImage image = new(2, 1, 2, [0, 128, 10, 255]);

        Assert.Equal([127 / 255f, 10 / 255f], image.ToTensor(1).ToArray());
        Assert.Equal(Shape.Create([2, 1, 2]), image.ToTensor().Shape);
        Assert.Equal(Shape.Create([3, 1, 2]), image.ToTensor(3).Shape);
        Assert.Contains("got 4", Assert.Throws<ArgumentException>(() => image.ToTensor(4)).Message);
    }

    [Fact] // 0.5 * 255 = 127.5, halves to even; 0.25 * 255 = 63.75
    public void FromTensor_Floats_AreRoundedAndClamped()
    {
        float[] values = [0, 1, 0.5f, 0.2f, -0.3f, 1.7f, float.NaN, float.PositiveInfinity];

        RasterImage image = RasterImage.FromTensor(Tensor.From<float>(values, [2, 4]));

        Assert.Equal((4, 2, 1), (image.Width, image.Height, image.Channels));
        Assert.Equal([0, 255, 128, 51, 0, 255, 0, 255], image.Samples.ToArray());
        Assert.Equal([64, 191], RasterImage.FromTensor(Tensor.From<double>([0.25, 0.75], [1, 1, 2])).Samples.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void FromTensor_OfToTensor_IsThePictureForEverySample(int channels)
    {
        byte[] samples = [.. Enumerable.Range(0, 256 * channels).Select(i => (byte)(i * 7))];
        RasterImage image = new(32, 8, channels, samples);

        RasterImage back = RasterImage.FromTensor(image.ToTensor());

        Assert.Equal((32, 8, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(samples, back.Samples.ToArray());
    }

    [Fact] // the parts of a larger tensor lie apart in memory
    public void FromTensor_AViewAndWholeNumbers_AreReadInTheirOrder()
    {
        Tensor whole = Tensor.From<long>([1, 2, 3, 4, 5, 6], [2, 3]);

        Assert.Equal([1, 4, 2, 5, 3, 6], RasterImage.FromTensor(whole.Transpose(0, 1)).Samples.ToArray());
        Assert.Equal([2, 5], RasterImage.FromTensor(whole[.., 1..2]).Samples.ToArray());
    }

    [Fact]
    public void FromTensor_WhatIsNoPicture_IsRefusedWithTheRemedy()
    {
        Assert.Equal(
            "RasterImage: a picture is a tensor [H, W] or [C, H, W] of 1 to 4 channels, got [8, 3, 2, 2]. Of a batch take one: x[0].",
            Assert.Throws<ShapeException>(() => RasterImage.FromTensor(Tensor.Zeros([8, 3, 2, 2]))).Message
        );
        Assert.Contains(
            "got [5, 2, 2].",
            Assert.Throws<ShapeException>(() => RasterImage.FromTensor(Tensor.Zeros([5, 2, 2]))).Message
        );
        Assert.Contains(
            "got [0, 2].",
            Assert.Throws<ShapeException>(() => RasterImage.FromTensor(Tensor.Zeros([0, 2]))).Message
        );
        Assert.Contains(
            "whole numbers are samples 0 to 255, got 256.",
            Assert.Throws<ArgumentException>(() => RasterImage.FromTensor(Tensor.From<long>([0, 256], [1, 2]))).Message
        );
    }
}
