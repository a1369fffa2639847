using System.Globalization;

namespace Fovea.Models.Tests;

public class TorchvisionTableTests
{
    public static TheoryData<string> Rows =>
        [.. PublishedFigures.Read("torchvision_models.csv").Select(r => r["model"])];

    [Fact]
    public void Table_Has45Networks() => Assert.Equal(45, Rows.Count);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Graph_AtEvaluationSize_HasTorchvisionsFigures(string name)
    {
        IReadOnlyDictionary<string, string> row = PublishedFigures
            .Read("torchvision_models.csv")
            .Single(r => r["model"] == name);
        (Module model, Shape item) = ModelRegistry.Create(name);
        Graph graph = Graph.Trace(model, item, training: true);
        CostSummary cost = CostSummary.Of(graph);
        ReceptiveFields fields = ReceptiveFields.Of(graph);
        Value last = graph.Nodes.Last(n => fields[n.Output]!.Axes.Any(a => a.HasPositions)).Output;
        int counters = model.NamedBuffers().Count(b => b.Buffer.Shape.Rank == 0);

        string expected =
            $"{row["params"]} params, {row["macs"]} macs, {row["gmacs"]}e9, field {row["size"]}/{row["stride"]}/{row["padding"]}, {row["channels"]} x {row["side"]}, {row["buffers"]} buffers";
        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"{cost.Parameters} params, {cost.MultiplyAdds} macs, {Math.Round(cost.MultiplyAdds / 1e9, 3)}e9, field {PublishedFigures.FieldOf(fields, last)}, {last.Shape.Single[1]} x {last.Shape.Single[2]}, {cost.StateValues + counters} buffers"
        );
        Assert.Equal(expected, found);
    }
}
