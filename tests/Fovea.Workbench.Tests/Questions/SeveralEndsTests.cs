using System.Numerics;
using Fovea.Models;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>Questions about networks of several inputs and outputs.</summary>
public sealed class SeveralEndsTests
{
    private const string Siamese =
        "input a 1x28x28; input b 1x28x28; block branch() { conv 4 3 stride=2 padding=1; bn; relu; conv 8 3; relu; globalavgpool flatten=true; linear 4 }; x: branch from=a; y: again x from=b; subtract x y; square; sum axes=1 keep=true";

    private const string Unlike =
        "input photo 3x33x33; input wave 2x64; conv 4 5 stride=2 from=photo; relu; p: globalavgpool flatten=true; conv 4 3 padding=1 from=wave; tanh; conv 4 3 padding=1; tanh; w: globalavgpool flatten=true; concat p w; linear classes";

    private const string WithVector =
        "input image 1x16x16; input facts 6; conv 4 3 from=image; relu; globalavgpool flatten=true; f: linear 4; linear 4 from=facts; tanh; add f; linear classes";

    private const string TwoHeads =
        "input 3x32x32; conv 8 3 padding=1; relu; body: conv 8 3 stride=2 padding=1; relu; map: conv 1 1; globalavgpool flatten=true from=relu2; class: linear 5; output map, class";

    private const string Passed = "input a 2x8x8; input b 2x8x8; c: conv 2 3 padding=1 from=a; output b, c";

    public static TheoryData<string> Nets => [Siamese, Unlike, WithVector, TwoHeads, Passed];

    [Theory]
    [MemberData(nameof(Nets))]
    public void Ask_EveryQuestion_IsAnswered(string net)
    {
        Inspection inspection = Inspection.Of(Trace(net));

        Assert.Equal(
            QuestionCatalog.BuiltIn.Select(q => q.Id).Order(StringComparer.Ordinal),
            inspection.Answers.Select(a => a.Id).Order(StringComparer.Ordinal)
        );
        Assert.All(inspection.Answers, a => Assert.False(string.IsNullOrWhiteSpace(a.Finding), a.Id));
        Assert.All(
            inspection.Answers,
            a => Assert.Equal(a.Predicted.Count, a.Predicted.DistinctBy(q => q.Name).Count())
        );
        if (inspection.Evidence.Graph.Inputs.Count > 1)
        {
            Assert.All(
                inspection.Answers,
                a => Assert.DoesNotContain(" --input ", a.Experiment, StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void Fields_UnlikeInputs_AreThoseOfEach()
    {
        Evidence evidence = new(Trace(Unlike));
        Value convolution = evidence.Graph.Nodes.Single(n => n.Name == "conv1").Output,
            wave = evidence.Graph.Nodes.Single(n => n.Name == "tanh2").Output,
            both = evidence.Graph.Output;

        Assert.Equal(["photo", "wave"], evidence.PerInput.Select(e => e.Graph.Input.Name));
        Assert.Equal([5, 5], evidence.FieldOf(convolution)!.Size);
        Assert.Equal("wave", Assert.Single(evidence.FieldsByInput(wave)).Input);
        Assert.Equal([5], evidence.FieldOf(wave)!.Size); // two 3-tap convolutions
        Assert.Equal(["photo", "wave"], evidence.FieldsByInput(both).Select(f => f.Input));
        Assert.Equal("3x33x33,2x64", evidence.InputText);
        Assert.Equal("tanh2", evidence.LastMap.Name);
    }

    [Fact]
    public void Ask_StrideAndPadding_ToldByInput()
    {
        IReadOnlyList<Answer> answers = QuestionCatalog.Ask(new Evidence(Trace(Unlike)));
        Answer seen = answers.Single(a => a.Id == "2.5");

        Assert.Contains(
            "photo: A unit of the last map, relu1, sees 5x5 of 33x33",
            seen.Finding,
            StringComparison.Ordinal
        );
        Assert.Contains("wave: A unit of the last map, tanh2, sees 5 of 64", seen.Finding, StringComparison.Ordinal);
        Assert.Contains(seen.Predicted, q => q.Name.StartsWith("photo.", StringComparison.Ordinal));
        Assert.Contains(seen.Predicted, q => q.Name.StartsWith("wave.", StringComparison.Ordinal));
    }

    [Fact]
    public void Ask_InputsAlike_ToldOnce()
    {
        Answer sizes = QuestionCatalog.Ask(new Evidence(Trace(Siamese))).Single(a => a.Id == "2.3");

        Assert.DoesNotContain("a: ", sizes.Finding, StringComparison.Ordinal);
        Assert.Contains("n = 1 (mod 2)", sizes.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_InputWithoutPositions_IsLeftOut()
    {
        Answer seen = QuestionCatalog.Ask(new Evidence(Trace(WithVector))).Single(a => a.Id == "2.5");

        Assert.StartsWith(
            "image: A unit of the last map, relu1, sees 3x3 of 16x16",
            seen.Finding,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Ask_FirstLossOfSeveralOutputs_IsNotApplicable()
    {
        Answer loss = QuestionCatalog.Ask(new Evidence(Trace(TwoHeads))).Single(a => a.Id == "1.9");

        Assert.Equal(Verdict.NotApplicable, loss.Verdict);
        Assert.Contains("2 outputs (map [N, 1, 16, 16], class [N, 5])", loss.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void PathLengths_SeveralEnds_CountsEveryPath()
    {
        // map: conv1, body, map; class: conv1, body, class
        PathLengths heads = PathLengths.Of(Trace(TwoHeads)),
            siamese = PathLengths.Of(Trace(Siamese));

        Assert.Equal(new BigInteger(2), heads.Total);
        Assert.Equal((3, 3), (heads.Shortest, heads.Longest));
        Assert.Equal(new BigInteger(2), siamese.Total); // one from each input
        Assert.Equal((3, 3), (siamese.Shortest, siamese.Longest));
    }

    [Fact]
    public void Cuts_SeveralEnds_AreWhatEveryPathPasses()
    {
        Assert.Equal(["conv1", "relu1", "body", "relu2"], Wiring.Cuts(Trace(TwoHeads)).Select(v => v.Name));
        Assert.Equal(["subtract1", "square1", "sum1"], Wiring.Cuts(Trace(Siamese)).Select(v => v.Name));
    }

    private static Graph Trace(string text)
    {
        TextNetwork network = NetworkText.ParseAll(text);
        return Graph.Trace(network, network.Inputs, training: true);
    }
}
