using System.Diagnostics;
using System.Globalization;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Kernels are kernels: many times as quick as the reference that they are tested against, and without an
/// allocation.</summary>
/// <remarks>
/// No time is asserted, but the ratio of two times of one run: kernel and reference take turns on one thread, and the
/// shortest time of each counts. The margin is so far below what kernels reach
/// that only a kernel that has stopped being one falls below it, such as a fallback to scalar code, not a busy machine.
/// </remarks>
[Collection("threads")]
public sealed unsafe class SpeedGuardTests(ITestOutputHelper output)
{
    private const double Margin = 8; // times as quick as the reference
    private const int Turns = 2;
    private const int RunsOfATurn = 12;

    [Theory]
    [
        InlineData("direct", 64, 3, 1),
        InlineData("Winograd", 64, 3, 1),
        InlineData("direct", 64, 1, 1),
        InlineData("depthwise", 64, 3, 64)
    ]
    public void Run_EveryWidthTheProcessorHas_IsQuickAndAllocatesNothing(
        string algorithm,
        int channels,
        int kernel,
        int groups
    )
    {
        WindowAxis axis = new(28, kernel, 1, 1, kernel / 2, kernel / 2);
        ConvolutionGeometry g = new(1, channels, channels, groups, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        ConvolutionData data = ConvolutionData.DrawForTransforms(g, new Rng(1), false);
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            foreach (int bits in BlockedData.Widths.Where(b => b <= CpuTier.Bits))
            {
                Compare(algorithm, g, data, bits);
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    private void Compare(string algorithm, ConvolutionGeometry g, ConvolutionData data, int bits)
    {
        BlockedLayout source = WinogradConvolution.Halo(g),
            destination = new(g.OutChannels, 1, g.Height.Out, g.Width.Out);
        using GuardedMap x = new(source, data.X),
            y = new(destination);
        using NativeBuffer w = new(data.W),
            bias = new(BlockedData.Filled(data.Bias, destination.Blocks)),
            planes = new(data.X),
            expected = new(g.OutputCount);
        Kernel kernel = KernelOf(algorithm, g, source, destination, bits);
        using NativeBuffer packed = new(kernel.PackedSize),
            workspace = new(kernel.WorkspaceSize);
        kernel.Pack(w.Pointer, packed.Pointer);
        ConvolutionCall call = BlockedData.Call(x, packed, bias, null, y, BlockedData.Clamps[0]);
        double quickest = double.MaxValue,
            reference = double.MaxValue;
        long allocated = long.MaxValue;
        for (int turn = 0; turn < Turns; turn++)
        {
            reference = Math.Min(
                reference,
                Milliseconds(() =>
                    ReferenceConvolution<float>.Forward(g, planes.Pointer, w.Pointer, bias.Pointer, expected.Pointer)
                )
            );
            for (int run = 0; run < RunsOfATurn; run++)
            {
                long start = Stopwatch.GetTimestamp(),
                    bytes = GC.GetAllocatedBytesForCurrentThread();
                kernel.Run(in call, workspace.Pointer);
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - bytes);
                quickest = Math.Min(quickest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"{algorithm}, {g}, {bits} bits: {quickest:F3} ms, reference {reference:F1} ms, {reference / quickest:F0} times as quick; {allocated} bytes allocated"
        );
        output.WriteLine(what);
        BlockedData.AssertSame(what, expected.ToArray(), y.ToPlanes());
        Assert.True(allocated == 0, $"a run must allocate nothing: {what}");
        Assert.True(
            reference >= Margin * quickest,
            $"must be at least {Margin} times as quick as the reference: {what}"
        );
    }

    private static double Milliseconds(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Kernel KernelOf(
        string algorithm,
        ConvolutionGeometry g,
        BlockedLayout source,
        BlockedLayout destination,
        int bits
    )
    {
        switch (algorithm)
        {
            case "depthwise":
                DepthwiseConvolution depthwise = new(g, source, destination, CpuProfiles.OfWidth(bits));
                return new(
                    depthwise.PackedSize,
                    0,
                    depthwise.Pack,
                    (in ConvolutionCall c, float* _) => depthwise.Run(c)
                );
            case "direct":
                BlockedConvolution direct = new(g, source, destination, CpuProfiles.OfWidth(bits));
                return new(direct.PackedSize, 0, direct.Pack, (in ConvolutionCall c, float* _) => direct.Run(c));
            default:
                WinogradConvolution winograd = new(g, source, destination, CpuProfiles.OfWidth(bits));
                return new(winograd.PackedSize, winograd.WorkspaceSize, winograd.Pack, winograd.Run);
        }
    }

    private delegate void Packing(float* weights, float* packed, double[]? factors = null);

    private delegate void Running(in ConvolutionCall call, float* workspace);

    /// <summary>A planned convolution, whichever the algorithm.</summary>
    private sealed record Kernel(long PackedSize, long WorkspaceSize, Packing Pack, Running Run);
}
