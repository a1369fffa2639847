using System.Numerics;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

public sealed unsafe class BlockedMapsTests
{
    private const int Draws = 200;

    private static readonly float[] Special =
    [
        float.NaN,
        float.PositiveInfinity,
        float.NegativeInfinity,
        -0f,
        float.Epsilon,
        float.MaxValue,
        float.MinValue,
        6f,
    ];

    [Fact]
    public void FromPlanesAndZeroHalo_AnyLayout_FillPixelsHaloAndLastBlockButNoGap()
    {
        Rng root = new(20260206);
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = root.Split((ulong)i);
            BlockedLayout layout = Layout(rng, 1 + rng.Next(40), rng.Next(4) == 0 ? 1 : 16);
            float[] planes = Planes(layout, rng);
            BlockedLayout whole = BlockedData.WithChannels(layout, layout.Blocks * layout.Lanes);
            float[] filled = new float[whole.Channels * whole.Rows * whole.Width];
            planes.CopyTo(filled, 0);
            using GuardedMap expected = new(whole, filled),
                actual = new(layout);
            int middle = layout.Blocks / 2;
            fixed (float* p = planes)
            {
                BlockedMaps.FromPlanes(p, layout, actual.Pointer);
            }

            actual.AssertOnlyPixelsAreWritten($"draw {i}");
            BlockedMaps.ZeroHalo(layout, actual.Pointer, 0, middle);
            BlockedMaps.ZeroHalo(layout, actual.Pointer, middle, layout.Blocks);
            actual.AssertGuards($"draw {i}");
            BlockedData.AssertSame($"draw {i}, {layout}", expected.ToArray(), actual.ToArray());
        }
    }

    [Fact]
    public void ZeroHalo_SomeBlocks_LeavesTheOthers()
    {
        BlockedLayout layout = new(48, 2, 3, 4, 1, 1, 1, 1, 1, 1);
        using GuardedMap map = new(layout);
        BlockedMaps.ZeroHalo(layout, map.Pointer, 1, 2);
        float[] all = map.ToArray();
        Assert.All(all[..layout.Plane], v => Assert.True(float.IsNaN(v), $"block 0 holds {v}"));
        Assert.All(all[(2 * layout.Plane)..], v => Assert.True(float.IsNaN(v), $"block 2 holds {v}"));
        Assert.Equal(layout.Plane - (layout.Rows * layout.Width * 16), all.Count(v => v == 0f));
    }

    [Fact]
    public void ToPlanes_OfAMap_GivesItsChannels()
    {
        Rng root = new(20260207);
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = root.Split((ulong)i);
            BlockedLayout layout = Layout(rng, 1 + rng.Next(40), rng.Next(4) == 0 ? 1 : 16);
            float[] planes = Planes(layout, rng);
            using GuardedMap map = new(layout, planes);
            using NativeBuffer plain = new(planes.Length);
            BlockedMaps.ToPlanes(layout, map.Pointer, plain.Pointer);
            Assert.True(plain.GuardsAreIntact(), $"draw {i}: wrote outside the planes of {layout}");
            BlockedData.AssertSame($"draw {i}, {layout}", planes, plain.ToArray());
        }
    }

    [Fact]
    public void Add_AnyLayouts_IsTheClampedSum() =>
        ForLayouts(
            20260208,
            (what, rng, from, to, clamp, bits) =>
            {
                BlockedLayout second = Around(from, rng);
                float[] a = Planes(from, rng),
                    b = Planes(from, rng),
                    expected = new float[a.Length];
                for (int i = 0; i < a.Length; i++)
                {
                    expected[i] = Clamp(a[i] + b[i], clamp);
                }

                using GuardedMap pa = new(from, a),
                    pb = new(second, b),
                    y = new(to);
                InParts(
                    to,
                    part =>
                        BlockedMaps.Add(
                            from,
                            pa.Pointer,
                            second,
                            pb.Pointer,
                            to,
                            y.Pointer,
                            clamp.Low,
                            clamp.High,
                            part,
                            bits
                        )
                );
                y.AssertOnlyPixelsAreWritten(what);
                BlockedData.AssertSame(what, expected, y.ToPlanes());
            }
        );

    [Fact]
    public void ScaleShift_AnyLayouts_IsTheClampedAffineMap() =>
        ForLayouts(
            20260209,
            (what, rng, from, to, clamp, bits) =>
            {
                bool scales = rng.Next(3) > 0,
                    shifts = rng.Next(3) > 0;
                float[] x = Planes(from, rng),
                    scale = BlockedData.Integers(from.Channels, 3, rng),
                    shift = BlockedData.Integers(from.Channels, 9, rng),
                    expected = new float[x.Length];
                for (int i = 0; i < x.Length; i++)
                {
                    int channel = i / from.Rows / from.Width;
                    expected[i] = Clamp(
                        (x[i] * (scales ? scale[channel] : 1f)) + (shifts ? shift[channel] : 0f),
                        clamp
                    );
                }

                using GuardedMap px = new(from, x),
                    y = new(to);
                using NativeBuffer factors = new(BlockedData.Filled(scale, from.Blocks)),
                    terms = new(BlockedData.Filled(shift, from.Blocks));
                InParts(
                    to,
                    part =>
                        BlockedMaps.ScaleShift(
                            from,
                            px.Pointer,
                            scales ? factors.Pointer : null,
                            shifts ? terms.Pointer : null,
                            to,
                            y.Pointer,
                            clamp.Low,
                            clamp.High,
                            part,
                            bits
                        )
                );
                y.AssertOnlyPixelsAreWritten(what);
                BlockedData.AssertSame($"{what}, scale {scales}, shift {shifts}", expected, y.ToPlanes());
            }
        );

    [Fact]
    public void Map_AnyLayouts_AppliesTheFunctionOnceToEachPixel() =>
        ForLayouts(
            20260210,
            (what, rng, from, to, _, _) =>
            {
                float[] x = Planes(from, rng);
                using GuardedMap px = new(from, x),
                    y = new(to);
                InParts(
                    to,
                    part => BlockedMaps.Map(BlockedData.DoubleAndAddOne, from, px.Pointer, to, y.Pointer, part)
                );
                y.AssertOnlyPixelsAreWritten(what);
                BlockedData.AssertSame(what, Array.ConvertAll(x, v => (2 * v) + 1), y.ToPlanes());
            }
        );

    [Fact]
    public void Append_AnyChannels_PutsThemBehindOneAnother()
    {
        Rng root = new(20260211);
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = root.Split((ulong)i);
            int[] channels =
            [
                .. Enumerable
                    .Range(0, 1 + rng.Next(4))
                    .Select(_ => rng.Next(2) == 0 ? 16 * (1 + rng.Next(2)) : 1 + rng.Next(40)),
            ];
            BlockedLayout to = Layout(rng, channels.Sum(), 16);
            int bits = BlockedData.Widths[i % BlockedData.Widths.Length];
            string what = $"draw {i}: {string.Join(" + ", channels)} channels into {to}, {bits} bits";
            using GuardedMap y = new(to);
            List<float> expected = [];
            int first = 0;
            foreach (int count in channels)
            {
                BlockedLayout from = Around(BlockedData.WithChannels(to, count), rng);
                float[] x = Planes(from, rng);
                using GuardedMap px = new(from, x);
                BlockedMaps.Append(from, px.Pointer, to, y.Pointer, first, bits);
                expected.AddRange(x);
                first += count;
            }

            y.AssertOnlyPixelsAreWritten(what);
            BlockedData.AssertSame(what, [.. expected], y.ToPlanes());
        }
    }

    [Fact]
    public void AddAndScaleShift_SpecialValues_ClampAsTheEagerFunctions()
    {
        BlockedLayout layout = new(1, 1, 1, Special.Length);
        foreach (
            ((float low, float high), int bits) in BlockedData.Clamps.SelectMany(c =>
                BlockedData.Widths.Select(b => (c, b))
            )
        )
        {
            using GuardedMap x = new(layout, Special),
                zero = new(layout, new float[Special.Length]),
                sum = new(layout),
                scaled = new(layout);
            BlockedMaps.Add(
                layout,
                x.Pointer,
                layout,
                zero.Pointer,
                layout,
                sum.Pointer,
                low,
                high,
                MapPart.All(layout),
                bits
            );
            BlockedMaps.ScaleShift(
                layout,
                x.Pointer,
                null,
                null,
                layout,
                scaled.Pointer,
                low,
                high,
                MapPart.All(layout),
                bits
            );
            float[] expected = Array.ConvertAll(Special, v => Eager(v, low, high));
            BlockedData.AssertSame($"sum, clamp {low} to {high}, {bits} bits", expected, sum.ToPlanes());
            BlockedData.AssertSame($"scale, clamp {low} to {high}, {bits} bits", expected, scaled.ToPlanes());
        }
    }

    /// <summary>ReLU and ReLU6 as the library applies them one at a time; other ranges by definition.</summary>
    private static float Eager(float value, float low, float high) =>
        (low, high) switch
        {
            (0f, float.PositiveInfinity) => new ReluFunction().Value(new Vector<float>(value))[0],
            (0f, 6f) => new Relu6Function().Value(new Vector<float>(value))[0],
            _ => Clamp(value, (low, high)),
        };

    private static float Clamp(float value, (float Low, float High) clamp) =>
        value < clamp.Low ? clamp.Low
        : value > clamp.High ? clamp.High
        : value;

    private static void ForLayouts(
        ulong seed,
        Action<string, Rng, BlockedLayout, BlockedLayout, (float Low, float High), int> check
    )
    {
        Rng root = new(seed);
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = root.Split((ulong)i);
            BlockedLayout from = Layout(rng, 1 + rng.Next(70), 16),
                to = Around(from, rng);
            (float Low, float High) clamp = BlockedData.Clamps[i % BlockedData.Clamps.Length];
            int bits = BlockedData.Widths[i % BlockedData.Widths.Length];
            check($"draw {i}: {from} to {to}, clamp {clamp}, {bits} bits", rng, from, to, clamp, bits);
        }
    }

    private static void InParts(BlockedLayout layout, Action<MapPart> run)
    {
        int middle = (layout.Blocks + 1) / 2,
            half = layout.Rows / 2;
        run(new MapPart(0, middle, 0, half));
        run(new MapPart(0, middle, half, layout.Rows));
        run(new MapPart(middle, layout.Blocks, 0, layout.Rows));
    }

    private static BlockedLayout Layout(Rng rng, int channels, int lanes) =>
        Around(
            new BlockedLayout(
                channels,
                1 + (rng.Next(3) == 0 ? rng.Next(3) : 0),
                1 + rng.Next(9),
                1 + rng.Next(17),
                lanes: lanes
            ),
            rng
        );

    /// <summary>A layout of the same sizes with another halo, or none.</summary>
    private static BlockedLayout Around(BlockedLayout layout, Rng rng)
    {
        BlockedLayout dense = new(layout.Channels, layout.Depth, layout.Height, layout.Width, lanes: layout.Lanes);
        return rng.Next(4) == 0 ? dense : BlockedData.Widen(dense, rng);
    }

    private static float[] Planes(BlockedLayout layout, Rng rng) =>
        BlockedData.Integers((long)layout.Channels * layout.Rows * layout.Width, 9, rng);
}
