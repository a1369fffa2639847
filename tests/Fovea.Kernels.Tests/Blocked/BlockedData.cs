using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>What tests of blocked kernels draw and compare.</summary>
internal static unsafe class BlockedData
{
    /// <summary>Every vector width; a width the processor lacks is computed in pieces.</summary>
    public static readonly int[] Widths = [512, 256, 128];

    /// <summary>Smallest and largest results: none, ReLU, ReLU6, a range on both sides.</summary>
    public static readonly (float Low, float High)[] Clamps =
    [
        (float.NegativeInfinity, float.PositiveInfinity),
        (0f, float.PositiveInfinity),
        (0f, 6f),
        (-7f, 5f),
    ];

    /// <summary>Whole numbers from -most to most: sums of their products are exact in float.</summary>
    public static float[] Integers(long count, int most, Rng rng)
    {
        float[] values = new float[count];
        for (long i = 0; i < count; i++)
        {
            values[i] = rng.Next((2 * most) + 1) - most;
        }

        return values;
    }

    /// <summary>Standard normal numbers.</summary>
    public static float[] Normal(long count, Rng rng)
    {
        float[] values = new float[count];
        for (long i = 0; i < count; i++)
        {
            values[i] = (float)rng.NextNormal();
        }

        return values;
    }

    /// <summary>The layout with a larger halo, and sometimes with a gap behind each plane.</summary>
    public static BlockedLayout Widen(BlockedLayout layout, Rng rng)
    {
        BlockedLayout wide = layout.WithHalo(
            new(
                layout.Channels,
                layout.Depth,
                layout.Height,
                layout.Width,
                layout.Front + rng.Next(2),
                layout.Back + rng.Next(2),
                layout.Top + rng.Next(3),
                layout.Bottom + rng.Next(3),
                layout.Left + rng.Next(3),
                layout.Right + rng.Next(3)
            )
        );
        return rng.Next(3) == 0 ? WithChannels(wide, wide.Channels, wide.Plane + (16 * (1 + rng.Next(4)))) : wide;
    }

    /// <summary>The layout for another number of channels, at the same distance from block to block or
    /// another.</summary>
    public static BlockedLayout WithChannels(BlockedLayout layout, int channels, int plane = 0) =>
        new(
            channels,
            layout.Depth,
            layout.Height,
            layout.Width,
            layout.Front,
            layout.Back,
            layout.Top,
            layout.Bottom,
            layout.Left,
            layout.Right,
            layout.Lanes,
            plane > 0 ? plane : layout.Plane
        );

    /// <summary>A value for every lane: the numbers given, then zeros.</summary>
    public static float[] Filled(float[] values, int blocks)
    {
        float[] filled = new float[blocks * TileCall.Block];
        values.CopyTo(filled, 0);
        return filled;
    }

    /// <summary>clamp(conv(x, w) + bias + add) by the reference, sums in double.</summary>
    public static float[] Reference(
        ConvolutionGeometry g,
        float[] x,
        float[] w,
        float[] bias,
        float[]? add,
        (float Low, float High) clamp
    )
    {
        float[] y = new float[g.OutputCount];
        fixed (
            float* px = x,
                pw = w,
                pb = bias,
                py = y
        )
        {
            ReferenceConvolution<float>.Forward(g, px, pw, pb, py);
        }

        for (int i = 0; i < y.Length; i++)
        {
            float value = y[i] + (add is null ? 0f : add[i]);
            y[i] =
                value < clamp.Low ? clamp.Low
                : value > clamp.High ? clamp.High
                : value;
        }

        return y;
    }

    /// <summary>Fails where two maps differ, naming the first place.</summary>
    public static void AssertSame(string what, float[] expected, float[] actual)
    {
        Assert.True(
            expected.Length == actual.Length,
            $"{what}: expected {expected.Length} values, got {actual.Length}"
        );
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i] && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
            {
                Assert.Fail($"[{i}] expected {expected[i]}, got {actual[i]}: {what}");
            }
        }
    }

    /// <summary>A call on all items of the maps.</summary>
    public static ConvolutionCall Call(
        GuardedMap x,
        NativeBuffer packed,
        NativeBuffer bias,
        GuardedMap? add,
        GuardedMap y,
        (float Low, float High) clamp,
        bool map = false,
        int part = 0,
        int parts = 1
    ) =>
        new()
        {
            X = x.Pointer,
            XItem = x.ItemStride,
            Weights = packed.Pointer,
            Bias = bias.Pointer,
            Add = add is null ? null : add.Pointer,
            AddItem = add is null ? 0 : add.ItemStride,
            Y = y.Pointer,
            YItem = y.ItemStride,
            Items = x.Items,
            Low = clamp.Low,
            High = clamp.High,
            Map = map ? DoubleAndAddOne : null,
            Next = packed.Pointer,
            Part = part,
            Parts = parts,
        };

    /// <summary>2x + 1 in place: applied twice or not at all, it shows.</summary>
    public static void DoubleAndAddOne(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i++)
        {
            y[i] = (2 * x[i]) + 1;
        }
    }
}
