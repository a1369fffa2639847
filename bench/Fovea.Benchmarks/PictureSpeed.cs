using System.Diagnostics;
using System.Globalization;
using Fovea.Data;
using Fovea.Imaging;
using SkiaSharp;

namespace Fovea.Benchmarks;

/// <summary>How many photographs a second a loader decodes, cuts and resizes.</summary>
internal static class PictureSpeed
{
    private const int Width = 500,
        Height = 375,
        PerClass = 200,
        Batch = 64,
        Rounds = 5;

    /// <summary>Writes a folder of JPEG files of 500 x 375 made of a photograph, or of noise and waves where none is
    /// given, and times epochs over it.</summary>
    /// <param name="args">A photograph, or nothing.</param>
    public static void Run(string[] args)
    {
        Photographs.Register();
        string folder = Directory.CreateTempSubdirectory("fovea-pictures-").FullName;
        try
        {
            long bytes = Write(folder, args.Length > 0 ? ImageFile.Read(args[0]).To(3) : null);
            Stopwatch watch = Stopwatch.StartNew();
            IDataset data = Datasets.Open(folder, new DataOptions { AllForTest = true, CacheBytes = 0 }).Test;
            Print(
                $"{data.Count} JPEG files of {Width} x {Height}, {bytes / data.Count / 1024} KiB each, to {data.ItemShape}"
            );
            Print($"  opened and checked            {data.Count / watch.Elapsed.TotalSeconds, 7:F0} images/s");
            foreach (string augment in new[] { "none", "resized-crop,flip", "resized-crop,flip,trivialaugment" })
            {
                foreach (int workers in new[] { 1, Environment.ProcessorCount })
                {
                    (double rate, double cost) = Time(data, augment, workers);
                    Print($"  {augment}, {workers} workers: {rate:F0} images/s, {cost:F2} ms of a processor each");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (double Rate, double CostMs) Time(IDataset data, string augment, int workers)
    {
        Loader loader = new(
            data,
            new LoaderOptions
            {
                BatchSize = Batch,
                Shuffle = true,
                Workers = workers,
                Preprocessing = Preprocessing.Fit(data),
                Augmentation = Augmentation.Parse(augment),
            }
        );
        double best = 0,
            cost = double.MaxValue;
        for (int epoch = 0; epoch < Rounds; epoch++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Stopwatch watch = Stopwatch.StartNew();
            int items = loader.Epoch(epoch).Sum(batch => batch.Indices.Count);
            best = Math.Max(best, items / watch.Elapsed.TotalSeconds);
            cost = Math.Min(cost, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / items);
        }

        return (best, cost);
    }

    /// <summary>Each file is another part of the photograph, so that no two are equal.</summary>
    private static long Write(string folder, RasterImage? photograph)
    {
        Rng rng = new(1);
        long bytes = 0;
        for (int i = 0; i < 2 * PerClass; i++)
        {
            using SKBitmap bitmap = new(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
            Fill(bitmap.GetPixelSpan(), photograph, rng);
            using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            string path = Path.Combine(folder, i % 2 == 0 ? "even" : "odd", $"{i:D4}.jpg");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, data.ToArray());
            bytes += data.Size;
        }

        return bytes;
    }

    private static void Fill(Span<byte> pixels, RasterImage? photograph, Rng rng)
    {
        int left = photograph is null ? rng.Next(1000) : rng.Next(Math.Max(1, photograph.Width - Width)),
            top = photograph is null ? rng.Next(1000) : rng.Next(Math.Max(1, photograph.Height - Height));
        for (int i = 0; i < Width * Height; i++)
        {
            (int x, int y) = (left + (i % Width), top + (i / Width));
            for (int c = 0; c < 3; c++)
            {
                pixels[(i * 4) + c] = photograph is null
                    ? (byte)(110 + (50 * Math.Sin((x + (30 * c)) / 19.0)) + (50 * Math.Cos(y / 23.0)) + rng.Next(24))
                    : photograph.Samples[
                        ((((y % photograph.Height) * photograph.Width) + (x % photograph.Width)) * 3) + c
                    ];
            }

            pixels[(i * 4) + 3] = 255;
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
