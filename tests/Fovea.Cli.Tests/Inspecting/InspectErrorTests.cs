namespace Fovea.Cli.Tests;

public sealed class InspectErrorTests
{
    [Theory]
    [InlineData("resnt18", "Model 'resnt18' is not in the zoo. Near names: resnet18")]
    [InlineData("resnet18(depth=3)", "Model 'resnet18' has no argument 'depth'")]
    [InlineData("runs/nowhere", "Model 'runs/nowhere' does not exist: it looks like a path")]
    [InlineData("resnet18 --input 3x", "--input '3x': every size must be a whole number of 1 to 1,048,576, got ''")]
    [InlineData(
        "resnet18 --input 3x0x5",
        "--input '3x0x5': every size must be a whole number of 1 to 1,048,576, got '0'"
    )]
    [InlineData("resnet18 --input axb", "got 'a'")]
    [InlineData("resnet18 --input 3x-1x5", "got '-1'")]
    [InlineData("resnet18 --input 224", "it must be channels and 1 to 3 sizes")]
    [InlineData("resnet18 --input 3x1x2x3x4", "it must be channels and 1 to 3 sizes")]
    [InlineData("resnet18 --input 3x2000000x5", "got '2000000'")]
    [InlineData("resnet18 --input 3x99999999999999999999x5", "got '99999999999999999999'")]
    [InlineData("resnet18 --input 3x90000x90000", "an item may have at most 268,435,456 values, got 3x90000x90000")]
    [InlineData("resnet18 --input 3x5..2", "a range is written from..to, the smaller first, got '5..2'")]
    [InlineData("resnet18 --input 3x5..", "got ''")]
    [InlineData("resnet18 --input 1..3x5x5", "one size may be a range, and not the channels")]
    [InlineData("resnet18 --input 3x5..6x5..6", "one size may be a range, and not the channels")]
    [InlineData("resnet18 --input 3x1..2000", "a range may have at most 1,000 sizes, got 2,000")]
    [InlineData("resnet18(channels=1) --input 3x224x224", "channels=1 does not fit")]
    [InlineData("fcn --input 1x28x28", "Model 'fcn' is for series [C, L]")]
    [InlineData("resnet18(dims=2) --input 3x224", "Model 'resnet18' is for images [C, H, W]")]
    [InlineData("alexnet --input 3x32x32", "MaxPool2d 'features.12': the kernel must not exceed the padded input")]
    [InlineData("alexnet --input 3x8..12", "alexnet takes none of the sizes 3x8..12")]
    [InlineData("resnet18 --batch 0", "--batch must be 1 to 65,536, got 0")]
    [InlineData("resnet18 --batch 70000", "--batch must be 1 to 65,536, got 70000")]
    [InlineData("resnet18 --batch many", "--batch: expected a whole number, got 'many'")]
    [InlineData(
        "resnet18 --convention thop",
        "Convention 'thop' is not known; there are torchvision, fvcore, keras, flops"
    )]
    [InlineData("resnet18 --group kernel", "--group must be one of kernels, stride-padding, stacks, got 'kernel'")]
    [InlineData("resnet18 --replace 5x5", "Edit '5x5' is not known; there are depthwise, 3x3")]
    [InlineData("resnet18 --versus resnt50", "Model 'resnt50' is not in the zoo")]
    [InlineData("resnet18 --versus fcn --input 3x64x64", "Model 'fcn' is for series")]
    [InlineData("resnet18 --versus resnet34 --replace 3x3", "--versus and --replace are two comparisons")]
    [InlineData("resnet18 --versus resnet34 --csv", "--csv is for the layers of one network")]
    [InlineData("resnet18 --json --csv", "--json and --csv are two forms of the result")]
    [InlineData("resnet18 --text --json", "--text prints one network as text")]
    [InlineData("resnet18 --versus resnet34 --input 3x64..70", "--input with a range is for one network")]
    [InlineData("resnet18 --questions nowhere.dll", "--questions: there is no file nowhere.dll")]
    [InlineData("resnet18 --why --al", "unknown option '--al'. Did you mean '--all'?")]
    public void Inspect_WrongRequest_IsStatus2WithOneLine(string arguments, string text) =>
        AssertRefused(Cli.Run(["inspect", .. arguments.Split(' ')]), text);

    [Theory]
    [InlineData("input 3x32x32; conv 16 3; rulu", "line 1, column 27")]
    [InlineData("input 3x32x32\nconv 16 3\nbn\nrulu", "line 4, column 1")]
    [InlineData("input 3x4x4\nconv 16 7", "line 2, column 1")]
    public void Inspect_WrongNetworkText_NamesTheLine(string text, string place) =>
        AssertRefused(Cli.Run("inspect", text), place);

    [Fact]
    public void Inspect_WrongNetworkTextFile_NamesTheFileAndTheLine()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("net.txt"), "input 3x32x32\nconv 16 3\nrulu\n");

        AssertRefused(
            Cli.Run("inspect", folder.File("net.txt")),
            $"{folder.File("net.txt")}: line 3, column 1: found 'rulu'"
        );
    }

    [Fact]
    public void Inspect_FileThatIsNoModel_IsRefused() =>
        AssertRefused(
            Cli.Run("inspect", typeof(Cli).Assembly.Location),
            "the file is neither a checkpoint of Fovea nor a network text"
        );

    [Fact]
    public void Inspect_QuestionsOfAFileThatIsNoAssembly_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("q.dll"), "no assembly");

        AssertRefused(
            Cli.Run("inspect", "resnet20", "--questions", folder.File("q.dll")),
            "is not a .NET assembly that fits this version of Fovea"
        );
    }

    [Fact]
    public void Inspect_QuestionsOfAnAssemblyWithoutAny_IsRefused() =>
        AssertRefused(
            Cli.Run("inspect", "resnet20", "--questions", typeof(FactAttribute).Assembly.Location),
            "has no public class derived from Question"
        );

    private static void AssertRefused(Said said, string text)
    {
        Assert.Equal(2, said.Code);
        Assert.Contains(text, said.Error, StringComparison.Ordinal);
        Assert.InRange(said.ErrorLines.Length, 1, 2);
        Assert.Equal("", said.Out);
        Assert.DoesNotContain("fault of the program", said.Error, StringComparison.Ordinal);
    }
}
