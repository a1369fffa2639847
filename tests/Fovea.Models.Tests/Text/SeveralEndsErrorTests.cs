namespace Fovea.Models.Tests;

/// <summary>Texts that say their inputs and outputs wrongly, or mean harm.</summary>
public sealed class SeveralEndsErrorTests
{
    [Theory]
    [InlineData("input a 1x8\ninput a 1x8\nadd", 2, 1, "the input 'a' is there already, in line 1.")]
    [InlineData("input 1x8\ninput 1x8\nadd", 2, 1, "Give each a name of its own: input left 1x28x28.")]
    [InlineData(
        "input a 1x8\ninput b 1x8\nconv 2 1",
        1,
        1,
        "nothing reads the input 'a'. Take the line out, or read it with from=a."
    )]
    [InlineData(
        "input left 1x8\ninput right 1x8\nadd left rihgt",
        3,
        10,
        "expected the label of a line before, or an input: left, right. Did you mean 'right'?"
    )]
    [InlineData("input a 1x8\ninput b 1x8\nadd input", 3, 5, "expected the label of a line before, or an input: a, b.")]
    [InlineData(
        "input a 1x8\ninput b\nadd a",
        2,
        1,
        "the shape of the input 'b' is not known; write 'input b 3x32x32'."
    )]
    [InlineData(
        "input a 1x8\ninput b 1x-8\nadd a",
        2,
        1,
        "expected the shape of an item such as 3x32x32, sizes 1 or more, behind a name,"
    )]
    [InlineData("input a 1x8 classes=3\ninput b 1x8 classes=3\nadd a", 2, 1, "classes is given twice")]
    [InlineData("input a 1x8 1x9\nrelu", 1, 1, "there is no option '1x9'")]
    [InlineData("input a 1x8\na: relu", 2, 1, "the label 'a' is used already, in line 1.")]
    [InlineData(
        "input 1x8\nrelu\ninput b 1x8",
        3,
        1,
        "found 'input', which may only stand on the first lines, without a label."
    )]
    [InlineData("input 1x8\na: relu\noutput a, a", 3, 11, "the output 'a' is named twice.")]
    [InlineData("input 1x8\nclass: relu\noutput clas", 3, 8, "Did you mean 'class'?")]
    [InlineData("input 1x8\na: relu\noutput", 3, 1, "expected labels behind 'output'")]
    [InlineData("input 1x8\na: relu\noutput a\ntanh", 4, 1, "found a line behind 'output', which ends the network.")]
    [InlineData(
        "input 1x8\na: relu\noutput a\noutput a",
        4,
        1,
        "found a line behind 'output', which ends the network."
    )]
    [InlineData("input 1x8\na: relu\noutput from=a", 3, 8, "output takes labels, and no options.")]
    [InlineData("input 1x8\na: relu\nb: tanh\noutput a", 3, 4, "nothing reads the output of 'b'.")]
    [InlineData("input 1x8\nrepeat 2 { a: relu; output a }", 2, 21, "may only stand on the last line")]
    [InlineData("input 1x8\nx: output x", 2, 4, "may only stand on the last line")]
    [InlineData("input 1x8\noutput input", 1, 1, "the text has no layer.")]
    [InlineData("input 1x8\noutpt relu", 2, 1, "found 'outpt', expected a layer. Did you mean 'output'?")]
    [InlineData(
        "input 1x8\nstem: conv 1 1\nagain stme",
        3,
        7,
        "expected the label of a layer or block before. Did you mean 'stem'?"
    )]
    [InlineData(
        "input 1x8\nagain input",
        2,
        7,
        "'input' cannot be used again: it must be a layer or block of one input."
    )]
    [InlineData("input 1x8\na: relu\nb: add input\nagain b", 4, 7, "'b' cannot be used again")]
    [InlineData("input 1x8\na: relu\nagain a b", 3, 1, "expected 'again LABEL' or 'again LABEL from=label'.")]
    [InlineData("input 1x8\na: conv 2 1\nagain a", 3, 1, "with the same word, options and input channels")]
    [InlineData(
        "input 1x8\nblock b() { again c }\nc: b",
        2,
        19,
        "found 'c', expected the label of a layer or block before."
    )]
    public void Parse_WrongEnds_SaysWhereAndWhat(string text, int line, int column, string message)
    {
        NetworkTextException error = Assert.Throws<NetworkTextException>(() => NetworkText.ParseAll(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Parse_HostileEnds_AreRefusedBeforeTheyCost()
    {
        string inputs = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"input i{i} 1x8\n"));
        string chain =
            "input 1x8\nb0: repeat 1 { conv 1 1 }\n"
            + string.Concat(
                Enumerable.Range(1, 40).Select(i => $"b{i}: repeat 1 {{ again b{i - 1}; again b{i - 1} }}\n")
            );
        string long1 = "input 1x8\na: conv 1 1\n" + string.Concat(Enumerable.Repeat("again a\n", 100_000));

        Assert.Contains("a network may have 256 inputs", Refusal(inputs), StringComparison.Ordinal);
        Assert.Contains("more than ", Refusal(chain), StringComparison.Ordinal);
        Assert.Contains("more than 20,000 layers", Refusal(long1), StringComparison.Ordinal);

        static string Refusal(string text) =>
            Assert.Throws<NetworkTextException>(() => NetworkText.ParseAll(text)).Message;
    }

    [Fact]
    public void ParseAll_AnyLines_GiveANetworkOrAnError()
    {
        string[] pieces =
        [
            "input",
            "a",
            "b",
            "1x4",
            "\n",
            "output",
            "again",
            "relu",
            "a:",
            "from=b",
            "conv",
            "2",
            "1",
            ",",
            "{",
            "}",
            "repeat",
            "add",
            "a#2",
            "#2",
        ];
        Rng rng = new(5);
        int read = 0;
        for (int i = 0; i < 4000; i++)
        {
            string text =
                "input a 1x4\ninput b 1x4\n"
                + string.Join(' ', Enumerable.Range(0, 1 + rng.Next(12)).Select(_ => pieces[rng.Next(pieces.Length)]));
            try
            {
                TextNetwork network = NetworkText.ParseAll(text);
                GraphFacts.RequireRoundTrip(network, network.Inputs);
                read++;
            }
            catch (NetworkTextException) { }
        }

        Assert.True(read > 0, "none of the texts was read");
    }
}
