using System.Diagnostics;
using System.Globalization;
using Fovea.Interop;

namespace Fovea.Exports;

/// <summary>How long reading weights takes, of a file that the system has in memory.</summary>
internal static class WeightsSpeed
{
    private const int Times = 9;
    private const int TensorFloats = 2304 * 512; // a 3x3 convolution of 512 channels, half of it

    /// <summary>Writes weights of a size in every format, and reads them.</summary>
    /// <param name="megabytes">The size.</param>
    public static void Run(int megabytes)
    {
        string folder = Directory.CreateTempSubdirectory("fovea-weights-").FullName;
        int count = Math.Max(1, (int)((long)megabytes * 1_000_000 / (TensorFloats * sizeof(float))));
        Dictionary<string, Tensor> tensors = Enumerable
            .Range(0, count)
            .ToDictionary(
                i => string.Create(CultureInfo.InvariantCulture, $"layer{i}.weight"),
                i => Tensor.Normal([512, 2304], rng: new Rng((ulong)i))
            );
        Console.WriteLine("format         MB   first ms  middle ms");
        foreach (string extension in (string[])[".safetensors", ".pth", ".npz"])
        {
            string path = Path.Combine(folder, "w" + extension);
            Weights.Write(path, tensors);
            double[] times = [.. Enumerable.Range(0, Times).Select(_ => Read(path))];
            double first = times[0];
            Array.Sort(times);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{extension, -12} {new FileInfo(path).Length / 1e6, 5:F0} {first, 9:F0} {times[Times / 2], 10:F0}"
                )
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    private static double Read(string path)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        WeightsFile file = Weights.Read(path);
        double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        GC.KeepAlive(file);
        return ms;
    }
}
