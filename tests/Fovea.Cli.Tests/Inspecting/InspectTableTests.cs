using System.Diagnostics;
using Fovea.Cli.Display;
using Fovea.Models;

namespace Fovea.Cli.Tests;

public sealed class InspectTableTests
{
    private const int Width = 100;

    public static TheoryData<string> Zoo => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Zoo))]
    public void Inspect_EveryModelOfTheZoo_KeepsTo100Columns(string model)
    {
        Said said = Cli.RunOn(Width, "inspect", model, "--all", "--why");

        Assert.True(said.Code == 0, said.Error);
        AssertWidth(said.Out);
    }

    [Fact]
    public void Inspect_Resnet18_ShowsLayersAndTotals()
    {
        string text = Cli.Run("inspect", "resnet18").Out;

        AssertRow(text, "conv1", "Conv2d", "7x7/2", "64x112x112", "9,408", "118.01", "M", "7", "2", "3");
        AssertRow(text, "maxpool", "MaxPool2d", "3x3/2", "64x56x56", "11", "4", "5");
        AssertRow(text, "fc", "Linear", "512", "to", "1000", "1000", "513,000", "512.00", "k", "627", "0", "217");
        Assert.Contains("params       11,689,512, all trainable", text, StringComparison.Ordinal);
        Assert.Contains(
            "1,814,073,344 for one item; 1 MAC = 2 FLOPs; convention torchvision",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("a position sees 435 of 3x224x224, stride 32, padding 217", text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "relu",
            string.Join('\n', text.Split('\n').Where(l => l.StartsWith("layer", StringComparison.Ordinal))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Inspect_All_ShowsEveryOperation()
    {
        string[] few = Cli.Run("inspect", "resnet18").Out.Split('\n'),
            all = Cli.Run("inspect", "resnet18", "--all").Out.Split('\n');

        Assert.Contains("51 of 68 operations; --all shows the rest", few[0], StringComparison.Ordinal);
        Assert.Contains("all 68 operations", all[0], StringComparison.Ordinal);
        Assert.Equal(17, all.Length - few.Length);
    }

    [Fact]
    public void Inspect_Why_ShowsTheFormulaBelowTheLayer()
    {
        string[] lines = Cli.Run("inspect", "resnet18", "--why").Out.Split('\n');

        int conv1 = Array.FindIndex(lines, l => l.StartsWith("conv1 ", StringComparison.Ordinal));
        Assert.StartsWith(
            "    why: height and width: floor((224 + 3 + 3 - 7)/2) + 1 = 112",
            lines[conv1 + 1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Inspect_RepeatedBlocks_AreToldInALineWithTheirSum()
    {
        string text = Cli.Run("inspect", "resnet152").Out;

        // Of the 35 identity blocks of layer3 the first is shown: 34 of 1,117,184 parameters each.
        Assert.Contains(
            "layer3.2 to layer3.35: 34 blocks like layer3.1, 37,984,256 params",
            text.ReplaceLineEndings(" ").Replace("      ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\nlayer3.17.", text, StringComparison.Ordinal);
        Assert.Contains("\nlayer3.17.", Cli.Run("inspect", "resnet152", "--all").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_SqueezeExcite_SaysThatTheGateIsLeftOut() =>
        Assert.Contains(
            "squeeze-excite gates",
            Cli.Run("inspect", "mobilenet_v3_small").Out.ReplaceLineEndings(" "),
            StringComparison.Ordinal
        );

    [Fact]
    public void Inspect_Answers_NameTheVerdictTheLayersAndTheExperiment()
    {
        string text = Cli.Run("inspect", "resnet18", "--group", "stride-padding").Out;

        Assert.Contains("\nlook 2.2 Are any rows or columns silently dropped", text, StringComparison.Ordinal);
        Assert.Contains("layers: conv1, maxpool, layer2.0.conv1 +5", text, StringComparison.Ordinal);
        Assert.Contains("       try: fovea inspect resnet18 --input 3x192..256", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ModelWithArguments_IsQuotedInCommandsAlone()
    {
        Said said = Cli.Run("inspect", "resnet18(classes=7)", "--group", "stride-padding");

        Assert.StartsWith("resnet18(classes=7), input 3x224x224", said.Out, StringComparison.Ordinal);
        Assert.Contains(
            OperatingSystem.IsWindows()
                ? "try: fovea inspect \"resnet18(classes=7)\""
                : "try: fovea inspect 'resnet18(classes=7)'",
            said.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Inspect_LongNetworkText_IsNamedOnceAndItsCommandsRunInAShell()
    {
        const string Network =
            "input 3x32x32; a: conv 8 3 padding=1 bias=false; relu; c: conv 8 3 padding=1 stride=2; b: bn; relu; c2: conv 8 3 stride=2 padding=1; globalavgpool flatten=true; linear 3";
        string text = Cli.RunOn(80, "inspect", Network).Out.ReplaceLineEndings("\n");

        string[] lines = text.Split('\n');
        string[] tries =
        [
            .. lines.Where(l => l.StartsWith("       try: ", StringComparison.Ordinal)).Select(l => l[12..]),
        ];
        Assert.True(tries.Length >= 2, text);
        Assert.All(tries, t => Assert.StartsWith("fovea inspect \"$NET\" ", t, StringComparison.Ordinal));
        int net = Array.FindIndex(
            lines,
            l => l.StartsWith(OperatingSystem.IsWindows() ? "$NET" : "NET=", StringComparison.Ordinal)
        );
        Assert.Single(lines.Skip(net), l => l.Contains("a: conv 8 3 padding=1 bias=false", StringComparison.Ordinal));
        string assignment = string.Join('\n', lines.Skip(net).TakeWhile(l => l.Length > 0));
        if (!OperatingSystem.IsWindows())
        {
            using Process shell = Process.Start(
                new ProcessStartInfo(
                    "sh",
                    [
                        "-c",
                        $"fovea() {{ '{Cli.Host}' '{typeof(CommandLine).Assembly.Location}' \"$@\"; }}\n{assignment}\n{tries[0]}",
                    ]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Said said = Cli.Finish(shell);
            Assert.True(said.Code == 0, said.Error);
            Assert.Contains("linear 3", said.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Inspect_OwnQuestions_AreAskedBesides()
    {
        Said said = Cli.Run("inspect", "resnet20", "--questions", typeof(NamesQuestion).Assembly.Location);

        Assert.True(said.Code == 0, said.Error);
        Assert.Contains("look 3.z Do names", said.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"{ModelRegistry.Create("resnet20").Model.NamedParameters().Count} parameters have names",
            said.Out,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("keras", "params", 11_699_112L)] // and 9,600 running statistics
    [InlineData("torchvision", "MACs", 1_814_073_344L)]
    [InlineData("flops", "FLOPs", 3_628_146_688L)]
    public void Inspect_Convention_CountsItsOwn(string convention, string label, long number)
    {
        string text = Cli.Run("inspect", "resnet18", "--convention", convention).Out;

        Assert.Contains(
            text.Split('\n'),
            l =>
                l.StartsWith(label, StringComparison.Ordinal)
                && l.Contains(NumberText.Grouped(number), StringComparison.Ordinal)
        );
        Assert.Contains($"convention {convention}:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_NoModel_ListsTheZoo()
    {
        Said said = Cli.RunOn(Width, "inspect");

        Assert.Equal(0, said.Code);
        Assert.All(ModelRegistry.Names, name => Assert.Contains($"\n{name} ", said.Out, StringComparison.Ordinal));
        AssertWidth(said.Out);
    }

    [Fact]
    public void Inspect_Text_CanBeInspectedAgain()
    {
        string text = Cli.Run("inspect", "resnet20", "--text").Out;

        Said again = Cli.Run("inspect", text);
        Assert.True(again.Code == 0, again.Error);
        Assert.Contains("params       272,474,", again.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b", 3, "a b")]
    [InlineData("aa bb cc", 5, "aa bb|cc")]
    [InlineData("aaaaaaaa b", 4, "aaaa|aaaa|b")]
    public void Wrap_Text_BreaksBetweenWordsWhereItCan(string text, int width, string lines) =>
        Assert.Equal(lines.Split('|'), TextLayout.Wrap(text, width));

    [Theory]
    [InlineData("layer1.0.conv1", 10, "layer1.0.|conv1")]
    [InlineData("layer2.0.downsample.0", 11, "layer2.0.|downsample.|0")]
    [InlineData("Conv2d 3x3/2 depthwise", 12, "Conv2d 3x3/2|depthwise")]
    [InlineData("short", 10, "short")]
    [InlineData("unbreakable", 4, "unbr|eaka|ble")]
    [InlineData("", 4, "")]
    public void Fold_Cell_KeepsPartsWhole(string text, int width, string lines) =>
        Assert.Equal(lines.Split('|'), TextLayout.Fold(text, width));

    [Theory]
    [InlineData(99_999, "99,999")]
    [InlineData(150_528, "150.53 k")]
    [InlineData(118_013_952, "118.01 M")]
    [InlineData(1_814_073_344, "1.81 G")]
    [InlineData(999_999_999, "1.00 G")]
    public void Short_Number_HasFiveDigits(long number, string text) => Assert.Equal(text, NumberText.Short(number));

    internal static void AssertWidth(string text) =>
        Assert.All(
            text.ReplaceLineEndings("\n").Split('\n'),
            line => Assert.True(line.Length <= Width, $"{line.Length} columns: {line}")
        );

    private static void AssertRow(string text, params string[] words) =>
        Assert.Contains(
            text.ReplaceLineEndings("\n").Split('\n'),
            line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).SequenceEqual(words)
        );
}

/// <summary>A question as a user may write one.</summary>
public sealed class NamesQuestion : Workbench.Question
{
    /// <inheritdoc/>
    public override string Id => "3.z";

    /// <inheritdoc/>
    public override string Text => "Do names tell parameters apart?";

    /// <inheritdoc/>
    public override Workbench.Answer Ask(Workbench.Evidence evidence) =>
        Answer(Workbench.Verdict.Look, $"{evidence.Graph.Parameters.Count} parameters have names.");
}
