using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Random convolutions of one item that blocked kernels take.</summary>
internal static class BlockedGeometry
{
    private static readonly int[] Crossing = [8, 12, 20, 24, 28, 40, 56];

    /// <summary>Draws one for <see cref="BlockedConvolution"/> on so many lanes: 1 or 16.</summary>
    public static ConvolutionGeometry Draw(Rng rng, int lanes)
    {
        int[] strides = lanes == 1 ? [1, 2, 4] : [1, 2];
        while (true)
        {
            (int channels, int outputs, int groups) = Channels(rng, lanes);
            ConvolutionGeometry g = Sizes(rng, channels, outputs, groups, strides);
            if (g.MultiplyAdds < 600_000)
            {
                return g;
            }
        }
    }

    /// <summary>Draws a depthwise one.</summary>
    public static ConvolutionGeometry DrawDepthwise(Rng rng)
    {
        int channels = 2 + rng.Next(60);
        return Sizes(rng, channels, channels, channels, [1, 2]);
    }

    /// <summary>Draws a convolution of images and a depthwise one of its output, for
    /// <see cref="DepthwisePair"/>.</summary>
    public static (ConvolutionGeometry First, ConvolutionGeometry Second) DrawPair(Rng rng, int lanes)
    {
        while (true)
        {
            (int channels, int outputs, _) = Channels(rng, lanes);
            int taps = rng.Next(2);
            WindowAxis height = taps == 0 ? new(2 + rng.Next(40), 1, 1, 1, 0, 0) : Axis(rng, 30, [1, 2]),
                width = taps == 0 ? new(1 + rng.Next(30), 1, 1, 1, 0, 0) : Axis(rng, 30, [1, 2]);
            ConvolutionGeometry first = new(
                1,
                channels,
                Math.Max(2, outputs),
                1,
                WindowAxis.None,
                height,
                width,
                PaddingMode.Zeros
            );
            WindowAxis down = Axis(rng, 1, [1, 2, 3]) with { In = height.Out },
                across = Axis(rng, 1, [1, 2]) with { In = width.Out };
            ConvolutionGeometry second = new(
                1,
                first.OutChannels,
                first.OutChannels,
                first.OutChannels,
                WindowAxis.None,
                down,
                across,
                PaddingMode.Zeros
            );
            if (
                down.Padded >= down.Extent
                && across.Padded >= across.Extent
                && BlockedConvolution.Supports(first, lanes)
                && DepthwisePair.Supports(first, second)
                && first.MultiplyAdds < 600_000
            )
            {
                return (first, second);
            }
        }
    }

    private static (int Channels, int Outputs, int Groups) Channels(Rng rng, int lanes)
    {
        switch (lanes == 1 ? 0 : rng.Next(5))
        {
            case 0 or 1:
                return (1 + rng.Next(lanes == 1 ? 8 : 50), 1 + rng.Next(rng.Next(3) == 0 ? 140 : 40), 1);
            case 2: // groups of whole blocks
                int groups = 2 + rng.Next(2);
                return (groups * 16 * (1 + rng.Next(2)), groups * 16 * (1 + rng.Next(4)), groups);
            case 3: // groups that cross blocks, of as many channels in as out or not
                int inputs = Crossing[rng.Next(Crossing.Length)],
                    perGroup = rng.Next(2) == 0 ? inputs : 8 + rng.Next(40),
                    count = 2 + rng.Next(4);
                return (count * inputs, count * perGroup, count);
            default: // groups that share a block
                int channels = 16 * (1 + rng.Next(3));
                return (channels, channels, channels / (1 << rng.Next(5)));
        }
    }

    private static ConvolutionGeometry Sizes(Rng rng, int channels, int outputs, int groups, int[] strides)
    {
        int rank = 1 + rng.Next(3);
        if (rng.Next(5) == 0)
        {
            return Pointwise(rng, channels, outputs, groups);
        }

        WindowAxis depth = rank > 2 ? Axis(rng, 5, [1, 2, 3]) : WindowAxis.None;
        WindowAxis height = rank > 1 ? Axis(rng, rank > 2 ? 6 : 14, [1, 2, 3]) : WindowAxis.None;
        return new ConvolutionGeometry(
            1,
            channels,
            outputs,
            groups,
            depth,
            height,
            Axis(
                rng,
                rank == 1 ? 90
                    : rank == 2 ? 34
                    : 12,
                strides
            ),
            PaddingMode.Zeros
        );
    }

    /// <summary>One tap, no padding: rows follow each other without a gap.</summary>
    private static ConvolutionGeometry Pointwise(Rng rng, int channels, int outputs, int groups) =>
        new(
            1,
            channels,
            outputs,
            groups,
            WindowAxis.None,
            new WindowAxis(1 + rng.Next(12), 1, 1, 1, 0, 0),
            new WindowAxis(1 + rng.Next(30), 1, 1, 1, 0, 0),
            PaddingMode.Zeros
        );

    private static WindowAxis Axis(Rng rng, int most, int[] strides)
    {
        while (true)
        {
            int kernel = 1 + rng.Next(rng.Next(3) == 0 ? 7 : 3),
                dilation = 1 + rng.Next(rng.Next(3) == 0 ? 3 : 1);
            WindowAxis axis = new(
                1 + rng.Next(most),
                kernel,
                strides[rng.Next(strides.Length)],
                dilation,
                rng.Next(kernel + 1),
                rng.Next(kernel + 1)
            );
            if (axis.Padded >= axis.Extent)
            {
                return axis;
            }
        }
    }
}
