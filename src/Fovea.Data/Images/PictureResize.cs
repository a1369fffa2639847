using System.Buffers;
using System.Numerics;

namespace Fovea.Data;

/// <summary>Resizes a stretch of a picture: rows, then columns, each rounded to 8 bits, as Pillow does.</summary>
internal static class PictureResize
{
    private const int Half = 1 << (ResampleWeights.Bits - 1);

    /// <summary>Cuts a stretch out and brings it to a size.</summary>
    /// <returns>[TakenHeight, TakenWidth, channels].</returns>
    /// <remarks>Where a thin long picture would take more than a few times its own size in between, columns come first:
    /// the result then differs by at most a level.</remarks>
    public static byte[] Fit(RasterImage image, PixelBox box, ResizeTarget target, Interpolation interpolation)
    {
        int channels = image.Channels,
            stride = image.Width * channels;
        (int width, int height) = (target.TakenWidth, target.TakenHeight);
        ResampleWeights across = ResampleWeights.Of(box.Width, target.Width, interpolation, target.X, width),
            down = ResampleWeights.Of(box.Height, target.Height, interpolation, target.Y, height);
        int begin = ((box.Y + down.Start) * stride) + ((box.X + across.Start) * channels);
        ReadOnlySpan<byte> source = image.Samples[begin..];
        long rowsFirst = (long)width * down.Used,
            columnsFirst = (long)across.Used * height;
        bool isThin = rowsFirst > 4 * Math.Max((long)across.Used * down.Used, (long)width * height);
        byte[] between = ArrayPool<byte>.Shared.Rent(checked((int)((isThin ? columnsFirst : rowsFirst) * channels)));
        byte[] result = new byte[(long)width * height * channels];
        if (isThin)
        {
            Columns(source, stride, across.Used * channels, down, height, between);
            Rows(between, across.Used * channels, height, channels, across, width, result);
        }
        else
        {
            Rows(source, stride, down.Used, channels, across, width, between);
            Columns(between, width * channels, width * channels, down, height, result);
        }

        ArrayPool<byte>.Shared.Return(between);
        return result;
    }

    private static void Rows(
        ReadOnlySpan<byte> source,
        int stride,
        int height,
        int channels,
        ResampleWeights weights,
        int newWidth,
        Span<byte> destination
    )
    {
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = source[(y * stride)..];
            Span<byte> to = destination.Slice(y * newWidth * channels, newWidth * channels);
            if (channels == 3)
            {
                ColorRow(row, weights, to);
            }
            else
            {
                PlainRow(row, channels, weights, to);
            }
        }
    }

    private static void ColorRow(ReadOnlySpan<byte> row, ResampleWeights weights, Span<byte> to)
    {
        for (int x = 0, at = 0; at < to.Length; x++, at += 3)
        {
            ReadOnlySpan<int> w = weights[x];
            ReadOnlySpan<byte> from = row.Slice(weights.First(x) * 3, w.Length * 3);
            int red = Half,
                green = Half,
                blue = Half;
            for (int k = 0, i = 0; k < w.Length && i + 2 < from.Length; k++, i += 3)
            {
                red += w[k] * from[i];
                green += w[k] * from[i + 1];
                blue += w[k] * from[i + 2];
            }

            to[at] = Clip(red);
            to[at + 1] = Clip(green);
            to[at + 2] = Clip(blue);
        }
    }

    private static void PlainRow(ReadOnlySpan<byte> row, int channels, ResampleWeights weights, Span<byte> to)
    {
        for (int at = 0; at < to.Length; at++)
        {
            (int x, int c) = Math.DivRem(at, channels);
            ReadOnlySpan<int> w = weights[x];
            int from = (weights.First(x) * channels) + c,
                sum = Half;
            for (int k = 0; k < w.Length; k++)
            {
                sum += w[k] * row[from + (k * channels)];
            }

            to[at] = Clip(sum);
        }
    }

    private static void Columns(
        ReadOnlySpan<byte> source,
        int stride,
        int length,
        ResampleWeights weights,
        int newHeight,
        Span<byte> destination
    )
    {
        int[] sums = ArrayPool<int>.Shared.Rent(length);
        for (int y = 0; y < newHeight; y++)
        {
            ReadOnlySpan<int> w = weights[y];
            Span<int> sum = sums.AsSpan(0, length);
            sum.Fill(Half);
            for (int k = 0; k < w.Length; k++)
            {
                AddRow(source.Slice((weights.First(y) + k) * stride, length), w[k], sum);
            }

            Span<byte> to = destination.Slice(y * length, length);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = Clip(sum[i]);
            }
        }

        ArrayPool<int>.Shared.Return(sums);
    }

    private static void AddRow(ReadOnlySpan<byte> row, int weight, Span<int> sum)
    {
        int i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Add(low, weight, sum[i..]);
            Add(high, weight, sum[(i + Vector<ushort>.Count)..]);
        }

        for (; i < row.Length; i++)
        {
            sum[i] += weight * row[i];
        }
    }

    private static void Add(Vector<ushort> samples, int weight, Span<int> sum)
    {
        Vector.Widen(samples, out Vector<uint> low, out Vector<uint> high);
        (new Vector<int>(sum) + (low.As<uint, int>() * weight)).CopyTo(sum);
        Span<int> rest = sum[Vector<int>.Count..];
        (new Vector<int>(rest) + (high.As<uint, int>() * weight)).CopyTo(rest);
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.Bits, 0, 255);
}
