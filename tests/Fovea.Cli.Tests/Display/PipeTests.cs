using System.Diagnostics;

namespace Fovea.Cli.Tests.Display;

/// <summary>What goes into pipes and files.</summary>
public sealed class PipeTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Theory]
    [InlineData("inspect resnet18")]
    [InlineData("inspect")]
    [InlineData("data list")]
    [InlineData("bench small_cnn --seconds 0 --steps")]
    [InlineData("bench small_cnn --plan")]
    [InlineData("evaluate RUN --test-items 20")]
    [InlineData("predict RUN --index 0-5 --top 10")]
    public void Command_InAPipe_HasNoCodesAndCutsNothing(string command)
    {
        using Process process = Cli.Start([.. command.Split(' ').Select(a => a == "RUN" ? run.Folder : a)]);
        Said said = Cli.Finish(process);

        Assert.True(said.Code == 0, said.Error);
        Assert.DoesNotContain('\u001b', said.Out + said.Error);
        Assert.DoesNotContain('…', said.Out);
        Assert.DoesNotContain(
            said.Out.Split('\n'),
            l => l.TrimEnd().EndsWith("..", StringComparison.Ordinal) || l.TrimEnd('\r').EndsWith(' ')
        );
    }

    [Fact]
    public void Predict_AllClasses_AreWholeInAPipeAndFoldedOnATerminal()
    {
        string[] args = ["predict", run.Folder, "--index", "0", "--top", "10"];
        string[] whole = Cli.Run(args).Out.ReplaceLineEndings("\n").TrimEnd().Split('\n'),
            folded = Cli.RunOn(60, args).Out.ReplaceLineEndings("\n").TrimEnd().Split('\n');

        Assert.Equal(3, whole.Length);
        Assert.Equal(10, whole[2].Count(c => c == '%'));
        Assert.All(folded, l => Assert.True(l.Length < 60, l));
        Assert.Equal(10, string.Concat(folded).Count(c => c == '%'));
    }
}
