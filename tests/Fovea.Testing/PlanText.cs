using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>What compiled execution decides about a network, as text: its steps, how values lie, how batches are cut,
/// and how large the arena is. No weight takes memory, and any vector width can be asked about.</summary>
public sealed class PlanText
{
    private readonly Graph _graph;
    private readonly List<FusedStep> _steps;
    private readonly LayoutPlan _layouts;
    private readonly List<NetworkStage> _stages;

    /// <summary>Plans a network.</summary>
    /// <param name="graph">The network, traced in evaluation.</param>
    /// <param name="precision">Which algorithms are allowed.</param>
    /// <param name="bits">Vector width: 512, 256 or 128.</param>
    public PlanText(Graph graph, Precision precision, int bits)
    {
        _graph = graph;
        _steps = Lowering.StepsOf(graph);
        _layouts = new LayoutPlan(graph, _steps, precision, CpuProfiles.OfBits(bits));
        _stages = Lowering.StagesOf(graph, _steps, _layouts);
    }

    /// <summary>Bytes of the buffers of an item.</summary>
    public long ItemBytes => NetworkMemory.ItemBytes(_graph, _stages, _layouts);

    /// <summary>Items of a group of a batch.</summary>
    public int GroupSize(int batch) => BatchGroups.SizeFor(batch, _steps, _layouts, ItemBytes);

    /// <summary>The steps of a network before layouts are chosen, a line a step.</summary>
    public static IReadOnlyList<string> Fused(Graph graph) =>
        [.. Lowering.StepsOf(graph).Select(s => $"{Names(s)}: {FormOf(s)}{Taken(s)}")];

    /// <summary>What is run on some items together, a line a step, behind a line about the input.</summary>
    public IReadOnlyList<string> Lines(int items) =>
        [$"{_graph.Input.Name}{Lies(_graph.Input)}", .. _stages.Select(s => Line(s, items))];

    private string Line(NetworkStage stage, int items) =>
        (stage.Before is { } before ? $"{Names(before)}: {KindOf(before, items)}{Taken(before)} and " : "")
        + $"{Names(stage.Step)}: {KindOf(stage.Step, items)}{Taken(stage.Step)}"
        + (stage.SumsRows ? ", sums rows" : "")
        + Lies(stage.Step.Output);

    private string KindOf(FusedStep step, int items)
    {
        if (step.Form is ConcatForm)
        {
            return $"concat copies {_layouts.Concatenations.Copied(step).Count()} of {step.Inputs.Count}";
        }

        return step.Form is ConvolutionForm ? _layouts.ChoiceOf(step, items).Name : FormOf(step);
    }

    private string Lies(Value value)
    {
        string place = _layouts.Concatenations[value] is { } p ? $", in {p.Whole.Name} at block {p.Block}" : "";
        return _layouts[value] is not { } layout
            ? place
            : (layout.Lanes == 1 ? ", planes" : "")
                + (
                    layout.IsDense
                        ? ""
                        : $", halo {layout.Front}+{layout.Back} {layout.Top}+{layout.Bottom} {layout.Left}+{layout.Right}"
                )
                + place;
    }

    /// <summary>The names of the first and the last node; of the last without the path that both have.</summary>
    private static string Names(FusedStep step)
    {
        string first = step.Node.Name,
            last = step.Output.Name,
            path = first[..(first.LastIndexOf('.') + 1)];
        return step.Output == step.Node.Output
            ? first
            : $"{first} .. {(last.StartsWith(path, StringComparison.Ordinal) ? last[path.Length..] : last)}";
    }

    private static string FormOf(FusedStep step) =>
        step.Form is null
            ? "eager"
            : step.Form.GetType().Name.Replace("Form", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Taken(FusedStep step) =>
        (step.Scale is null ? "" : ", scaled")
        + (step.Form is ConvolutionForm && step.Inputs.Count > 1 ? $", plus {step.Inputs[1].Name}" : "")
        + (step.IsClamped ? string.Create(CultureInfo.InvariantCulture, $", {step.Low} to {step.High}") : "")
        + (step.Map is null ? "" : ", map");
}
