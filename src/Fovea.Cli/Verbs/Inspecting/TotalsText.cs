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
        string trainable = totals.TrainableParams == totals.Params ? "all trainable" : $"{NumberText.Grouped(totals.TrainableParams)} trainable";
        string batch = inspection.Batch == 1 ? "for one item" : $"for a batch of {inspection.Batch}";
        IEnumerable<string> texts =
        [
            Line("params", $"{NumberText.Grouped(totals.Params)}, {trainable}"),
            Line(inspection.Convention.Unit, $"{NumberText.Grouped(totals.Macs)} {batch}; 1 MAC = 2 FLOPs; convention {inspection.Convention.Name}: {inspection.Convention.Description}"),
            Line("activations", $"{NumberText.Bytes(totals.ActivationBytes)} {batch}, 4 bytes a value"),
            Line("training", $"{NumberText.Bytes(totals.TrainingBytes)} for a step of batch {inspection.Batch} = {NumberText.Bytes(Fixed(cost))} (parameters, their gradients, one optimizer value each, "
                + $"running statistics) + {inspection.Batch} x {NumberText.Bytes(cost.KeptBytes)} (activations kept for the backward pass); without the kernels' workspace"),
            Line("last map", LastMap(evidence)),
        ];
        return texts.SelectMany(t => TextLayout.Wrap(t, width, Margin).Select((line, i) => i == 0 ? Aligned(line) : line));
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
            ? "; through its squeeze-excite gates every position sees the whole input, which is left out here as in published figures" : "";
        return $"{map.Name} {shape}: a position sees {NumberText.Sizes(field.Size.Select(s => (double)s))} of {evidence.InputText}, stride {NumberText.Sizes(field.Stride)}, "
            + $"padding {NumberText.Sizes(field.Padding)} in front{gate}";
    }

    private static long Fixed(CostSummary cost) => cost.TrainingBytes(0);

    private static string Line(string label, string text) => $"{label.Replace(' ', '_')} {text}";

    /// <summary>The label, and the text at the margin. The label's blank was an underscore while lines were broken.</summary>
    private static string Aligned(string line)
    {
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        return line[..blank].Replace('_', ' ').PadRight(Margin) + line[(blank + 1)..];
    }
}
