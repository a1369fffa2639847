using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Every generated depthwise kernel on its own, also those that no planned convolution happens to
/// choose.</summary>
public sealed unsafe class DepthwiseKernelTests
{
    private const int RowOffset = 48 * 16; // floats between rows of the source

    [Theory, InlineData(512), InlineData(256), InlineData(128)]
    public void Run_EveryKernel_IsTheSumByDefinition(int bits)
    {
        foreach (DepthwiseKernel kernel in Kernels(bits))
        {
            foreach ((int groups, int singles) in new[] { (0, 1), (0, 4), (3, 0), (2, 3) })
            {
                Check(kernel, bits, kernel.Pixels, kernel.Taps == 1 ? 0 : groups, singles, false);
                Check(
                    kernel,
                    bits,
                    kernel.Pixels + 1 + (kernel.Pixels / 2),
                    kernel.Taps == 1 ? 0 : groups,
                    singles,
                    kernel.Rows == 1
                );
            }
        }
    }

    [Theory, InlineData(512), InlineData(256), InlineData(128)]
    public void Kernels_AnyWidth_HaveOneOfARowThatFits(int bits)
    {
        foreach (
            IGrouping<(int Taps, int Stride), DepthwiseKernel> kind in Kernels(bits).GroupBy(k => (k.Taps, k.Stride))
        )
        {
            Assert.True(
                kind.Any(k => k is { Pixels: 1, Rows: 1 }),
                $"{bits} bits, {kind.Key}: no kernel takes a row of one pixel"
            );
        }
    }

    private static DepthwiseKernel[] Kernels(int bits) =>
        bits switch
        {
            512 => DepthwiseTiles512.Kernels,
            256 => DepthwiseTiles256.Kernels,
            _ => DepthwiseTiles128.Kernels,
        };

    private static void Check(DepthwiseKernel kernel, int bits, int pixels, int groups, int singles, bool adds)
    {
        int rows = 2 * kernel.Rows,
            taps = (groups * kernel.Taps) + singles,
            step = kernel.Stride * 16,
            outRow = (pixels + 1) * 16;
        Rng rng = new((ulong)((bits * 1000) + (kernel.Pixels * 10) + kernel.Rows));
        int[] offsets =
        [
            .. Enumerable.Range(0, groups + singles).Select(i => ((i * 7 % 5) * RowOffset) + (i % 3 * 16)),
        ];
        float[] x = BlockedData.Integers(((rows + 5) * RowOffset) + ((pixels + 10) * step), 5, rng),
            w = BlockedData.Integers(taps * 16, 3, rng);
        float[] bias = BlockedData.Integers(16, 9, rng),
            sums = BlockedData.Integers(pixels * 16, 9, rng);
        float[] expected = new float[rows * outRow];
        Array.Fill(expected, float.NaN);
        for (int i = 0; i < rows * pixels * 16; i++)
        {
            int row = i / 16 / pixels,
                pixel = i / 16 % pixels,
                lane = i % 16;
            float sum = adds ? sums[(pixel * 16) + lane] : bias[lane];
            for (int t = 0; t < taps; t++)
            {
                int inGroup = t < groups * kernel.Taps ? t % kernel.Taps : 0,
                    place = t < groups * kernel.Taps ? t / kernel.Taps : groups + t - (groups * kernel.Taps);
                sum +=
                    x[(row * RowOffset) + (pixel * step) + offsets[place] + (inGroup * 16) + lane] * w[(t * 16) + lane];
            }

            expected[(row * outRow) + (pixel * 16) + lane] = Math.Clamp(sum, -20f, 30f);
        }

        string what =
            $"{kernel.Pixels} x {kernel.Rows}, {kernel.Taps} taps together, stride {kernel.Stride}, {bits} bits, {pixels} pixels, {groups} groups and {singles} single taps, add {adds}";
        BlockedData.AssertSame(
            what,
            expected,
            Run(
                kernel,
                new DepthwiseCall
                {
                    Groups = groups,
                    Singles = singles,
                    Pixels = pixels,
                    Rows = rows,
                },
                offsets,
                x,
                w,
                bias,
                adds ? sums : null,
                outRow,
                what
            )
        );
    }

    private static float[] Run(
        DepthwiseKernel kernel,
        DepthwiseCall call,
        int[] offsets,
        float[] x,
        float[] w,
        float[] bias,
        float[]? sums,
        int outRow,
        string what
    )
    {
        using NativeBuffer source = new(x),
            weights = new(w),
            first = new(bias),
            add = new(sums ?? [0f]),
            y = new(call.Rows * outRow);
        fixed (int* places = offsets)
        {
            call.Source = source.Pointer;
            call.Weights = weights.Pointer;
            call.Bias = first.Pointer;
            call.Add = sums is null ? null : add.Pointer;
            call.Destination = y.Pointer;
            call.Offsets = places;
            (call.SourceRow, call.DestinationRow, call.Low, call.High) = (RowOffset, outRow, -20f, 30f);
            kernel.Run(in call);
        }

        Assert.True(y.GuardsAreIntact(), $"wrote outside the rows: {what}");
        return y.ToArray();
    }
}
