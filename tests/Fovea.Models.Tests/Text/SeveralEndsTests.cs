namespace Fovea.Models.Tests;

/// <summary>Network text with several inputs and outputs.</summary>
public sealed class SeveralEndsTests
{
    private const string Siamese = """
        input left 1x8x8
        input right 1x8x8
        block branch(out) {
          conv $out 3 padding=1
          bn
          relu
          globalavgpool flatten=true
          linear 3
        }
        a: branch 4 from=left
        b: again a from=right
        subtract a b
        square
        sum axes=1 keep=true
        """;

    private const string TwoHeads = """
        input 3x8x8
        body: conv 4 3
        relu
        features: globalavgpool flatten=true
        class: linear 5
        box: linear 4 from=features
        output class, box
        """;

    [Fact]
    public void ParseAll_TwoInputsOneBranch_SharesItsWeights()
    {
        TextNetwork network = NetworkText.ParseAll(Siamese);

        Assert.Equal(["left [N, 1, 8, 8]", "right [N, 1, 8, 8]"], network.Inputs.Select(i => $"{i.Name} {i.Shape}"));
        Assert.Equal(
            ["a.conv1.weight", "a.conv1.bias", "a.bn1.weight", "a.bn1.bias", "a.linear1.weight", "a.linear1.bias"],
            network.NamedParameters().Select(p => p.Path)
        );
        Graph graph = Graph.Trace(network, network.Inputs, training: true);
        Assert.Equal(["left", "right"], graph.Inputs.Select(i => i.Name));
        Assert.Equal("right", graph.Nodes.Single(n => n.Name == "a.conv1#2").Inputs[0].Name);
        Assert.Equal(
            ["a.linear1", "a.linear1#2"],
            graph.Nodes.Single(n => n.Name == "subtract1").Inputs.Select(i => i.Name)
        );
    }

    [Fact]
    public void ForwardAll_TwoInputsOneBranch_ComputesTheDistanceByHand()
    {
        TextNetwork network = NetworkText.ParseAll(
            "input a 1x1x2; input b 1x1x2; first: conv 1 1 bias=false from=a; second: again first from=b; subtract first second; square; flatten; sum axes=1"
        );
        network.Parameters()[0].CopyFrom(Tensor.From([3f], [1, 1, 1, 1]));
        Tensor a = Tensor.From([1f, 2f, 5f, 5f], [2, 1, 1, 2]),
            b = Tensor.From([0f, 4f, 5f, 6f], [2, 1, 1, 2]);

        // 9 (1 - 0)^2 + 9 (2 - 4)^2 and 9 (5 - 5)^2 + 9 (5 - 6)^2
        Assert.Equal([45f, 9f], network.ForwardAll(a, b)[0].ToArray<float>());
        Assert.Contains("got 1 tensors", Assert.Throws<ShapeException>(() => network.ForwardAll(a)).Message);
    }

    [Fact]
    public void ParseAll_TwoHeads_GivesTheOutputsInOrder()
    {
        TextNetwork network = NetworkText.ParseAll(TwoHeads);
        IReadOnlyList<Tensor> outputs = network.ForwardAll(Tensor.Normal([2, 3, 8, 8], rng: new Rng(1)));

        Assert.Equal(["class", "box"], network.OutputNames);
        Assert.Equal(["[2, 5]", "[2, 4]"], outputs.Select(o => $"{o.Shape}"));
        Assert.Throws<ShapeException>(() => network.Forward(Tensor.Zeros([1, 3, 8, 8])));
    }

    [Theory]
    [InlineData(Siamese)]
    [InlineData(TwoHeads)]
    [InlineData("input image 3x8x8; conv 4 3; relu")]
    [InlineData(
        "input a 2x4; input b 2x4; input c 2x6; x: concat a b axis=2; concat x c axis=2; conv 4 3 stride=2; bn"
    )]
    [InlineData("input 2x8; a: conv 2 3 padding=1; b: relu; c: tanh from=a; output a, c, b")]
    [InlineData("input a 2x8; input b 2x8; c: conv 2 1 from=a; d: again c from=b; output b, d, c")]
    public void Print_SeveralEnds_ReadsBackToTheSameGraph(string text)
    {
        TextNetwork network = NetworkText.ParseAll(text);

        GraphFacts.RequireRoundTrip(network, network.Inputs);
    }

    [Fact]
    public void Print_ModuleOfSeveralEnds_ReadsBackToTheSameGraph() =>
        GraphFacts.RequireRoundTrip(
            new Pair(),
            [GraphInput.OfItems("one", [2, 8, 8]), GraphInput.OfItems("two", [2, 8, 8])]
        );

    [Fact]
    public void Print_WhatTextCannotSay_IsRefused()
    {
        GraphInput[] one = [GraphInput.OfItems("a", [2, 8, 8])],
            two = [.. one, GraphInput.OfItems("b", [2, 8, 8])];

        Refuses("nothing reads the input 'b'", new Function(x => [x[0].Exp()]), two);
        Refuses("several of its outputs (exp, exp)", new Function(x => [x[0].Exp()]) { Twice = true }, one);
        Refuses("the input '2x3'", new Function(x => [x[0].Exp()]), [GraphInput.OfItems("2x3", [2, 8, 8])]);

        static void Refuses(string message, Module module, GraphInput[] inputs) =>
            Assert.Contains(
                message,
                Assert
                    .Throws<NotSupportedException>(() => NetworkText.Print(Graph.Trace(module, inputs, training: true)))
                    .Message,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("again c")]
    [InlineData("again c; again c; again c")]
    public void Again_Layer_KeepsOneSetOfWeights(string more)
    {
        TextNetwork network = NetworkText.Parse($"input 4x8; c: conv 4 3 padding=1; {more}").Network;

        Assert.Equal(["c.weight", "c.bias"], network.NamedParameters().Select(p => p.Path));
    }

    [Fact]
    public void Again_NestedBlocks_ReferencesStayAmongTheLinesUsedAgain()
    {
        const string text = """
            input a 2x8
            input b 2x8
            block unit() {
              stem: conv 2 3 padding=1
              relu
              residual { conv 2 3 padding=1; again stem }
              add stem
            }
            u: unit from=a
            v: again u from=b
            concat u v
            """;
        TextNetwork network = NetworkText.ParseAll(text);
        Graph graph = Graph.Trace(network, network.Inputs, training: true);

        Assert.Equal(
            ["u.stem.weight", "u.stem.bias", "u.residual1.conv1.weight", "u.residual1.conv1.bias"],
            network.NamedParameters().Select(p => p.Path)
        );
        Assert.Equal(["u.residual1.add#2", "u.stem#3"], Reads(graph, "u.add1#2"));
        Assert.Equal(["u.add1", "u.add1#2"], Reads(graph, "concat1"));
        GraphFacts.RequireRoundTrip(network, network.Inputs);

        static IEnumerable<string> Reads(Graph graph, string node) =>
            graph.Nodes.Single(n => n.Name == node).Inputs.Select(i => i.Name);
    }

    [Fact]
    public void Parse_BlocksNamedByTheNewerWords_MeanTheBlocks()
    {
        TextNetwork network = NetworkText
            .Parse("input 3x8; block output(out) { conv $out 1 }; block again() { relu }; output 4; again; output 2")
            .Network;

        Assert.Equal(
            ["output1.conv1", "again1.relu1", "output2.conv1"],
            Graph.Trace(network, [3, 8]).Nodes.Select(n => n.Name)
        );
    }

    [Fact]
    public void ParseAll_ShapesGiven_GoBeforeTheTexts()
    {
        const string text = "input a; input b 2x9; concat a b axis=2; conv 1 1";

        Assert.Equal(
            ["[N, 2, 4]", "[N, 2, 5]"],
            NetworkText
                .ParseAll(
                    text,
                    [
                        [2, 4],
                        [2, 5],
                    ]
                )
                .Inputs.Select(i => $"{i.Shape}")
        );
        Assert.Contains(
            "the network has 2 inputs (a, b), and shapes are given for one input",
            Assert.Throws<NetworkTextException>(() => NetworkText.Parse(text, [2, 4])).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A branch used on two inputs, and two outputs of which one is not the last node.</summary>
    private sealed class Pair : MultiModule
    {
        private readonly Sequential _branch = new(new Conv2d(2, 3, 3), new BatchNorm2d(3), new ReLU());
        private readonly Conv2d _head = new(3, 1, 1);

        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
        {
            Tensor a = _branch.Forward(inputs[0]),
                b = _branch.Forward(inputs[1]);
            return [a * b, _head.Forward(a - b), a];
        }
    }

    private sealed class Function(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> forward) : MultiModule
    {
        public bool Twice { get; init; }

        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
        {
            IReadOnlyList<Tensor> outputs = forward(inputs);
            return Twice ? [.. outputs, .. outputs] : outputs;
        }
    }
}
