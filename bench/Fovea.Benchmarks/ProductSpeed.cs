using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The products of linear layers in a training step against the measured peak of multiply-adds.</summary>
internal static unsafe class ProductSpeed
{
    private const double Seconds = 1.0;

    /// <summary>Items, features in, features out.</summary>
    private static readonly (int Items, int In, int Out)[] Shapes =
    [
        (1, 2048, 1000),
        (32, 25088, 4096),
        (32, 4096, 4096),
        (128, 64, 10),
        (128, 784, 256),
        (512, 512, 512),
        (1024, 1024, 1024),
    ];

    /// <summary>Prints a row a shape.</summary>
    public static void Run()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine(
            $"{CpuTier.Description}, {WorkerPool.Threads} threads; peak {PeakSpeed.Measure():F0} GFLOP/s; GFLOP/s, best of a second, and milliseconds"
        );
        Console.WriteLine($"{"items, in, out", -24} {"y = x wT", 18} {"dx = dy w", 18} {"dw = dyT x", 18}");
        foreach ((int items, int inputs, int outputs) in Shapes)
        {
            using Scratch x = Filled((long)items * inputs),
                w = Filled((long)inputs * outputs),
                dy = Filled((long)items * outputs);
            string[] cells =
            [
                Cell(false, true, items, outputs, inputs, x.Pointer, w.Pointer, dy.Pointer),
                Cell(false, false, items, inputs, outputs, dy.Pointer, w.Pointer, x.Pointer),
                Cell(true, false, outputs, inputs, items, dy.Pointer, x.Pointer, w.Pointer),
            ];
            Console.WriteLine($"{$"{items}, {inputs}, {outputs}", -24} {string.Join(' ', cells)}");
        }
    }

    private static string Cell(bool ta, bool tb, int m, int n, int k, float* a, float* b, float* c)
    {
        double least = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long at = Stopwatch.GetTimestamp();
            Gemm.Multiply(ta, tb, m, n, k, a, b, c, null);
            least = Math.Min(least, Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        } while (Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds);

        return $"{2.0 * m * n * k / least / 1e6, 8:F0} {least, 9:F3}";
    }

    private static Scratch Filled(long count)
    {
        Scratch room = new(count);
        for (long i = 0; i < count; i++)
        {
            room.Pointer[i] = (i % 17) / 17f;
        }

        return room;
    }
}
