using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The functions of elements as compiled networks apply them, in the first cache, on one thread, beside the
/// eager kernel.</summary>
internal static unsafe class MapSpeed
{
    private const int Floats = 1024,
        Rounds = 40,
        Repeats = 400;
    private static readonly int[] Runs = [64, Floats],
        Widths = [512, 256, 128];

    /// <summary>Prints a row a function: nanoseconds for 1000 floats, in runs of 64 floats and of 1024.</summary>
    public static void Run()
    {
        float* memory = (float*)NativeMemory.AlignedAlloc(2 * Floats * sizeof(float), 64);
        for (int i = 0; i < Floats; i++)
        {
            memory[i] = MathF.Sin(i) * 5f;
        }

        int[] widths = [.. Widths.Where(bits => bits < 512 || Avx512F.IsSupported)];
        Console.WriteLine(
            $"ns for 1000 floats: eager; {string.Join(", ", widths)} bits (runs of {string.Join(" / ", Runs)} floats)"
        );
        Print<SigmoidFunction>("Sigmoid", widths, memory);
        Print<SiluFunction>("SiLU", widths, memory);
        Print<TanhFunction>("Tanh", widths, memory);
        Print<GeluFunction>("GELU", widths, memory);
        Print<GeluTanhFunction>("GELU, tanh", widths, memory);
        Print<HardsigmoidFunction>("Hardsigmoid", widths, memory);
        Print<HardswishFunction>("Hardswish", widths, memory);
        NativeMemory.AlignedFree(memory);
    }

    private static void Print<TFunction>(string name, int[] widths, float* memory)
        where TFunction : struct, IUnaryFunction, IMapped
    {
        ElementMap[] maps =
        [
            (x, y, count) => UnaryKernel<float, TFunction>.Run(default, x, y, count),
            .. widths.Select(bits => default(TFunction).Map(bits)),
        ];
        double[,] best = new double[maps.Length, Runs.Length];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < best.Length; i++)
            {
                (int map, int run) = (i / Runs.Length, i % Runs.Length);
                double nanoseconds = Time(maps[map], Runs[run], memory);
                best[map, run] = round == 0 ? nanoseconds : Math.Min(best[map, run], nanoseconds);
            }
        }

        string row = string.Join(
            "   ",
            Enumerable
                .Range(0, maps.Length)
                .Select(m => string.Create(CultureInfo.InvariantCulture, $"{best[m, 0], 6:F1} /{best[m, 1], 6:F1}"))
        );
        Console.WriteLine($"{name, -12} {row}");
    }

    private static double Time(ElementMap map, int run, float* memory)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Repeats; i++)
        {
            for (int at = 0; at < Floats; at += run)
            {
                map(memory + at, memory + Floats + at, run);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds * 1000 / Repeats / Floats;
    }
}
