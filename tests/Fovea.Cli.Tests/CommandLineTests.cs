using Fovea.Workbench;

namespace Fovea.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("inspect")]
    [InlineData("bench")]
    [InlineData("data")]
    [InlineData("data list")]
    [InlineData("data info")]
    public void Help_EveryVerb_HasAnExampleOfItself(string verb)
    {
        Said said = Cli.Run([.. verb.Split(' '), "--help"]);

        Assert.Equal(0, said.Code);
        Assert.Contains("Example:", said.Out, StringComparison.Ordinal);
        Assert.Contains("    fovea " + verb, said.Out, StringComparison.Ordinal);
        Assert.Contains("--json", said.Out, StringComparison.Ordinal);
        Assert.Contains("--threads", said.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "fovea [command] [options]")]
    [InlineData("inspect --help", "fovea inspect [<MODEL>] [options]")]
    [InlineData("data info --help", "fovea data info <DATA> [options]")]
    public void Help_UsageLine_NamesTheCommandAsTyped(string arguments, string usage)
    {
        Said said = Cli.Run(arguments.Split(' '));

        Assert.Equal(0, said.Code);
        Assert.Contains($"Usage:\n  {usage}\n", said.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("Fovea.Cli", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void NoArguments_ShowsTheVerbs()
    {
        Said said = Cli.Run();

        Assert.Equal(0, said.Code);
        Assert.Contains("evaluate", said.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trian", "unknown verb 'trian'. Did you mean 'train'?")]
    [InlineData("train --epoch 3", "unknown option '--epoch'. Did you mean '--epochs'?")]
    [InlineData("train --shedule cosine", "unknown option '--shedule'. Did you mean '--schedule'?")]
    [InlineData("train --jsn", "unknown option '--jsn'. Did you mean '--json'?")]
    [InlineData("data lst", "unknown verb 'lst'. Did you mean 'list'?")]
    [InlineData("train --xyzzy", "unknown option '--xyzzy'. See 'fovea train --help'.")]
    [InlineData("train --epochs many", "--epochs: expected a whole number, got 'many'")]
    [InlineData("train --dry-run --lr 0,1", "--lr: expected a number or auto, got '0,1'")]
    [InlineData("train --epochs", "--epochs")]
    [InlineData("evaluate", "is missing. See 'fovea evaluate --help'.")]
    [InlineData("convert a.pth", "convert takes IN OUT; OUT is missing. See 'fovea convert --help'.")]
    [InlineData("train --threads 0 --dry-run", "--threads must be 1 to 1024, got 0")]
    [InlineData("train --resume a --out b", "--resume continues in its own folder; leave --out away")]
    [InlineData("train --resume a --out a", "a: there is no such run folder")]
    [InlineData("train --resume ./a/ --out a", "a/: there is no such run folder")]
    [InlineData("train --resume --out a", "a: there is no such run folder")]
    [InlineData("train --out a --resume", "a: there is no such run folder")]
    [InlineData("train --resume", "--resume needs the folder of the run: --resume DIR")]
    [InlineData("train --resume a --dry-run", "--dry-run shows what a new run would do, not a resumed one")]
    [InlineData(
        "train --watch loss --epochs 1",
        "Argument 'loss' not recognized. Must be one of: 'full', 'light', 'off'."
    )]
    [InlineData("train --stop-on plateau", "Must be one of: 'fix', 'look'.")]
    [InlineData("train --data missing", "'missing' does not exist")]
    [InlineData("train resnt20", "resnet20")]
    [InlineData("train --optimizer sdg --dry-run", "sgd")]
    [InlineData("train --schedule cosin --dry-run", "cosine")]
    [InlineData("train --augment flop --dry-run", "flip")]
    [InlineData("train --batch 0 --dry-run", "batch must be 1 or more, got 0")]
    [InlineData("train fcn --dry-run", "'fcn' is for series")]
    [InlineData("evaluate nowhere", "nowhere: there is no such run folder")]
    [InlineData("predict nowhere", "nothing to label")]
    [InlineData("predict nowhere a.png --index 3", "name files, or test items with --data and --index, not both")]
    [InlineData("predict nowhere a.png --data shapes", "name files, or test items with --data and --index, not both")]
    [InlineData("predict nowhere --index 3", "nowhere: there is no such run folder")]
    [InlineData("train --resume nowhere", "nowhere: there is no such run folder")]
    [InlineData("data info nowhere", "'nowhere' does not exist")]
    public void WrongRequest_IsStatus2WithOneLineAndNothingOnStandardOutput(string arguments, string text)
    {
        Said said = Cli.Run(arguments.Split(' '));

        Assert.Equal(2, said.Code);
        Assert.Contains(text, said.Error, StringComparison.Ordinal);
        Assert.InRange(said.ErrorLines.Length, 1, 2);
        Assert.Equal("", said.Out);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongRequest_Verbose_ShowsWhere() =>
        Assert.Contains("   at Fovea", Cli.Run("evaluate", "nowhere", "--verbose").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("--epcohs", "--epochs")]
    [InlineData("--epo", "--epochs")]
    [InlineData("--zzz", null)]
    public void NearMatch_Misspelling_FindsTheWordOrNothing(string word, string? expected) =>
        Assert.Equal(expected, NearMatch.Find(word, ["--epochs", "--batch", "--seed"]));

    [Theory]
    [InlineData(8.4, "8 s")]
    [InlineData(125, "2:05 min")]
    [InlineData(59.7, "1:00 min")]
    [InlineData(3599.6, "1:00:00 h")]
    [InlineData(3725, "1:02:05 h")]
    [InlineData(86_399.4, "23:59:59 h")]
    [InlineData(86_400, "1 day 0 h")]
    [InlineData((3 * 86_400) + (4 * 3600) + 59, "3 days 4 h")]
    [InlineData(364 * 86_400, "364 days 0 h")]
    [InlineData(365 * 86_400, "more than a year")]
    [InlineData(7615534.0 * 3600, "more than a year")]
    [InlineData(9e11, "more than a year")]
    public void Duration_Seconds_ReadWell(double seconds, string text) =>
        Assert.Equal(text, Duration.Text(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("runs/first-2", "runs/first-2")]
    [InlineData("runs/my first", "'runs/my first'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("", "''")]
    public void Quote_Argument_IsReadByAShellAsItWas(string argument, string text)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(text, ShellText.Quote(argument));
        }
    }
}
