using System.Globalization;
using Fovea.Data;
using Fovea.Testing;

namespace Fovea.Imaging.Tests;

/// <summary>Damaged pictures at the decoder's door: a refusal or a picture, nothing else, and no crash of the process.
/// <c>FOVEA_MUTANTS=100000 dotnet test tests/Fovea.Imaging.Tests --filter Mutants</c> tries more.</summary>
public sealed class MutantTests
{
    private const int Usual = 3000;
    private const long MostPixels = 4_000_000;

    [DataFact("images")]
    public void Decode_Mutants_AreReadOrRefused()
    {
        Photographs.Register();
        int count = int.Parse(
            Environment.GetEnvironmentVariable("FOVEA_MUTANTS") ?? Usual.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture
        );
        byte[][] seeds = [.. Seeds()];
        int[] refused = new int[1];
        Parallel.For(
            0,
            count,
            i =>
            {
                byte[] mutant = Mutation.Of(seeds[i % seeds.Length], new Rng(1).Split((ulong)i));
                try
                {
                    ImageFile.Decode(mutant, "mutant", MostPixels);
                }
                catch (DataFormatException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                    Interlocked.Increment(ref refused[0]);
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"mutant {i}: {e}");
                }
            }
        );
        Assert.InRange(refused[0], count / 10, count); // some are hit where it does not matter
    }

    /// <summary>Small files of every format that is read.</summary>
    private static IEnumerable<byte[]> Seeds()
    {
        string folder = TestData.Find("images")!;
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => new FileInfo(f).Length is > 0 and < 30_000)
                .Where(f => Path.GetExtension(f) is ".jpg" or ".png" or ".bmp")
                .Order(StringComparer.Ordinal),
        ];
        return files
            .Where(f =>
                !f.Contains("pngsuite-bmp", StringComparison.Ordinal) || f.Contains("basn", StringComparison.Ordinal)
            )
            .Select(File.ReadAllBytes)
            .Concat(
                Enumerable
                    .Repeat(new[] { Written.WebP(lossless: false), Written.WebP(lossless: true), Written.Gif(2) }, 40)
                    .SelectMany(f => f)
            );
    }
}
