using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>The README's program about inspection.</summary>
public sealed class ReadmeInspection
{
    [Fact]
    public void Inspection_AsWritten_PrintsTheFigures()
    {
        using StringWriter output = new();
        Redirected Console = new(output);
        var (model, item) = ModelSource.Create("resnet50");
        var inspection = Inspection.Of(Graph.Trace(model, item, training: true));
        Console.WriteLine($"{inspection.Totals.Params:N0} parameters, {inspection.Totals.Macs:N0} multiply-adds");
        foreach (Answer answer in inspection.Answers.Where(a => a.Verdict <= Verdict.Look))
        {
            Console.WriteLine($"{answer.Id}: {answer.Finding}");
        }

        Assert.StartsWith(25_557_032.ToString("N0", null) + " parameters", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2.2: 8 of 8 strided operators", output.ToString(), StringComparison.Ordinal);
    }
}
