using System.Globalization;
using System.Text.RegularExpressions;

namespace Fovea.Packaging.Tests;

/// <summary>The samples in a folder where only the packages are, run as their first lines say.</summary>
public sealed class Samples
{
    private readonly Packed _packed;
    private readonly string _folder;

    /// <summary>Copies the samples.</summary>
    public Samples(Packed packed)
    {
        _packed = packed;
        _folder = packed.NewFolder("samples");
        foreach (string file in Directory.GetFiles(Source).Where(f => Path.GetFileName(f) != "nuget.config"))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }
    }

    /// <summary>The folder of the repository.</summary>
    public static string Source { get; } = Path.Combine(Packed.Checkout, "samples");

    /// <summary>Builds and runs a sample, and gives what it wrote.</summary>
    internal async Task<string> Run(string name) =>
        (
            await Command.Succeed(
                "dotnet",
                _folder,
                _packed.Cache,
                "run",
                "-p:UseSharedCompilation=false",
                $"{name}.cs"
            )
        ).Out;
}

/// <summary>Every sample runs with the packages alone, and prints what its text promises.</summary>
[Collection(nameof(Packed))]
public sealed partial class SampleTests(Samples samples) : IClassFixture<Samples>
{
    /// <summary>Each sample with lines that were worked out by hand, or by others' tables.</summary>
    public static TheoryData<string, string[]> Cases { get; } =
        new()
        {
            // (64 - 3)/1 + 1; 64; (64 + 2 - 3)/2 + 1 rounded down; Sobel's weights 1 + 2 + 1 on a step of 1
            {
                "first-convolution",
                [
                    "no padding:     [8, 16, 62, 62]",
                    "same size:      [8, 16, 64, 64]",
                    "half the size:  [8, 16, 32, 32]",
                    "picture: 0 0 4 4 0 0",
                ]
            },
            // 8 * 8 * 9 + 8 and 8 * 8 + 8 and 1 parameters; (576 + 64) * 256 multiply-adds
            { "own-module", ["[2, 8, 16, 16] becomes [2, 8, 16, 16]", "657 parameters", "163,840 multiply-adds"] },
            { "training-loop", ["update  90  loss", " of 500"] },
            // a head of 4 * 48 + 4
            {
                "transfer-learning",
                [
                    "taken: 18 tensors",
                    "[6, 48], the network wants [4, 48]",
                    "trained: 196 of",
                    "statistics stayed: True",
                ]
            },
            // half the values 0.75 and half 0.25, with noise of 0.1: sqrt(0.25² + 0.1²)
            {
                "own-dataset",
                ["mean 0.50, deviation 0.27", "[32, 1, 16, 16], labels [32]", "level ", "upright ", "diagonal "]
            },
            // He and others, 2015, table 6: 16, 32, 64 filters on maps of 32, 16, 8
            { "feature-maps", ["[2, 16, 32, 32]", "[2, 32, 16, 16]", "[2, 64, 8, 8]"] },
            // 102,764,544 of 138,357,544, and 2,359,296 of 11,689,512, as in torchvision
            { "own-question", ["vgg16: Look. classifier.0 holds 74", "resnet18: Ok. layer4.0.conv2 holds 20"] },
            { "regression", ["Finished: root mean square error 0."] },
            { "series", ["90 series of shape [1, 128]: cylinder, bell, funnel", "Finished after 20 epochs"] },
            { "web-service", ["listening on 127.0.0.1", "10 scores; within 0.0001 of the module's: True", "400: "] },
        };

    [Fact]
    public void Files_InTheSamples_HaveACaseEach() =>
        Assert.Equal(
            Directory.GetFiles(Samples.Source, "*.cs").Select(Path.GetFileNameWithoutExtension).Order(),
            Cases.Select(c => c.Data.Item1).Order()
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_WithThePackagesAlone_PrintsWhatTheTextPromises(string name, string[] expected)
    {
        string written = await samples.Run(name);
        Assert.All(expected, line => Assert.Contains(line, written, StringComparison.Ordinal));
        Assert.All(
            Right().Matches(written).Select(m => Number(m, 1) / Number(m, 2)),
            share => Assert.True(share > 0.5, $"{name} learned too little:\n{written}")
        );
        Assert.All(
            Accuracy().Matches(written).Select(m => Number(m, 1)),
            percent => Assert.True(percent > 50, $"{name} learned too little:\n{written}")
        );
    }

    private static double Number(Match match, int group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?:right:|level|upright|diagonal) +(\d+) of (\d+)", RegexOptions.Multiline)]
    private static partial Regex Right();

    [GeneratedRegex(@"^accuracy on [a-z ]+: ([\d.]+) %", RegexOptions.Multiline)]
    private static partial Regex Accuracy();
}
