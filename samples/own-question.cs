// A question of your own about networks, asked before training beside the built-in ones.
//   dotnet run samples/own-question.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Graphs;
using Fovea.Models;
using Fovea.Workbench;

foreach (string name in new[] { "vgg16", "resnet18" })
{
    (Module model, Shape item) = ModelSource.Create(name);
    Inspection inspection = Inspection.Of(
        Graph.Trace(model, item, training: true),
        name,
        questions: [new LargestLayer()]
    );
    Answer answer = inspection.Answers.Single();
    Console.WriteLine($"{name}: {answer.Verdict}. {answer.Finding}.");
}

/// <summary>Whether one layer holds most of the parameters. The number says where it stands: 1 is the group of kernels,
/// and a letter keeps it apart from the built-in questions.</summary>
public sealed class LargestLayer : Question
{
    private const double TooMuch = 0.5;

    public override string Id => "1.largest";

    public override string Text => "Does one layer hold most of the parameters?";

    public override Answer Ask(Evidence evidence)
    {
        var layers = evidence
            .Graph.Nodes.Where(n => n.Parameters.Any())
            .Select(n => (n.Name, Count: n.Parameters.Sum(p => p.Shape.Count)))
            .ToList();
        if (layers.Count == 0)
        {
            return NotApplicable("no layer has parameters");
        }

        (string name, long count) = layers.MaxBy(l => l.Count);
        double share = (double)count / layers.Sum(l => l.Count);
        return Answer(share > TooMuch ? Verdict.Look : Verdict.Ok, $"{name} holds {share:P0} of the parameters");
    }
}
