using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The convolutions of blocked maps on one thread, against the measured peak of multiply-adds.</summary>
internal static unsafe class BlockedSpeed
{
    private static readonly (string Name, int In, int Side, int Out, int Kernel, int Stride)[] Shapes =
    [
        ("3x3 64@56", 64, 56, 64, 3, 1), ("3x3 128@28", 128, 28, 128, 3, 1), ("3x3 256@14", 256, 14, 256, 3, 1), ("3x3 512@7", 512, 7, 512, 3, 1),
        ("3x3/2 128@56", 128, 56, 128, 3, 2), ("3x3/2 256@28", 256, 28, 256, 3, 2), ("3x3/2 512@14", 512, 14, 512, 3, 2),
        ("1x1 64-64@56", 64, 56, 64, 1, 1), ("1x1 64-256@56", 64, 56, 256, 1, 1), ("1x1 256-64@56", 256, 56, 64, 1, 1), ("1x1 128-512@28", 128, 28, 512, 1, 1), ("1x1 512-128@28", 512, 28, 128, 1, 1),
        ("1x1 256-1024@14", 256, 14, 1024, 1, 1), ("1x1 1024-256@14", 1024, 14, 256, 1, 1), ("1x1 512-2048@7", 512, 7, 2048, 1, 1), ("1x1 2048-512@7", 2048, 7, 512, 1, 1),
        ("1x1/2 256-512@56", 256, 56, 512, 1, 2), ("1x1/2 1024-2048@14", 1024, 14, 2048, 1, 2),
        ("1x1 16-96@112", 16, 112, 96, 1, 1), ("1x1 24-144@56", 24, 56, 144, 1, 1), ("1x1 192-32@28", 192, 28, 32, 1, 1), ("1x1 960-160@7", 960, 7, 160, 1, 1),
        ("3x3 64@224", 64, 224, 64, 3, 1), ("3x3 256@56", 256, 56, 256, 3, 1), ("3x3 512@28", 512, 28, 512, 3, 1),
    ];

    /// <summary>Prints a row a shape.</summary>
    public static void Run()
    {
        double peak = 0;
        for (int i = 0; i < 5; i++)
        {
            peak = Math.Max(peak, TileSpeed.Peak());
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {peak:F1} GFLOP/s"));
        foreach ((string name, int inChannels, int side, int outChannels, int kernel, int stride) in Shapes)
        {
            WindowAxis axis = new(side, kernel, stride, 1, kernel / 2, kernel / 2);
            ConvolutionGeometry g = new(1, inChannels, outChannels, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
            BlockedLayout source = BlockedConvolution.Halo(g), destination = new(outChannels, 1, axis.Out, axis.Out);
            BlockedConvolution convolution = new(g, source, destination, CpuTier.Bits);
            float* x = Memory(source.Item + 64), w = Memory(g.WeightCount), packed = Memory(convolution.PackedSize), bias = Memory(outChannels + 16), y = Memory(destination.Item + 64);
            convolution.Pack(w, packed);
            double direct = Best(() => convolution.Run(new ConvolutionCall { X = x, Weights = packed, Bias = bias, Y = y, Items = 1, Low = float.NegativeInfinity, High = float.PositiveInfinity, Parts = 1 }));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} {2e-9 * g.MultiplyAdds / direct,6:F1} GFLOP/s {200e-9 * g.MultiplyAdds / direct / peak,5:F1} %  {1e3 * direct,7:F3} ms  {convolution}"));
            if (WinogradConvolution.Supports(g))
            {
                Winograd(name, g, peak, x, w, bias, y);
            }

            foreach (nint block in new[] { (nint)x, (nint)w, (nint)packed, (nint)bias, (nint)y })
            {
                NativeMemory.AlignedFree((void*)block);
            }
        }
    }

    private static void Winograd(string name, ConvolutionGeometry g, double peak, float* x, float* w, float* bias, float* y)
    {
        BlockedLayout source = WinogradConvolution.Halo(g), destination = new(g.OutChannels, 1, g.Height.Out, g.Width.Out);
        float* halo = Memory(source.Item + 64);
        foreach (int block in new[] { 0, 14, 28, 42, 56, 84, 112 })
        {
            WinogradConvolution convolution = new(g, source, destination, CpuTier.Bits, block: block);
            float* packed = Memory(convolution.PackedSize), workspace = Memory(convolution.WorkspaceSize);
            convolution.Pack(w, packed);
            double seconds = Best(() => convolution.Run(new ConvolutionCall { X = halo, Weights = packed, Bias = bias, Y = y, Items = 1, Low = float.NegativeInfinity, High = float.PositiveInfinity, Parts = 1 }, workspace));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Winograd           {2e-9 * g.MultiplyAdds / seconds,6:F1} GFLOP/s {200e-9 * g.MultiplyAdds / seconds / peak,5:F1} %  {1e3 * seconds,7:F3} ms  {convolution}{(block == 0 ? ", chosen" : "")}"));
            NativeMemory.AlignedFree(packed);
            NativeMemory.AlignedFree(workspace);
        }

        NativeMemory.AlignedFree(halo);
    }

    /// <summary>The shortest of many runs, in seconds.</summary>
    internal static double Best(Action run)
    {
        double best = double.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < 10 || (Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.4 && i < 2000); i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    internal static float* Memory(long floats)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), 64);
        for (long i = 0; i < floats; i++)
        {
            memory[i] = ((i * 7919 % 1000) / 1000f) - 0.5f;
        }

        return memory;
    }
}
