using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Fovea.Workbench;

namespace Fovea.Cli.Tests;

/// <summary>The commands that answers give to try a remedy are commands of this program.</summary>
public sealed class ExperimentTests
{
    private const string Net =
        "input 1x32x32; conv 8 3 stride=2; relu; conv 8 3; relu; maxpool 4; flatten; linear classes";
    private const string Few = "--train-items 1600 --test-items 40 --batch 16";
    private const string Momentum = "--optimizer sgd,momentum=0.9";

    /// <summary>Faults in options, and the option that mends each.</summary>
    [Theory]
    [InlineData(Net, $"{Few} --epochs 4 --lr 0.3 {Momentum} --schedule constant", Cause.RateTooHigh, "lr")]
    [InlineData(Net, $"{Few} --epochs 2 --lr 1e-7 {Momentum} --schedule constant", Cause.RateTooLow, "lr")]
    [InlineData(Net, $"{Few} --epochs 3 --lr 0.01 --clip-norm 1e-5 {Momentum}", Cause.RateTooLow, "clip-norm")]
    [InlineData(Net, $"{Few} --epochs 4 --lr 0.1 --accumulation 100", Cause.RateTooLow, "accumulation")]
    [InlineData(Net, $"{Few} --epochs 1 --lr 0.01 --schedule cosine,warmup=90ep", Cause.Schedule, "schedule")]
    [InlineData(Net, $"{Few} --epochs 2 --lr 0.001 --optimizer sgd,momentum=0.999", Cause.RateTooHigh, "optimizer")]
    [InlineData(Net, $"{Few} --epochs 4 --lr 1e30 {Momentum}", Cause.NonFinite, "lr")]
    [InlineData(
        "input 1x32x32; conv 4 3 stride=2; relu; flatten; linear 16; bn; relu; linear classes",
        "--train-items 200 --test-items 40 --epochs 2 --batch 4 --lr 0.01",
        Cause.SmallBatchStatistics,
        "batch"
    )]
    public void Try_OfAFaultInAnOption_ChangesTheOptionAndNothingElse(
        string network,
        string options,
        string cause,
        string option
    )
    {
        using TemporaryFolder folder = new();
        Answer answer = Answers(folder, network, options).FirstOrDefault(a => a.Cause == cause && a.Options.Count > 0)!;
        Assert.NotNull(answer);
        Assert.NotEmpty(answer.Crossed);
        Assert.All(answer.Crossed, c => Assert.True(c.Holds, c.Text));
        string[][] commands = [.. answer.Experiment.Split('\n').Select(Words)];
        Assert.Equal(4, commands.Length);
        TrainingRequest[] asked = [.. commands.Select(Request)];
        Assert.Equal([1UL, 1UL, 2UL, 2UL], asked.Select(r => r.Seed!.Value));
        Assert.Equal([asked[0], asked[1]], asked[2..].Select(r => r with { Seed = 1 }));
        TrainingRequest original = Request([.. Command(network, options), "--seed", "1"]),
            advised = Request([.. Command(network, options, answer.Options), "--seed", "1"]);
        Assert.Contains(option, answer.Options.Keys);
        Assert.Equal([advised, original], asked[..2]);
        Assert.NotEqual(advised, original);
        Said tried = Cli.Run([.. commands[0][1..], "--dry-run"]);
        Assert.True(tried.Code == 0, $"{answer.Experiment}: {tried.Error}");
    }

    /// <summary>Every answer of runs of several kinds, whatever it is about.</summary>
    [Theory]
    [InlineData(Net, $"{Few} --epochs 4 --lr 0.3 {Momentum} --schedule constant")]
    [InlineData("small_cnn", "--train-items 60 --test-items 400 --epochs 12 --lr 0.003")]
    [InlineData(
        "input 1x32x32; conv 4 3 stride=2; sigmoid; conv 4 3; sigmoid; conv 4 3; sigmoid; conv 4 3; sigmoid; conv 4 3; sigmoid; globalavgpool flatten=true; linear classes",
        $"{Few} --epochs 4 --lr 0.01 {Momentum}"
    )]
    public void Try_OfAnyAnswer_IsACommandThatExists(string network, string options)
    {
        using TemporaryFolder folder = new();
        string[] commands =
        [
            .. Answers(folder, network, options).SelectMany(a => a.Experiment.Split('\n')).Where(c => c.Length > 0),
        ];
        Assert.NotEmpty(commands);
        Assert.All(
            commands,
            command =>
            {
                ParseResult parsed = Parsed(Words(command));
                Assert.True(
                    parsed.Errors.Count == 0 && !parsed.UnmatchedTokens.Any(),
                    $"{command}: {string.Join("; ", parsed.Errors)}"
                );
            }
        );
    }

    [Fact]
    public void Try_OfSigmoidsThatFade_PutsReluInTheirPlace()
    {
        const string Faded =
            "input 1x32x32; conv 4 3 stride=2; sigmoid; conv 4 3; sigmoid; conv 4 3; sigmoid; conv 4 3; sigmoid; conv 4 3; sigmoid; globalavgpool flatten=true; linear classes";
        using TemporaryFolder folder = new();
        Answer answer = Answers(folder, Faded, $"{Few} --epochs 4 --lr 0.01 {Momentum}").First(a => a.Id == "3.2");
        Assert.True(answer.Cause == Cause.Vanishing && answer.Experiment.Length > 0, $"{answer}");
        string?[] models = [.. answer.Experiment.Split('\n').Select(c => Request(Words(c)).Model)];
        Assert.Equal([Faded.Replace("sigmoid", "relu", StringComparison.Ordinal), Faded], models[..2]);
    }

    [Fact]
    public void Diagnose_OnATerminal_NamesTheNetworkOnceAndEachCommandOnItsLine()
    {
        using TemporaryFolder folder = new();
        Answers(folder, Net, $"{Few} --epochs 4 --lr 0.3 {Momentum} --schedule constant");
        Said said = Cli.Run("diagnose", folder.File("run"));
        Assert.True(said.Code == 0, said.Error);
        Assert.Contains(
            $"NET='{Net}'",
            said.Out.ReplaceLineEndings("").Replace(";  ", "; ", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("try: fovea train \"$NET\" --data shapes", said.Out, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Answer> Answers(TemporaryFolder folder, string network, string options)
    {
        string run = folder.File("run");
        Said trained = Cli.Run([.. Command(network, options)[1..], "--preflight", "off", "--out", run]);
        Assert.True(trained.Code is 0 or 1, $"{trained.Code}: {trained.Error}"); // 1: numbers that are not finite
        return AnswerJson.Read(File.ReadAllText(Path.Combine(run, "answers.json")));
    }

    /// <summary>What is typed: options of name and value each, and others that take their place.</summary>
    private static string[] Command(string network, string options, IReadOnlyDictionary<string, string>? advised = null)
    {
        Dictionary<string, string> values = options
            .Split(' ')
            .Chunk(2)
            .ToDictionary(o => o[0], o => o[1], StringComparer.Ordinal);
        foreach ((string name, string value) in advised ?? new Dictionary<string, string>())
        {
            values["--" + name] = value;
        }

        return ["fovea", "train", network, "--data", "shapes", .. values.SelectMany(o => new[] { o.Key, o.Value })];
    }

    private static TrainingRequest Request(string[] words) => Verbs.TrainOptions.Request(Parsed(words));

    private static ParseResult Parsed(string[] words) =>
        CommandLine.Root(new Terminal(TextWriter.Null, TextWriter.Null, IsInteractive: false)).Parse(words[1..]);

    /// <summary>The words of a command as a shell reads them.</summary>
    private static string[] Words(string command)
    {
        if (OperatingSystem.IsWindows())
        {
            return [.. CommandLineParser.SplitCommandLine(command)];
        }

        ProcessStartInfo start = new("/bin/sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"printf '%s\\0' {command}");
        using Process shell = Process.Start(start)!;
        string words = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return words.Split('\0')[..^1];
    }
}
