using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>A question of a user's own, with the public API alone: found by type, and asked beside the
/// library's.</summary>
public sealed class QuestionTests
{
    [Fact]
    public void OwnQuestion_InAnAssembly_IsFoundByTypeAndAsked()
    {
        IReadOnlyList<Question> own = QuestionCatalog.From(typeof(QuestionTests).Assembly);
        Assert.Equal(["1.a"], own.Select(q => q.Id));

        Graph graph = Graph.Trace(
            new Sequential(new Conv2d(3, 4, 3), new ReLU(), new Conv2d(4, 4, 3)),
            [3, 8, 8],
            training: true
        );
        Inspection inspection = Inspection.Of(graph, "mine", questions: [.. QuestionCatalog.BuiltIn, .. own]);
        Answer answer = inspection.Answers.Single(a => a.Id == "1.a");
        Assert.Equal((Verdict.Look, "2 convolutions, 3x3 both"), (answer.Verdict, answer.Finding));
        Assert.Equal(QuestionGroup.Kernels, own[0].Group);
    }

    [Fact]
    public void OwnQuestion_WithANumberOfTheLibrary_IsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            QuestionCatalog.Ordered([new LayerCost(), new LayerCost()])
        );
        Assert.Contains("1.1", error.Message, StringComparison.Ordinal);
    }
}

/// <summary>How many convolutions there are.</summary>
public sealed class HowManyConvolutions : Question
{
    public override string Id => "1.a";

    public override string Text => "How many convolutions are there?";

    public override Answer Ask(Evidence evidence)
    {
        FilterBank[] banks = [.. evidence.Graph.Nodes.Select(n => n.Operator.Filters(n.Shapes)).OfType<FilterBank>()];
        return banks.Length == 0
            ? NotApplicable("no filters")
            : Answer(Verdict.Look, $"{banks.Length} convolutions, {string.Join("x", banks[0].Kernel)} both");
    }
}
