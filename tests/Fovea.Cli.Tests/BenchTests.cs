using System.Text.Json;

namespace Fovea.Cli.Tests;

public sealed class BenchTests
{
    private const string Small = "input 3x8x8; conv 4 3 padding=1; bn; relu; globalavgpool flatten=true; linear 5";

    [Theory]
    [InlineData("infer")]
    [InlineData("train")]
    public void Bench_Json_HasTheKeysOfTheContract(string mode)
    {
        Said said = Cli.Run("bench", Small, "--batch", "2", "--mode", mode, "--seconds", "0", "--json");

        Assert.True(said.Code == 0, said.Error);
        Dictionary<string, JsonElement> result = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(said.Out)!;
        Assert.Equal(
            [
                "model",
                "batch",
                "threads",
                "mode",
                "medianMs",
                "minMs",
                "p90Ms",
                "gflops",
                "peakGflops",
                "imagesPerSecond",
                "notCompiled", // behind the contract's
                "profile",
                "machine",
                "layers",
            ],
            result.Keys
        );
        Assert.Equal(JsonValueKind.Null, result["layers"].ValueKind);
        Assert.Equal(
            (Small, 2, mode),
            (result["model"].GetString(), result["batch"].GetInt32(), result["mode"].GetString())
        );
        double min = result["minMs"].GetDouble(),
            median = result["medianMs"].GetDouble(),
            p90 = result["p90Ms"].GetDouble();
        Assert.True(min > 0 && min <= median && median <= p90, $"min {min}, median {median}, p90 {p90}");
        double macs = (8 * 8 * 4 * 27) + (4 * 5);
        Assert.Equal(2e-6 * 2 * macs * (mode == "train" ? 3 : 1) / median, result["gflops"].GetDouble(), 1e-9);
        Assert.Equal(2000 / median, result["imagesPerSecond"].GetDouble(), 1e-6);
        Assert.True(result["peakGflops"].GetDouble() > 0, said.Out);
    }

    [Fact]
    public void Bench_Table_SaysWhatWasMeasured()
    {
        Said said = Cli.Run("bench", "fcn(classes=3)", "--input", "1x32", "--batch", "3", "--seconds", "0");

        Assert.True(said.Code == 0, said.Error);
        Assert.StartsWith("fcn(classes=3) at 1x32, batch 3, inference, ", said.Out, StringComparison.Ordinal);
        Assert.Contains("of the measured peak of", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_Plan_ListsTheStepsAndMeasuresNothing()
    {
        Said said = Cli.Run("bench", Small, "--plan");

        Assert.True(said.Code == 0, said.Error);
        Assert.InRange(StepsIn(said).Length, 3, 8); // convolution with all behind it, pooling, linear
        Assert.DoesNotContain("GFLOP", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_Plan_NamesTheRulesBelowEachStep()
    {
        Said said = Cli.Run(
            "bench",
            "input 16x9x9; conv 16 3 padding=1; bn; relu; maxpool 2; flatten; linear 5",
            "--plan"
        );

        Assert.True(said.Code == 0, said.Error);
        string[] lines = said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "conv",
                "    rules: scale into weights, clamp into step",
                "pool",
                "flatten",
                "    rules: view by items",
                "linear",
            ],
            lines.Select(l =>
                l.TrimEnd('\r') is var line && line.StartsWith("    rules", StringComparison.Ordinal) ? line
                : line.Contains("conv", StringComparison.OrdinalIgnoreCase) ? "conv"
                : line.Contains("pool", StringComparison.OrdinalIgnoreCase) ? "pool"
                : line.Contains("flatten", StringComparison.OrdinalIgnoreCase) ? "flatten"
                : line.Contains("linear", StringComparison.OrdinalIgnoreCase) ? "linear"
                : line
            )
        );
    }

    [Fact]
    public void Bench_Steps_TimesEachStep()
    {
        string[] plan = StepsIn(Cli.Run("bench", Small, "--plan"));
        Said said = Cli.Run("bench", Small, "--steps", "--seconds", "0");

        Assert.True(said.Code == 0, said.Error);
        string[] lines = said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(plan.Length + 3, lines.Length); // a head with its rule and the sum
        Assert.All(plan.Zip(lines.Skip(2)), pair => Assert.EndsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Bench_Tune_KeepsWhatItMeasuredInTheFile()
    {
        const string Network =
            "input 16x9x9; conv 16 3 padding=1; relu; conv 24 3 padding=1; globalavgpool flatten=true; linear 5";
        using TemporaryFolder folder = new();
        string file = folder.File("times.txt");
        Said first = Cli.Run("bench", Network, "--plan", "--tune", file),
            second = Cli.Run("bench", Network, "--plan", "--tune", file),
            steps = Cli.Run("bench", Network, "--steps", "--seconds", "0", "--tune", file);

        Assert.True(first.Code == 0, first.Error);
        Assert.Equal($"{file}: 2 convolutions measured, 2 known.", Assert.Single(first.ErrorLines));
        Assert.Equal(2, first.Out.Split('\n').Count(l => l.Contains("(measured: direct ", StringComparison.Ordinal)));
        Assert.Equal($"{file}: 0 convolutions measured, 2 known.", Assert.Single(second.ErrorLines));
        Assert.Equal(first.Out, second.Out);
        Assert.All(StepsIn(first), line => Assert.Contains(line.TrimEnd('\r'), steps.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void Bench_TuneWithAFileOfSomethingElse_IsStatus2AndLeavesIt()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("notes.txt"), "Not times.");
        Said said = Cli.Run("bench", Small, "--plan", "--tune", folder.File("notes.txt"));

        Assert.Equal(2, said.Code);
        Assert.Contains(
            "notes.txt, line 1: expected 'fovea tuning 1', found 'Not times.'",
            Assert.Single(said.ErrorLines),
            StringComparison.Ordinal
        );
        Assert.Equal("Not times.", File.ReadAllText(folder.File("notes.txt")));
    }

    /// <summary>A convolution of 3x8x8 with 4 filters and a linear layer: 2 x (6,912 + 20) multiply-adds forward, as many for
    /// weights, and those of the linear layer alone for data, as nothing stands before the convolution.</summary>
    [Fact]
    public void Bench_StepsOfTraining_AreLayersByDirection()
    {
        Said said = Cli.Run("bench", Small, "--batch", "2", "--mode", "train", "--steps", "1", "--json");

        Assert.True(said.Code == 0, said.Error);
        using JsonDocument result = JsonDocument.Parse(said.Out);
        JsonElement[] layers = [.. result.RootElement.GetProperty("layers").EnumerateArray()];
        long Macs(string direction) =>
            layers
                .Where(l => l.GetProperty("direction").GetString() == direction)
                .Sum(l => l.GetProperty("macs").GetInt64());
        const long Convolution = 2 * 6912,
            Linear = 2 * 20;
        Assert.Equal(
            (Convolution + Linear, Linear, Convolution + Linear, 0),
            (Macs("forward"), Macs("backward-data"), Macs("backward-weights"), Macs("update"))
        );
        Assert.Equal("update", layers[^1].GetProperty("direction").GetString());
        double peak = result.RootElement.GetProperty("peakGflops").GetDouble();
        Assert.Equal(peak, result.RootElement.GetProperty("machine").GetProperty("peakGflops").GetDouble());
        Assert.All(
            layers,
            l =>
            {
                Assert.Contains(l.GetProperty("bound").GetString(), new[] { "compute", "memory", "cache" });
                Assert.Equal(
                    l.GetProperty("gflops").GetDouble() / peak,
                    l.GetProperty("shareOfPeak").GetDouble(),
                    1e-9
                );
            }
        );
    }

    [Fact]
    public void Bench_StepsOfTraining_EndsWithALineForEachDirection()
    {
        Said said = Cli.Run("bench", Small, "--batch", "2", "--mode", "train", "--steps", "1");

        Assert.True(said.Code == 0, said.Error);
        Assert.Equal(
            ["forward", "data", "weights", "update"],
            said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^4..].Select(l => l.Split(' ')[0])
        );
    }

    [Fact]
    public void Bench_Report_IsAPageWithARoofline()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("speed.html");
        Said said = Cli.Run("bench", Small, "--seconds", "0", "--report", file);

        Assert.True(said.Code == 0, said.Error);
        Assert.Contains("<figure class=\"chart\" id=\"roofline\">", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resnt18", "Model 'resnt18' is not in the zoo")]
    [InlineData("resnet20 --mode fast", "--mode must be infer or train, got 'fast'")]
    [InlineData("resnet20 --batch 0", "--batch must be 1 to 65,536, got 0")]
    [InlineData("resnet20 --seconds -1", "--seconds must be 0 to 3,600, got -1")]
    [InlineData("resnet20 --seconds NaN", "--seconds must be 0 to 3,600, got NaN")]
    [InlineData("resnet20 --input 3x8..9", "one size is timed at a time")]
    [InlineData("resnet20 --input 8", "it must be channels and 1 to 3 sizes")]
    [InlineData("resnet20 --plan --json", "leave --json away")]
    [InlineData("resnet20 --plan --steps", "--plan measures nothing")]
    [InlineData("--steps resnet20 resnet20", "--steps takes a number of runs, 1 to 100,000, or none, got 'resnet20'")]
    [InlineData("resnet20 --steps 0", "--steps takes a number of runs, 1 to 100,000, or none, got '0'")]
    [InlineData("resnet20 --plan --mode train", "--plan shows the compiled network")]
    [InlineData("resnet20 --tune times.txt --mode train", "--tune is for the compiled network")]
    [InlineData("fcn --input 1x32 --seconds 0 --report none/speed.html", "none/speed.html: cannot be written")]
    [InlineData("resnet20 --tune none/times.txt", "the folder of this file is not there")]
    [InlineData("alexnet --input 3x32x32", "MaxPool2d 'features.12'")]
    [InlineData("resnet20 --plann", "unknown option '--plann'. Did you mean '--plan'?")]
    [InlineData("", "bench takes MODEL; MODEL is missing")]
    public void Bench_WrongRequest_IsStatus2WithOneLine(string arguments, string text)
    {
        Said said = Cli.Run(["bench", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(2, said.Code);
        Assert.Contains(text, said.Error, StringComparison.Ordinal);
        Assert.InRange(said.ErrorLines.Length, 1, 2);
        Assert.Equal("", said.Out);
    }

    [Fact]
    public void Bench_TrainingOfANetworkWithoutScores_IsRefused()
    {
        Said said = Cli.Run("bench", "input 3x8x8; conv 4 3", "--mode", "train");

        Assert.Equal(2, said.Code);
        Assert.Contains("the output must be one score a class, [N, classes]", said.Error, StringComparison.Ordinal);
    }

    /// <summary>The lines of a plan that are steps.</summary>
    private static string[] StepsIn(Said plan) =>
        [
            .. plan
                .Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("    rules: ", StringComparison.Ordinal)),
        ];
}
