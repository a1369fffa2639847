using Fovea.Interop;
using Fovea.Models;
using Fovea.Testing;

namespace Fovea.Cli.Tests;

/// <summary>Training from weights and data of other tools, by the command line.</summary>
public sealed class ForeignWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Said DryRun(params string[] more) =>
        Cli.Run([
            "train",
            "small_cnn(width=0.125)",
            "--data",
            "shapes",
            "--train-items",
            "64",
            "--test-items",
            "32",
            "--dry-run",
            .. more,
        ]);

    [Theory]
    [InlineData("w.pth")]
    [InlineData("w.npz")]
    [InlineData("w.safetensors")]
    public void Init_WeightsOfAnyKind_AreTaken(string name)
    {
        ModelRegistry.Create("small_cnn(width=0.125)", [1, 32, 32], 10).Save(_folder.File(name));
        Said said = DryRun("--init", _folder.File(name));
        Assert.True(said.Code == 0, said.Error);
    }

    [Fact]
    public void Init_CheckpointOfSeveralStates_IsRefusedUntilOneIsNamed()
    {
        string two = Path.Combine(TestData.Root, "tests", "golden", "checkpoints", "two.pth");
        Said said = DryRun("--init", two);
        Assert.Equal(2, said.Code);
        Assert.Contains(
            "has 2 states: 'model' (7 tensors), 'model_ema' (7 tensors). Name one of them, or * for all as one (--state",
            said.Error,
            StringComparison.Ordinal
        );
        Said named = DryRun("--init", two, "--state", "model_ema");
        Assert.Contains("none of the 7 tensors of", named.Error, StringComparison.Ordinal); // read, and of another network
    }

    [Fact]
    public void Data_ArchiveOfNumPy_SaysHowItWasRead()
    {
        Said said = Cli.Run("data", "info", Path.Combine(TestData.Root, "tests", "golden", "arrays", "keras.npz"));
        Assert.Equal(0, said.Code);
        Assert.Contains("keras (npz), items [3, 4, 5], 3 classes", said.Out, StringComparison.Ordinal);
        Assert.Contains(
            "arrays are read as axes (items, height, width, channels), bytes scaled to 0..1.",
            said.Out + said.Error,
            StringComparison.Ordinal
        );
    }
}
