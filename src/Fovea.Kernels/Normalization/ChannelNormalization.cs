using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Normalization by channel over a whole batch, with an optional fused ReLU and an optional tensor added
/// before it. Derived in the remarks.</summary>
/// <remarks>
/// <para>Forward: y = (x - mean) * s + b with s = weight / sqrt(variance + epsilon); one pass for the statistics, one
/// to write y.</para>
/// <para>Backward, g being dy (masked by the ReLU): S = sum g, P = sum g * (x - mean), M values a channel. dbias = S,
/// dweight = P / deviation, and
/// dx = s * (g - S / M - (x - mean) * P / (variance * M)); one pass for the sums, one to write dx. With running
/// statistics dx = s * g.
/// Ioffe, Szegedy: Batch normalization, 2015, https://arxiv.org/abs/1502.03167.</para>
/// <para>The ReLU's mask is computed anew from x where nothing was added, else read from the saved y. It goes through
/// blocks that stay in the first-level cache.</para>
/// </remarks>
internal static unsafe class ChannelNormalization<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The moments of every channel.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The values.</param>
    /// <param name="epsilon">What will be added to variances.</param>
    public static Moments[] Statistics(ChannelGeometry geometry, T* x, double epsilon)
    {
        ChannelGeometry g = geometry;
        Moments[] parts = new Moments[g.Parts * g.Channels];
        g.ForParts(
            (channel, part) =>
            {
                int first = part * g.ImagesPerPart,
                    images = Math.Min(g.ImagesPerPart, g.Batch - first);
                parts[(part * g.Channels) + channel] = Moments.OfRuns(
                    x + g.Offset(first, channel),
                    images,
                    (long)g.Channels * g.Plane,
                    g.Plane,
                    epsilon
                );
            }
        );
        Moments[] total = new Moments[g.Channels];
        for (int i = 0; i < parts.Length; i++)
        {
            total[i % g.Channels] = total[i % g.Channels].With(parts[i]);
        }

        return total;
    }

    /// <summary>y = (x - mean) * scale + bias, with <paramref name="relu"/> its positive part, with
    /// <paramref name="residual"/> (then always rectified) added before. y is overwritten.</summary>
    public static void Forward(ChannelGeometry geometry, ChannelScale[] scales, bool relu, T* x, T* residual, T* y)
    {
        ChannelGeometry g = geometry;
        PlaneChunks.For(
            g.Batch * g.Channels,
            g.Plane,
            (first, end) =>
            {
                for (int plane = first; plane < end; plane++)
                {
                    (T center, T scale, T shift) = scales[plane % g.Channels].Rounded<T>();
                    long at = (long)plane * g.Plane;
                    if (residual is not null)
                    {
                        NormalizeRun<T>.ScaleAddRelu(x + at, residual + at, y + at, g.Plane, center, scale, shift);
                    }
                    else if (relu)
                    {
                        NormalizeRun<T>.ScaleRelu(x + at, y + at, g.Plane, center, scale, shift);
                    }
                    else
                    {
                        NormalizeRun<T>.Scale(x + at, y + at, g.Plane, center, scale, shift);
                    }
                }
            }
        );
    }

    /// <summary>S and P of every channel.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="scales">As in the forward pass.</param>
    /// <param name="relu">Whether a ReLU follows and its mask is computed anew from x.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output where it holds the mask; null otherwise.</param>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="masked">With y: receives the masked gradient, which is also that of the residual.</param>
    public static (double Sum, double Product)[] Sums(
        ChannelGeometry geometry,
        ChannelScale[] scales,
        bool relu,
        T* x,
        T* y,
        T* dy,
        T* masked
    )
    {
        ChannelGeometry g = geometry;
        (double Sum, double Product)[] parts = new (double, double)[g.Parts * g.Channels];
        g.ForParts(
            (channel, part) =>
            {
                (double sum, double product) = SumsOf(channel, part, exact: false);
                if (VectorSum<T>.AreSmall(scales[channel].InverseDeviation) || !VectorSum<T>.IsWithin(sum + product))
                {
                    (sum, product) = SumsOf(channel, part, exact: true);
                }

                parts[(part * g.Channels) + channel] = (
                    sum,
                    product - (scales[channel].Lost(T.CreateTruncating(scales[channel].Mean)) * sum)
                );
            }
        );
        (double Sum, double Product)[] total = new (double, double)[g.Channels];
        for (int i = 0; i < parts.Length; i++)
        {
            ref (double Sum, double Product) t = ref total[i % g.Channels];
            t = (t.Sum + parts[i].Sum, t.Product + parts[i].Product);
        }

        return total;

        (double Sum, double Product) SumsOf(int channel, int part, bool exact)
        {
            (double sum, double product) = (0.0, 0.0);
            (T center, _, _) = scales[channel].Rounded<T>();
            for (int image = part * g.ImagesPerPart; image < Math.Min(g.Batch, (part + 1) * g.ImagesPerPart); image++)
            {
                long at = g.Offset(image, channel);
                (double s, double p) =
                    y is not null ? MaskedSums(x + at, y + at, dy + at, masked + at, g.Plane, center, exact)
                    : relu ? ReluSums(x + at, dy + at, g.Plane, scales[channel], exact)
                    : exact ? VectorSum<T>.ExactProduct(dy + at, x + at, g.Plane, center)
                    : VectorSum<T>.WithProduct(dy + at, x + at, g.Plane, center);
                sum += s;
                product += p;
            }

            return (sum, product);
        }
    }

    /// <summary>dx. Overwritten; must not overlap the gradient.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="scales">As in the forward pass.</param>
    /// <param name="relu">Whether a ReLU follows and its mask is computed anew from x.</param>
    /// <param name="sums">S and P where the statistics were the batch's; null for running statistics.</param>
    /// <param name="x">The input.</param>
    /// <param name="gradient">The gradient of y, masked already unless <paramref name="relu"/>.</param>
    /// <param name="dx">The result.</param>
    public static void BackwardData(
        ChannelGeometry geometry,
        ChannelScale[] scales,
        bool relu,
        (double Sum, double Product)[]? sums,
        T* x,
        T* gradient,
        T* dx
    )
    {
        ChannelGeometry g = geometry;
        PlaneChunks.For(
            g.Batch * g.Channels,
            g.Plane,
            (first, end) =>
            {
                for (int plane = first; plane < end; plane++)
                {
                    int channel = plane % g.Channels;
                    ChannelScale scale = scales[channel];
                    (T center, T factor, T shift) = scale.Rounded<T>();
                    (double b, double c) = sums is null ? (0.0, 0.0) : Linear(scale, sums[channel], g.PerChannel);
                    for (int start = 0; start < g.Plane; start += VectorSum<T>.Block)
                    {
                        long at = ((long)plane * g.Plane) + start;
                        int count = Math.Min(VectorSum<T>.Block, g.Plane - start);
                        T* from = gradient + at;
                        if (relu)
                        {
                            NormalizeRun<T>.MaskAnew(from, x + at, dx + at, count, center, factor, shift);
                            from = dx + at;
                        }

                        NormalizeRun<T>.Gradient(
                            from,
                            x + at,
                            dx + at,
                            count,
                            center,
                            scale.InverseDeviation,
                            (scale.Scale, b, c)
                        );
                    }
                }
            }
        );
    }

    /// <summary>The gradient's part that is linear in x: (x - center) * b + c.</summary>
    private static (double B, double C) Linear(ChannelScale scale, (double Sum, double Product) sums, long count)
    {
        double b = -scale.Scale * scale.InverseDeviation * scale.InverseDeviation * sums.Product / count;
        double c = (-scale.Scale * sums.Sum / count) - (scale.Lost(T.CreateTruncating(scale.Mean)) * b);
        return (b, c);
    }

    private static (double Sum, double Product) MaskedSums(
        T* x,
        T* y,
        T* dy,
        T* masked,
        int count,
        T center,
        bool exact
    )
    {
        (double sum, double product) = (0.0, 0.0);
        for (int start = 0; start < count; start += VectorSum<T>.Block)
        {
            int length = Math.Min(VectorSum<T>.Block, count - start);
            NormalizeRun<T>.Mask(dy + start, y + start, masked + start, length);
            (double s, double p) = exact
                ? VectorSum<T>.ExactProduct(masked + start, x + start, length, center)
                : VectorSum<T>.WithProduct(masked + start, x + start, length, center);
            sum += s;
            product += p;
        }

        return (sum, product);
    }

    private static (double Sum, double Product) ReluSums(T* x, T* dy, int count, ChannelScale channel, bool exact)
    {
        // Blocks as VectorSum adds them, so that the sums are those of a masked tensor; 16 or 32 KiB of stack at most.
        T* masked = stackalloc T[Math.Min(count, VectorSum<T>.Block)];
        (T center, T scale, T shift) = channel.Rounded<T>();
        (double sum, double product) = (0.0, 0.0);
        for (int start = 0; start < count; start += VectorSum<T>.Block)
        {
            int length = Math.Min(VectorSum<T>.Block, count - start);
            NormalizeRun<T>.MaskAnew(dy + start, x + start, masked, length, center, scale, shift);
            (double s, double p) = exact
                ? VectorSum<T>.ExactProduct(masked, x + start, length, center)
                : VectorSum<T>.WithProduct(masked, x + start, length, center);
            sum += s;
            product += p;
        }

        return (sum, product);
    }
}
