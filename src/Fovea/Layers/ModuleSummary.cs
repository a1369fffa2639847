using System.Globalization;

namespace Fovea;

/// <summary>A network as a table of layers.</summary>
internal static class ModuleSummary
{
    private static readonly string[] Heads = ["layer", "operator", "output", "params", "MACs"];

    /// <summary>The table, with totals below.</summary>
    public static string Of(Graph graph)
    {
        CostSummary cost = CostSummary.Of(graph);
        List<string[]> rows = [Heads];
        rows.AddRange(
            cost.Nodes.Select(n =>
                new[]
                {
                    n.Node.Name,
                    n.Node.Operator.Name,
                    n.Node.Output.Shape.ToString(),
                    Number(n.Parameters),
                    Number(n.Cost.MultiplyAdds),
                }
            )
        );
        int[] widths = [.. Enumerable.Range(0, Heads.Length).Select(c => rows.Max(r => r[c].Length))];
        List<string> lines = [.. rows.Select(row => Line(row, widths))];
        lines.Insert(1, Line([.. widths.Select(w => new string('-', w))], widths));
        lines.Add("");
        lines.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{cost.Parameters:N0} parameters ({cost.TrainableParameters:N0} trainable), {cost.MultiplyAdds:N0} multiply-adds an item"
            )
        );
        return string.Join(Environment.NewLine, lines);
    }

    private static string Line(string[] row, int[] widths) =>
        string.Join("  ", row.Select((cell, c) => c < 3 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])))
            .TrimEnd();

    private static string Number(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);
}
