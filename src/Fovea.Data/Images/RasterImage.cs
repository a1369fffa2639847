namespace Fovea.Data;

/// <summary>A decoded picture: 8 bits a sample, upright, as the file stores its colours; no colour profile is
/// applied.</summary>
public sealed class RasterImage
{
    private readonly byte[] _samples;

    /// <summary>Creates a picture.</summary>
    /// <param name="width">Pixels of a row, 1 up.</param>
    /// <param name="height">Rows, 1 up.</param>
    /// <param name="channels">1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.</param>
    /// <param name="samples">[height, width, channels], last axis fastest; alpha 255 is opaque, colours are not
    /// multiplied by it. The array is kept.</param>
    /// <exception cref="ArgumentException">A size is out of range, or there is another number of samples.</exception>
    public RasterImage(int width, int height, int channels, byte[] samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (width < 1 || height < 1 || channels is < 1 or > 4)
        {
            throw new ArgumentException(
                $"RasterImage: width and height must be 1 or more and channels 1 to 4, got {width} x {height} with {channels} channels."
            );
        }

        if (samples.LongLength != (long)width * height * channels)
        {
            throw new ArgumentException(
                $"RasterImage: {width} x {height} pixels of {channels} channels need {(long)width * height * channels} samples, got {samples.LongLength}."
            );
        }

        (Width, Height, Channels, _samples) = (width, height, channels, samples);
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.</summary>
    public int Channels { get; }

    /// <summary>Samples [H, W, C], last axis fastest: 0-255, alpha 255 is opaque.</summary>
    public ReadOnlySpan<byte> Samples => _samples;

    /// <summary>Pictures in the file; more than 1 of an animation, of which this is the first.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>Converts to 1 or 3 channels without alpha: transparent parts are laid over white; RGB to gray by 0.299 R +
    /// 0.587 G + 0.114 B (Rec. 601) in whole numbers, gray to RGB by repeating.</summary>
    /// <param name="channels">1 or 3.</param>
    /// <returns>The picture itself where it has these channels.</returns>
    /// <exception cref="ArgumentException">Another number of channels.</exception>
    public RasterImage To(int channels)
    {
        if (channels is not (1 or 3))
        {
            throw new ArgumentException($"RasterImage: a picture converts to 1 or 3 channels, got {channels}.");
        }

        if (channels == Channels)
        {
            return this;
        }

        byte[] result = new byte[(long)Width * Height * channels];
        bool color = Channels >= 3,
            transparent = Channels is 2 or 4;
        for (int pixel = 0, from = 0, to = 0; pixel < Width * Height; pixel++, from += Channels, to += channels)
        {
            int alpha = transparent ? _samples[from + Channels - 1] : 255;
            int red = OverWhite(_samples[from], alpha),
                green = color ? OverWhite(_samples[from + 1], alpha) : red,
                blue = color ? OverWhite(_samples[from + 2], alpha) : red;
            if (channels == 1)
            {
                result[to] = color ? Gray(red, green, blue) : (byte)red;
                continue;
            }

            (result[to], result[to + 1], result[to + 2]) = ((byte)red, (byte)green, (byte)blue);
        }

        return new RasterImage(Width, Height, channels, result) { Frames = Frames };
    }

    /// <summary>The picture as a tensor of values 0 to 1, each sample over 255.</summary>
    /// <param name="channels">1 for gray or 3 for RGB, as <see cref="To"/> makes them; null for those of the picture.</param>
    /// <returns>Float32 [C, H, W].</returns>
    /// <exception cref="ArgumentException">Another number of channels, or a picture of more than 2^31 - 1
    /// samples.</exception>
    public Tensor ToTensor(int? channels = null)
    {
        RasterImage source = channels is { } wanted ? To(wanted) : this;
        return Tensor.Create<float>(
            [source.Channels, Height, Width],
            values => ImageInput.ToPlanes(source.Samples, source.Channels, values)
        );
    }

    /// <summary>A picture of a tensor.</summary>
    /// <param name="tensor">[H, W], gray, or [C, H, W] of 1 to 4 channels in the order of <see cref="Channels"/>. Float32 or
    /// Float64: values 0 to 1, each becomes 255 times itself, rounded to the nearest whole number, halves to even; what is
    /// outside is clamped, what is no number is 0. Int64: samples 0 to 255.</param>
    /// <exception cref="ShapeException">The shape is none of a picture.</exception>
    /// <exception cref="ArgumentException">An Int64 value is outside 0 to 255.</exception>
    public static RasterImage FromTensor(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Shape shape = tensor.Rank == 2 ? [1, tensor.Shape[0], tensor.Shape[1]] : tensor.Shape;
        if (shape.Rank != 3 || shape[0] is < 1 or > 4 || shape[1] < 1 || shape[2] < 1)
        {
            throw new ShapeException(
                $"RasterImage: a picture is a tensor [H, W] or [C, H, W] of 1 to 4 channels, got {tensor.Shape}.{(tensor.Rank == 4 ? " Of a batch take one: x[0]." : "")}"
            );
        }

        (int channels, int height, int width) = (shape[0], shape[1], shape[2]);
        byte[] samples =
            tensor.DType == DType.Int64
                ? Interleaved<long>(tensor.ToArray<long>(), channels, Sample)
                : Interleaved<float>(tensor.ToArray<float>(), channels, Sample);
        return new RasterImage(width, height, channels, samples);
    }

    /// <summary>A value 0 to 1 as a sample, clamped; 0 for what is no number.</summary>
    internal static byte Sample(float value) =>
        (byte)float.Round(255 * Math.Clamp(float.IsNaN(value) ? 0 : value, 0, 1));

    private static byte Sample(long value) =>
        value is >= 0 and <= 255
            ? (byte)value
            : throw new ArgumentException(
                $"RasterImage: whole numbers are samples 0 to 255, got {value}. Values 0 to 1 are Float32 or Float64."
            );

    /// <summary>[C, H, W] to [H, W, C].</summary>
    private static byte[] Interleaved<T>(T[] planes, int channels, Func<T, byte> sample)
    {
        byte[] samples = new byte[planes.Length];
        int plane = planes.Length / channels;
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < plane; i++)
            {
                samples[(i * channels) + c] = sample(planes[(c * plane) + i]);
            }
        }

        return samples;
    }

    /// <summary>The weights of Rec. 601 in 1/65536, rounded.</summary>
    internal static byte Gray(int red, int green, int blue) =>
        (byte)(((19595 * red) + (38470 * green) + (7471 * blue) + 32768) >> 16);

    private static int OverWhite(int sample, int alpha) =>
        alpha == 255 ? sample : ((sample * alpha) + (255 * (255 - alpha)) + 127) / 255;
}
