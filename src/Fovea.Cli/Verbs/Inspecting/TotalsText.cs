using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>The whole of a network in a few lines.</summary>
internal static class TotalsText
{
    private const int Margin = 13;

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(Inspection inspection, int width)
    {
        Evidence evidence = inspection.Evidence;
        CostSummary cost = evidence.Cost;
        InspectionTotals totals = inspection.Totals;
        string trainable =
            totals.TrainableParams == totals.Params
                ? "all trainable"
                : $"{NumberText.Grouped(totals.TrainableParams)} trainable";
        string batch = inspection.Batch == 1 ? "for one item" : $"for a batch of {inspection.Batch}";
        IEnumerable<(string Label, string Text)> lines =
        [
            ("params", $"{NumberText.Grouped(totals.Params)}, {trainable}"),
            (
                inspection.Convention.Unit,
                $"{NumberText.Grouped(totals.Macs)} {batch}; 1 MAC = 2 FLOPs; convention {inspection.Convention.Name}: {inspection.Convention.Description}"
            ),
            ("activations", $"{NumberText.Bytes(totals.ActivationBytes)} {batch}, 4 bytes a value"),
            (
                "training",
                $"{NumberText.Bytes(totals.TrainingBytes)} for a step of batch {inspection.Batch} = {NumberText.Bytes(Fixed(cost))} (parameters, their gradients, one optimizer value each, "
                    + $"running statistics) + {inspection.Batch} x {NumberText.Bytes(cost.KeptBytes)} (activations kept for the backward pass); without the kernels' workspace"
            ),
            .. evidence.PerInput.Select(e =>
                ("last map", evidence.PerInput.Count == 1 ? LastMap(e) : $"of {e.Graph.Input.Name}: {LastMap(e)}")
            ),
            .. Outputs(evidence.Graph),
        ];
        return lines.SelectMany(l =>
            TextLayout
                .Wrap(l.Text, width, Margin, Margin)
                .Select((line, i) => i == 0 ? l.Label.PadRight(Margin) + line[Margin..] : line)
        );
    }

    /// <summary>The last map with its receptive field.</summary>
    public static string LastMap(Evidence evidence)
    {
        Value map = evidence.LastMap;
        string shape = string.Join('x', map.Shape.Item.Sizes.ToArray());
        if (evidence.Fields[map] is not { Size.Count: > 0 } field)
        {
            return $"{map.Name} {shape}; its receptive field is not known";
        }

        string gate = field.Axes.Any(a => a.SeesAllThroughGate)
            ? "; through its squeeze-excite gates every position sees the whole input, which is left out here as in published figures"
            : "";
        return $"{map.Name} {shape}: a position sees {NumberText.Sizes(field.Size.Select(s => (double)s))} of {evidence.InputText}, stride {NumberText.Sizes(field.Stride)}, "
            + $"padding {NumberText.Sizes(field.Padding)} in front{gate}";
    }

    private static IEnumerable<(string Label, string Text)> Outputs(Graph graph) =>
        graph.Outputs.Count == 1
            ? []
            :
            [
                (
                    "outputs",
                    string.Join(
                        ", ",
                        graph.Outputs.Select(o => $"{o.Name} {string.Join('x', o.Shape.Item.Sizes.ToArray())}")
                    )
                ),
            ];

    private static long Fixed(CostSummary cost) => cost.TrainingBytes(0);
}
