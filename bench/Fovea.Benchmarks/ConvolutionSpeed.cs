using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>GFLOP/s of the three passes of the convolutions of small networks, at all threads.</summary>
internal static unsafe class ConvolutionSpeed
{
    public static void Run()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine($"{CpuTier.Description}, {WorkerPool.Threads} threads; median of 15, GFLOP/s");
        Console.WriteLine($"{"layer", -40} {"forward", 9} {"data", 9} {"weights", 9}");
        foreach (
            (string name, int n, int c, int k, int size, int kernel, int stride) in new[]
            {
                ("stem 1->16 28x28 3x3, batch 128", 128, 1, 16, 28, 3, 1),
                ("16->16 28x28 3x3, batch 128", 128, 16, 16, 28, 3, 1),
                ("16->32 28x28 3x3 s2, batch 128", 128, 16, 32, 28, 3, 2),
                ("32->32 14x14 3x3, batch 128", 128, 32, 32, 14, 3, 1),
                ("64->64 7x7 3x3, batch 128", 128, 64, 64, 7, 3, 1),
                ("64->64 56x56 3x3, batch 1", 1, 64, 64, 56, 3, 1),
                ("256->64 56x56 1x1, batch 1", 1, 256, 64, 56, 1, 1),
            }
        )
        {
            WindowAxis axis = new(size, kernel, stride, 1, kernel / 2, kernel / 2);
            ConvolutionGeometry g = new(n, c, k, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
            Measure(name, g);
        }

        WindowAxis time = new(150, 8, 1, 1, 3, 4);
        Measure(
            "64->64 length 150 kernel 8, batch 16",
            new(16, 64, 64, 1, WindowAxis.None, WindowAxis.None, time, PaddingMode.Zeros)
        );
    }

    private static void Measure(string name, ConvolutionGeometry g)
    {
        ConvolutionPlan plan = ConvolutionPlan.For(g);
        using Scratch x = new(g.InputCount),
            w = new(g.WeightCount),
            y = new(g.OutputCount);
        new Span<float>(x.Pointer, (int)g.InputCount).Fill(0.5f);
        new Span<float>(w.Pointer, (int)g.WeightCount).Fill(0.25f);
        new Span<float>(y.Pointer, (int)g.OutputCount).Fill(0.125f);
        float* px = x.Pointer,
            pw = w.Pointer,
            py = y.Pointer;
        double flops = 2.0 * g.MultiplyAdds;
        Console.WriteLine(
            $"{name, -40} {flops / Median(() => ConvolutionKernels.Forward(plan, px, pw, null, py)) / 1e9, 9:F1} {flops / Median(() => ConvolutionKernels.BackwardData(plan, py, pw, null, px)) / 1e9, 9:F1} {flops / Median(() => ConvolutionKernels.BackwardWeights(plan, px, py, pw)) / 1e9, 9:F1}"
        );
    }

    private static double Median(Action action)
    {
        for (int i = 0; i < 5; i++)
        {
            action();
        }

        double[] seconds = new double[15];
        for (int i = 0; i < seconds.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[Environment.GetEnvironmentVariable("FOVEA_BENCH") == "min" ? 0 : seconds.Length / 2];
    }
}
