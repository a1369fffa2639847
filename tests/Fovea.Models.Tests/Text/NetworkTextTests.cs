using System.Text.RegularExpressions;
using CsCheck;
using Fovea.Testing;

namespace Fovea.Models.Tests;

public sealed partial class NetworkTextTests
{
    private const string Basic = """
        block basic(out, stride=1) {
          residual {
            conv1: conv $out 3 stride=$stride padding=1 bias=false
            bn1: bn
            relu
            conv2: conv $out 3 padding=1 bias=false
            bn2: bn
          } shortcut {
            conv $out 1 stride=$stride bias=false
            bn
          }
          relu
        }
        """;

    public static TheoryData<int> Examples => [.. Enumerable.Range(0, Blocks().Length)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Parse_ExampleOfThePage_MakesANetworkThatComputes(int index)
    {
        TextNetwork network = NetworkText.ParseAll(Blocks()[index]);

        network.Eval();
        IReadOnlyList<Tensor> outputs = network.ForwardAll([
            .. network.Inputs.Select(i => Tensor.Normal(i.Shape.At(2))),
        ]);
        Assert.All(
            outputs,
            y => Assert.True(y.ToArray().All(float.IsFinite), $"example {index} gives values that are not finite")
        );
        GraphFacts.RequireRoundTrip(network.Train(), network.Inputs);
    }

    [Fact]
    public void Parse_Page_HasExamples() => Assert.InRange(Blocks().Length, 5, 100);

    [Fact]
    public void Parse_OneLine_NamesLayersByWordAndNumber()
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(
            "input 3x32x32; conv 16 3 padding=same; bn; relu; conv 8 1 bias=false; maxpool 2; flatten; linear classes"
        );

        Assert.Equal<Shape>([3, 32, 32], item);
        Assert.Equal(
            ["conv1.weight", "conv1.bias", "bn1.weight", "bn1.bias", "conv2.weight", "linear1.weight", "linear1.bias"],
            network.NamedParameters().Select(p => p.Path)
        );
        Assert.Equal<Shape>([10, 8 * 16 * 16], network.NamedParameters()[^2].Parameter.Shape);
    }

    [Theory]
    [InlineData("input 2x40", "[N, 10]")]
    [InlineData("input 2x16x16", "[N, 10]")]
    [InlineData("input 2x8x8x8", "[N, 10]")]
    public void Parse_AnyNumberOfAxes_FollowsTheInput(string input, string output)
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(
            $"{input}\nconv 4 3 padding=1\nbn\nseparable 8 3\nmaxpool 2\nconvtranspose 4 2\nse 0.5\nglobalavgpool flatten=true\nlinear 10"
        );

        Assert.Equal(output, Graph.Trace(network, item).Output.Shape.ToString());
    }

    [Fact]
    public void Parse_ItemShapeOfData_ReplacesThatOfTheText()
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(
            "input 3x32x32 classes=4\nflatten\nlinear classes",
            [1, 4, 4],
            7
        );

        Assert.Equal<Shape>([1, 4, 4], item);
        Assert.Equal<Shape>([7, 16], network.NamedParameters()[0].Parameter.Shape);
    }

    [Fact]
    public void Parse_BlocksAndRepeats_GiveTheNamesOfResNet()
    {
        string text =
            Basic
            + """

                conv1: conv 16 3 padding=1 bias=false
                bn1: bn
                relu
                layer1: repeat 3 { basic 16 }
                layer2.0: basic 32 stride=2
                layer2.1: basic(32, 1)
                globalavgpool flatten=true
                fc: linear classes
                """;

        string[] names = [.. NetworkText.Parse(text, [3, 32, 32]).Network.NamedParameters().Select(p => p.Path)];

        Assert.Contains("layer1.2.basic1.residual1.conv2.weight", names);
        Assert.Contains("layer2.0.residual1.shortcut.conv1.weight", names);
        Assert.Equal(3 + ((3 + 2) * 9) + 2, names.Length);
    }

    [Fact]
    public void Parse_ReferencesAndBranches_MakeAnyGraph()
    {
        Graph graph = Trace(
            "input 4x8x8; a: conv 4 1; b: conv 4 1 from=input; c: add a; concat a b c; concat { conv 2 1 } { } { maxpool 3 stride=1 padding=1; conv 3 1 }; multiply { } { globalavgpool; conv channels 1; sigmoid }"
        );

        Assert.Equal("[N, 17, 8, 8]", graph.Output.Shape.ToString());
        Assert.Equal(["b", "a"], graph.Nodes.Single(n => n.Name == "c").Inputs.Select(i => i.Name));
        Assert.Equal(
            ["concat2.0.conv1", "concat1", "concat2.2.conv1"],
            graph.Nodes.Single(n => n.Name == "concat2.concat").Inputs.Select(i => i.Name)
        );
    }

    [Theory]
    [InlineData("2*$out", 32)]
    [InlineData("$out/4", 4)]
    [InlineData("channels", 3)]
    [InlineData("4*channels/3", 4)]
    [InlineData("classes*classes", 25)]
    public void Parse_Products_AreComputed(string value, int channels) =>
        Assert.Equal(
            channels,
            Trace($"input 3x4x4 classes=5; block b(out) {{ conv {value} 1 }}; b 16").Output.Shape.Item[0]
        );

    [Fact]
    public void Parse_LabelWithANumber_UsesTheLayerAgainWithItsWeights()
    {
        TextNetwork network = NetworkText
            .Parse("input 4x8x8; c: conv 4 3 padding=1; relu; c#2: conv 4 3 padding=1; c#3: conv 4 3 padding=1")
            .Network;

        Assert.Equal(["c.weight", "c.bias"], network.NamedParameters().Select(p => p.Path));
        Assert.Equal(["c", "relu1", "c#2", "c#3"], Graph.Trace(network, [4, 8, 8]).Nodes.Select(n => n.Name));
    }

    [Theory]
    [InlineData("input 3x8x8\nconf 16 3", 2, 1, "found 'conf', expected a layer. Did you mean 'conv'?")]
    [InlineData("input 3x8x8\nconv 16 3 stirde=2", 2, 11, "Did you mean 'stride'?")]
    [InlineData("input 3x8x8; conv 16", 1, 14, "conv: kernel is missing")]
    [InlineData(
        "input 3x8x8\nconv 16 3 stride=two",
        2,
        11,
        "conv: stride must be one to three whole numbers such as 3 or 3x1, got 'two'."
    )]
    [InlineData("input 3x8x8\nconv 16 3 5", 2, 11, "found '5', expected 'conv OUT KERNEL' and then option=value.")]
    [InlineData("input 3x8x8\nconv 16 3 stride = 2", 2, 18, "without blanks around '='")]
    [InlineData("input 3x8x8\nconv 16 9", 2, 1, "Conv2d 'conv1': ")]
    [InlineData("input 3x8x8\nrelu from=lable", 2, 6, "expected the label of a line before")]
    [InlineData("input 3x8x8\nlabel: relu\nrelu from=lable", 3, 6, "Did you mean 'label'?")]
    [InlineData("input 3x8x8\na: relu\na: relu", 3, 1, "the label 'a' is used already, in line 2")]
    [InlineData(
        "input 3x8x8\nresidual { conv 4 1 }",
        2,
        1,
        "must give the same shape, got [N, 4, 8, 8] and [N, 3, 8, 8]"
    )]
    [InlineData(
        "input 3x8x8\nrepeat 2 { relu",
        2,
        16,
        "found the end of the text, expected '}' for the '{' of line 2, column 10."
    )]
    [InlineData("input 3x8x8\nrelu }", 2, 6, "found '}' with no '{' before it.")]
    [InlineData("input 3x8x8\nrepeat 0 { relu }", 2, 1, "expected 'repeat 3 { ... }'")]
    [InlineData("input 3x8x8\nb: 7", 2, 4, "found '7', expected a layer.")]
    [InlineData("input 3x8x8\na:relu", 2, 1, "with a blank behind the colon")]
    [InlineData("input 3x8x8\nblock b(out) { relu }\nb", 3, 1, "block 'b' needs out; write 'b OUT'.")]
    [InlineData(
        "input 3x8x8\nblock b(out) { conv $uot 1 }\nb 4",
        2,
        21,
        "found '$uot', which is no parameter here. The block has $out."
    )]
    [InlineData("input 3x8x8\nblock conv(out) { relu }", 2, 7, "'conv' is a word of the language")]
    [InlineData("input 3x8x8\nblock b() { b }\nb", 2, 13, "more than 64 deep")]
    [InlineData("input 3x8x8\nx: relu\ny: relu from=input", 2, 4, "nothing reads the output of 'x'")]
    [InlineData("input 3x8x8\nadd", 2, 1, "add: takes 2 inputs, got 1.")]
    [InlineData("input 3x8x8\nrelu { conv 1 1 }", 2, 1, "'relu' takes no blocks")]
    [InlineData("input 3x8x8\nc#2: conv 3 1", 2, 6, "means use 2 of the layer 'c'")]
    [InlineData(
        "input 3x8x8\nse1: se 2\nse1.reduce: conv 3 1",
        3,
        13,
        "the parameter name 'se1.reduce.weight' is used already"
    )]
    [InlineData("input 3x0x8; relu", 1, 1, "expected the shape of an item such as 3x32x32")]
    [InlineData("relu", 1, 1, "the shape of an item is not known; begin the text with a line such as 'input 3x32x32'.")]
    [InlineData("", 1, 1, "the shape of an item is not known")]
    [InlineData("input 3x8x8", 1, 1, "the text has no layer.")]
    [InlineData("input 3x8x8; conv 2000000000 1; conv 2000000000*4 1", 1, 38, "the value must stay below 2^31")]
    public void Parse_WrongText_SaysWhereAndWhat(string text, int line, int column, string message)
    {
        NetworkTextException error = Assert.Throws<NetworkTextException>(() => NetworkText.Parse(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_HostileText_IsRefusedBeforeItCosts()
    {
        string braces = string.Concat(Enumerable.Repeat("repeat 2 { ", 100_000));
        string bomb =
            "relu; "
            + string.Concat(Enumerable.Repeat("repeat 1000 { ", 20))
            + "relu"
            + string.Concat(Enumerable.Repeat(" }", 20));
        string doubling =
            string.Join(
                '\n',
                Enumerable.Range(1, 40).Select(i => $"block b{i}() {{ {(i == 1 ? "relu" : $"b{i - 1}; b{i - 1}")} }}")
            ) + "\nb40";
        string empty = "relu; repeat 1000000000 { }";

        Assert.Contains("nested more than 64 deep", Refusal(braces), StringComparison.Ordinal);
        Assert.Contains("more than 20,000 layers", Refusal(bomb), StringComparison.Ordinal);
        Assert.Contains("more than 50,000 lines", Refusal(empty), StringComparison.Ordinal);
        Assert.Contains("more than ", Refusal(doubling), StringComparison.Ordinal);
        Assert.Contains("a word may have 300 characters", Refusal(new string('a', 100_000)), StringComparison.Ordinal);
        Assert.Contains("more than 20,000 layers", Refusal("repeat 20001 { relu }"), StringComparison.Ordinal);

        Assert.Contains("kernel must be so small", Refusal("avgpool 3 padding=1000000000"), StringComparison.Ordinal);
        Assert.Contains(
            "kernel must be so small",
            Refusal("avgpool 1000000000 padding=same"),
            StringComparison.Ordinal
        );
        Assert.Contains("size must be at most", Refusal("adaptiveavgpool 2000000000"), StringComparison.Ordinal);
        Assert.Contains(
            "a channel may have 134,217,728 positions",
            Refusal("upsample 100000000; globalavgpool"),
            StringComparison.Ordinal
        );

        static string Refusal(string text) =>
            Assert.Throws<NetworkTextException>(() => NetworkText.Parse("input 1x4\n" + text)).Message;
    }

    [Fact]
    public void Parse_AnyCharacters_GiveANetworkOrAnError()
    {
        string[] pieces =
        [
            "conv",
            "16",
            "3",
            "relu",
            "{",
            "}",
            ";",
            "\n",
            "a:",
            "=",
            "stride=2",
            "(",
            ")",
            ",",
            "$x",
            "*",
            "residual",
            "shortcut",
            "repeat",
            "avgpool",
            "adaptivemaxpool",
            "convtranspose",
            "layernorm",
            "reshape",
            "shape=-1x3",
            "2x-1",
            "unsqueeze",
            "axis=9",
            "block",
            "add",
            "concat",
            "from=a",
            "#",
            "-1",
            "1e9",
            "999999999",
            "\u0000",
            "é",
            "flatten",
            "linear",
            "classes",
            "maxpool",
            "upsample",
            "pad",
            "axes=2",
            "padding=1x1",
        ];
        RandomCases.Check(
            Gen.OneOf(pieces).Array[1, 12],
            7,
            3000,
            words =>
            {
                string text = string.Join(' ', words);
                Exception? error = Record.Exception(() => NetworkText.Parse(text, [3, 8, 8]));
                Assert.True(error is null or NetworkTextException, $"'{text}': {error}");
            },
            words => string.Join(' ', words)
        );
    }

    private static Graph Trace(string text)
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(text);
        return Graph.Trace(network, item);
    }

    private static string[] Blocks() =>
        [
            .. CodeBlock()
                .Matches(
                    File.ReadAllText(Path.Combine(TestData.Root, "docs", "network-text.md")).ReplaceLineEndings("\n")
                )
                .Select(m => m.Groups[1].Value),
        ];

    [GeneratedRegex("```net\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
