namespace Fovea.Cli.Tests;

/// <summary>Wrong options are answered in the user's own words: the option as typed, what it takes, and the fix.</summary>
public sealed class OptionErrorTests
{
    [Theory]
    [InlineData("train|--train-items|0", "--train-items must be 1 or more, got 0")]
    [InlineData(
        "train|--train-items|999999999",
        "the number of training items (--train-items, TrainCount) must be 1 to"
    )]
    [InlineData("train|--batch|0", "--batch must be 1 or more, got 0")]
    [InlineData("train|--validation|2", "--validation must be at least 0 and below 1, got 2")]
    [InlineData("train|--lr|-1", "--lr must be above 0 and finite, got -1")]
    [InlineData("train|--lr|inf", "--lr: expected a number or auto, got 'inf'")]
    [InlineData("train|--lr|Auto", "--lr: expected a number or auto, got 'Auto'")]
    [InlineData("train|--workers|65", "--workers must be 0 (the training thread does it) to 64, got 65")]
    [InlineData("train|--patience|-1", "--patience must be 0 (off) or more, got -1")]
    [InlineData(
        "train|--epochs|99999999999999",
        "--epochs: expected a whole number of -2,147,483,648 to 2,147,483,647, got '99999999999999'"
    )]
    [InlineData("train|--seed|-1", "--seed: expected a whole number of 0 to 18,446,744,073,709,551,615, got '-1'")]
    [InlineData("train|--data|", "--data: expected a text, got an empty one")]
    [InlineData("train|--out|", "--out: expected a text, got an empty one")]
    [InlineData("train|", "MODEL: expected a text, got an empty one")]
    [InlineData("evaluate|", "RUN: expected a text, got an empty one")]
    [InlineData("data|info|", "DATA: expected a text, got an empty one")]
    [InlineData("inspect|resnet18|--input|", "--input: expected a text, got an empty one")]
    [InlineData(
        "inspect|conv 16 3",
        "looks like network text without its first line, the shape of an item: 'input 3x32x32; conv 16 3'"
    )]
    [InlineData("inspect|input 3x8x8; gap", "Did you mean 'globalavgpool flatten=true'?")]
    [InlineData("inspect|input 3x8x8; Dense 10", "Did you mean 'linear'?")]
    [InlineData("inspect|input 3x8x8; Conv2d 10 3", "Did you mean 'conv'?")]
    [InlineData("inspect|input 3x8x8; batchnorm2d", "Did you mean 'batchnorm'?")]
    [InlineData("train|--train-items|50|--out|/proc/x", "/proc/x: the run folder cannot be made there (")]
    public void Command_WrongOption_IsNamedAsTyped(string arguments, string part)
    {
        Said said = Cli.Run(arguments.Split('|'));

        Assert.Equal(2, said.Code);
        Assert.Contains(part, said.Error, StringComparison.Ordinal);
        Assert.Single(said.Error.TrimEnd().Split('\n'));
        Assert.Empty(said.Out);
    }

    [Fact]
    public void Train_LearningRateFarTooHigh_AdvisesAUsualOne()
    {
        using TemporaryFolder folder = new();
        Said said = Cli.Run(
            "train",
            "--train-items",
            "200",
            "--test-items",
            "20",
            "--lr",
            "1e30",
            "--optimizer",
            "sgd",
            "--preflight",
            "off",
            "--epochs",
            "3",
            "--out",
            folder.File("run")
        );

        Assert.Equal(1, said.Code);
        Assert.Contains("Try a learning rate of 0.1 (--lr)", said.Out + said.Error, StringComparison.Ordinal);
    }
}
