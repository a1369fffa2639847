using System.Globalization;
using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Testing;

namespace Fovea.Imaging.Tests;

/// <summary>Every file of the image collection against what Pillow 9.4 makes of it.</summary>
public sealed class ExpectedPixelsTests
{
    // Pillow stumbles over what is written beside the pixels; those are whole.
    private static readonly string[] OnlyMetadataIsDamaged =
    [
        "hostile/pillow-truncated_exif_dpi.jpg",
        "hostile/pillow-unknown_compression_method.png",
        "hostile/libpng-crashers/empty_ancillary_chunks.png",
    ];

    static ExpectedPixelsTests() => Photographs.Register();

    private static IEnumerable<Expected> Rows() =>
        File.ReadLines(TestData.Find("images/EXPECTED-pillow.csv")!)
            .Skip(1)
            .Select(line => line.Split(',', 11))
            .Select(c => new Expected(c[0], c[2] == "ok", c[3], c[4], c[8], c[9]))
            .Where(row => TestData.Find("images/" + row.Path) is not null && row.Format != "PPM");

    [DataFact("images")]
    public void Decode_HostileFiles_AreReadAsPillowDoesOrRefusedInOneLine()
    {
        List<string> wrong = [];
        int refused = 0;
        foreach (Expected row in Rows().Where(r => r.Path.StartsWith("hostile/", StringComparison.Ordinal)))
        {
            string? refusal = Refusal(row.Path, out _);
            refused += refusal is null ? 0 : 1;
            if (refusal is null && !row.Readable && !OnlyMetadataIsDamaged.Contains(row.Path))
            {
                wrong.Add($"{row.Path}: taken, where Pillow refuses it");
            }

            if (
                refusal is not null
                && (
                    refusal.Contains('\n', StringComparison.Ordinal)
                    || !refusal.Contains(row.Path, StringComparison.Ordinal)
                )
            )
            {
                wrong.Add($"{row.Path}: {refusal}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(refused > 60, $"only {refused} files were refused");
    }

    [DataFact("images")]
    public void Decode_ValidJpegAndBitmaps_EqualPillow()
    {
        List<string> wrong = [];
        int compared = 0;
        foreach (
            Expected row in Rows()
                .Where(r =>
                    r.Readable
                    && r.Format is "JPEG" or "BMP"
                    && !r.Path.StartsWith("hostile/", StringComparison.Ordinal)
                )
        )
        {
            string? refusal = Refusal(row.Path, out RasterImage? image);
            if (refusal is not null)
            {
                wrong.Add(refusal);
                continue;
            }

            double difference = Mean(image!) - double.Parse(row.Mean, CultureInfo.InvariantCulture);
            bool comparable =
                row.Mode != "CMYK"
                && !row.Path.Contains("orientation_", StringComparison.Ordinal)
                && !row.Path.Contains("portrait_", StringComparison.Ordinal);
            compared += comparable ? 1 : 0;
            if (Math.Abs(difference) > 0.01 || (comparable && row.Hash != Hash(image!)))
            {
                wrong.Add($"{row.Path} ({row.Mode}): mean differs by {difference:F3}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(compared > 210, $"only {compared} files were compared sample by sample");
    }

    private static string? Refusal(string path, out RasterImage? image)
    {
        image = null;
        try
        {
            image = ImageFile.Read(TestData.Find("images/" + path)!);
            return null;
        }
        catch (DataFormatException e)
        {
            return e.Message;
        }
    }

    private static double Mean(RasterImage image)
    {
        int colors = image.Channels <= 2 ? 1 : 3;
        double sum = 0;
        for (int i = 0; i < image.Samples.Length; i++)
        {
            sum += i % image.Channels < colors ? image.Samples[i] : 0;
        }

        return sum / ((double)image.Width * image.Height * colors);
    }

    private static string Hash(RasterImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Samples))[..16];

    private sealed record Expected(string Path, bool Readable, string Format, string Mode, string Mean, string Hash);
}
