using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What of the layers is shown.</summary>
/// <param name="All">Every operation, and every repeated block.</param>
/// <param name="Why">Why each output has its size.</param>
internal sealed record LayerTableOptions(bool All, bool Why);

/// <summary>The layers as a table.</summary>
internal static class LayerTable
{
    /// <summary>The heading and the table.</summary>
    public static IEnumerable<string> Lines(Inspection inspection, LayerTableOptions options, Terminal terminal)
    {
        Evidence evidence = inspection.Evidence;
        string unit = inspection.Convention.Unit;
        InspectedLayer[] rows = [.. inspection.Layers.Where(l => options.All || l.IsMain)];
        ResultTable table = new(
            new("layer", Folds: true),
            new("operator", Folds: true),
            new("output"),
            new("params", true),
            new(unit, true),
            new("field", true, Rank: 1),
            new("stride", true, Rank: 2),
            new("padding", true, Rank: 3)
        );
        RepeatedBlocks blocks = new(rows, options.All);
        for (int i = 0; i < rows.Length; i++)
        {
            if (blocks.FoldAt(i) is { } fold)
            {
                table.AddLine(fold.Describe(unit));
                i = fold.End - 1;
                continue;
            }

            Add(table, rows[i], options.Why);
        }

        string shown =
            rows.Length == inspection.Layers.Count
                ? $"all {rows.Length} operations"
                : $"{rows.Length} of {inspection.Layers.Count} operations; --all shows the rest";
        return
        [
            .. TextLayout.Wrap(
                $"{evidence.Name}, input {evidence.InputText}, batch {inspection.Batch}: {shown}",
                terminal.TextWidth
            ),
            "",
            .. table.Lines(terminal),
        ];
    }

    private static void Add(ResultTable table, InspectedLayer layer, bool why)
    {
        ReceptiveField? field = layer.Field;
        table.Add(
            layer.Node.Name,
            OperatorText.Of(layer.Node),
            string.Join(
                'x',
                layer.Node.Output.Shape.Item.Sizes.ToArray().Select(s => s.ToString(CultureInfo.InvariantCulture))
            ),
            layer.SharedWith is not null ? "shared"
                : layer.Params == 0 ? ""
                : NumberText.Grouped(layer.Params),
            layer.Macs == 0 ? "" : NumberText.Short(layer.Macs),
            field is null || field.Size.Count == 0 ? "" : NumberText.Sizes(field.Size.Select(s => (double)s)),
            field is null || field.Size.Count == 0 ? "" : NumberText.Sizes(field.Stride),
            field is null || field.Size.Count == 0 ? "" : NumberText.Sizes(field.Padding)
        );
        if (why)
        {
            table.AddLine($"why: {layer.Why}");
        }
    }
}
