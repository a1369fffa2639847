using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Every generated tile kernel on its own, also those that no planned convolution happens to choose.</summary>
public sealed unsafe class TileKernelTests
{
    private static readonly int[] Offsets = [0, 7, 3, 40];

    [Fact]
    public void Run_EveryPixelTile_IsTheSumByDefinition()
    {
        Check<One>();
        Check<Two>();
        Check<Four>();
        Check<Sixteen>();
        Check<ThirtyTwo>();

        static void Check<TStep>()
            where TStep : struct, IConstant
        {
            Array.ForEach(PixelTiles512<TStep>.Kernels, kernel => Pixels(kernel, 512, TStep.Value));
            Array.ForEach(PixelTiles256<TStep>.Kernels, kernel => Pixels(kernel, 256, TStep.Value));
            Array.ForEach(PixelTiles128<TStep>.Kernels, kernel => Pixels(kernel, 128, TStep.Value));
        }
    }

    /// <summary>Whatever the tile, and whichever of weights and pixels it holds: the same sum in the same order, so the
    /// same bits.</summary>
    [Theory, InlineData(512), InlineData(256), InlineData(128)]
    public void Run_EveryPixelTileOnRealNumbers_HasTheBitsOfOneFusedSumInOrder(int bits)
    {
        TileKernel[] kernels = bits switch
        {
            512 => PixelTiles512<Sixteen>.Kernels,
            256 => PixelTiles256<Sixteen>.Kernels,
            _ => PixelTiles128<Sixteen>.Kernels,
        };
        const int Depth = 5;
        foreach (TileKernel kernel in kernels)
        {
            Rng rng = new((ulong)((bits * 100) + kernel.Sums));
            int outputs = kernel.Vectors * bits / 32,
                plane = (kernel.Pixels * 16) + 32;
            float[] x = BlockedData.Normal(Offsets.Max() + ((kernel.Pixels - 1) * 16) + Depth, rng),
                w = BlockedData.Normal(Offsets.Length * Depth * outputs, rng),
                bias = BlockedData.Normal(outputs, rng),
                expected = new float[(outputs / 16 * plane) - 32];
            Array.Fill(expected, float.NaN);
            for (int i = 0; i < kernel.Pixels * outputs; i++)
            {
                (int p, int o) = Math.DivRem(i, outputs);
                float sum = bias[o];
                for (int k = 0; k < Offsets.Length * Depth; k++)
                {
                    sum = MultiplyAdd(x[Offsets[k / Depth] + (p * 16) + (k % Depth)], w[(k * outputs) + o], sum);
                }

                expected[(o / 16 * plane) + (p * 16) + (o % 16)] = Math.Clamp(sum, -20f, 30f);
            }

            string what = $"{kernel.Pixels} x {kernel.Vectors}, {bits} bits";
            TileCall call = new() { Depth = Depth, Plane = plane };
            BlockedData.AssertSame(what, expected, Run(kernel, call, x, w, bias, null, expected.Length, what));
        }
    }

    private static float MultiplyAdd(float a, float b, float c) =>
        CpuProfile.Current.IsFused ? MathF.FusedMultiplyAdd(a, b, c) : (a * b) + c;

    [Fact]
    public void Cover_AnyRunOnAnyProcessor_FitsIt()
    {
        foreach ((string name, CpuProfile cpu) in CpuProfiles.All)
        {
            AssertCovers(name, cpu);
        }
    }

    private static void AssertCovers(string name, CpuProfile cpu)
    {
        foreach (int step in new[] { 1, 2, 4, 16, 32 })
        {
            TileChoice choice = TileChoice.For(cpu, step)!;
            foreach (int blocks in choice.ChunkBlocks)
            {
                for (int pixels = 1; pixels <= 64; pixels++)
                {
                    TileCover cover = choice.Cover(pixels, blocks, 9, 16);
                    int rest = pixels - (cover.Count * cover.Main.Pixels);
                    Assert.True(
                        cover.Count > 0
                            && rest >= 0
                            && (
                                rest == 0
                                    ? cover.Last.Pixels == 0
                                    : cover.Last.Pixels >= rest && cover.Last.Pixels <= pixels
                            )
                            && cover.Main.Vectors * choice.Lanes == blocks * TileCall.Block
                            && (rest == 0 || cover.Last.Vectors == cover.Main.Vectors),
                        $"{name}, step {step}, {pixels} pixels, {blocks} blocks: {cover}"
                    );
                }
            }
        }
    }

    [Fact]
    public void For_AStepWithoutKernels_IsNull() => Assert.Null(TileChoice.For(CpuProfiles.SapphireRapids, 48));

    private static void Pixels(TileKernel kernel, int bits, int step)
    {
        Rng rng = new((ulong)((bits * 100) + kernel.Pixels));
        const int Depth = 5;
        int outputs = kernel.Vectors * bits / 32,
            blocks = outputs / 16,
            plane = (kernel.Pixels * 16) + 32;
        float[] x = BlockedData.Integers(Offsets.Max() + ((kernel.Pixels - 1) * step) + Depth, 5, rng),
            w = BlockedData.Integers(Offsets.Length * Depth * outputs, 3, rng);
        float[] bias = BlockedData.Integers(outputs, 9, rng),
            add = BlockedData.Integers(blocks * plane, 9, rng);
        foreach (bool adds in new[] { false, true })
        {
            float[] expected = new float[(blocks * plane) - 32];
            Array.Fill(expected, float.NaN);
            for (int p = 0; p < kernel.Pixels; p++)
            {
                for (int o = 0; o < outputs; o++)
                {
                    int place = (o / 16 * plane) + (p * 16) + (o % 16);
                    float sum = bias[o] + (adds ? add[place] : 0f);
                    for (int i = 0; i < Offsets.Length * Depth; i++)
                    {
                        sum += x[Offsets[i / Depth] + (p * step) + (i % Depth)] * w[(i * outputs) + o];
                    }

                    expected[place] = Math.Clamp(sum, -20f, 30f);
                }
            }

            string what = $"{kernel.Pixels} x {kernel.Vectors}, {bits} bits, step {step}, add {adds}";
            BlockedData.AssertSame(
                what,
                expected,
                Run(
                    kernel,
                    new TileCall { Depth = Depth, Plane = plane },
                    x,
                    w,
                    bias,
                    adds ? add : null,
                    expected.Length,
                    what
                )
            );
        }
    }

    private static float[] Run(
        TileKernel kernel,
        TileCall call,
        float[] x,
        float[] w,
        float[] bias,
        float[]? add,
        int count,
        string what
    )
    {
        using NativeBuffer source = new(x),
            weights = new(w),
            first = new(bias),
            plus = new(add ?? [0f]),
            y = new(count);
        fixed (int* offsets = Offsets)
        {
            call.Source = source.Pointer;
            call.Weights = weights.Pointer;
            call.Bias = first.Pointer;
            call.Add = add is null ? null : plus.Pointer;
            call.Destination = y.Pointer;
            call.Offsets = offsets;
            (call.Taps, call.Low, call.High) = (Offsets.Length, -20f, 30f);
            kernel.Run(in call);
        }

        Assert.True(y.GuardsAreIntact(), $"wrote outside the tile: {what}");
        return y.ToArray();
    }
}
