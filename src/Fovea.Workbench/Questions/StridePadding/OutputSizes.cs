namespace Fovea.Workbench;

/// <summary>2.1: how sizes fall from the input to the last map, and whether they die before the end.</summary>
/// <remarks>Every size is floor((n + padding - extent) / stride) + 1, or what the operator's shape rule says;
/// <see cref="Operator.Explain"/> gives each with its numbers.</remarks>
public sealed class OutputSizes : Question
{
    private const int DeepNetwork = 4;
    private const double WastedShare = 0.25;

    /// <inheritdoc/>
    public override string Id => "2.1";

    /// <inheritdoc/>
    public override string Text => "What is every output size, and why?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Graph.SpatialRank == 0)
        {
            return NotApplicable("The input has no spatial axes.");
        }

        (Node Node, WindowAxisMap[] Axes)[] windows =
        [
            .. evidence
                .Graph.Nodes.Select(n => (n, evidence.WindowsOf(n).Select(w => w.Window).ToArray()))
                .Where(n => n.Item2.Length > 0),
        ];
        (Node Node, WindowAxisMap[] Axes)[] several =
        [
            .. windows.Where(w =>
                w.Axes.Any(a => a.Kernel > 1) && evidence.Fields[w.Node.Inputs[0]]!.Axes.Any(a => a.HasPositions)
            ),
        ];
        (Node Node, WindowAxisMap[] Axes)[] starved =
        [
            .. several.Where(w => w.Axes.All(a => a.In == 1) && w.Axes.Any(a => a.Out == 1 && a.Before + a.After > 0)),
        ];
        string[] pooled = PooledConvolutions(evidence);
        Verdict verdict =
            starved.Any(s => s.Axes.Any(a => a.Stride > 1)) || starved.Length > WastedShare * several.Length
                ? Verdict.Fix
            : starved.Length > 0 || pooled.Length > 0 ? Verdict.Look
            : Verdict.Ok;
        return Answer(verdict, Finding(evidence, starved, pooled)) with
        {
            Layers = [.. starved.Select(s => s.Node.Name).Concat(pooled).Distinct()],
            Predicted =
            [
                .. AxisText.Quantities(
                    "lastMap",
                    [.. MapSizes(evidence, evidence.LastMap).Select(s => (double)s)],
                    "positions"
                ),
                .. AxisText.Quantities("jump", [.. evidence.Fields[evidence.LastMap]?.Stride ?? [1.0]], "pixels"),
                new("windowsOnOnePosition", starved.Length, "operators"),
                new("pooledConvolutions", pooled.Length, "operators"),
            ],
            Threshold =
                "a window of several taps on a map of one position: Look; more than a quarter of all such windows, or a strided one: Fix; a pool behind each of 4 or more convolutions: Look",
            Source = "shape rules; Nikanjam et al. 2021, NeuraLint, https://arxiv.org/abs/2105.08095, rules 13 and 25",
            Remedy =
                verdict == Verdict.Ok
                    ? ""
                    : "Take away strides or pools until the last map has several positions, or use a larger input.",
            Experiment = verdict == Verdict.Ok ? "" : $"fovea inspect {evidence.Model} --input {evidence.SweepText()}",
        };
    }

    private static string Finding(Evidence evidence, (Node Node, WindowAxisMap[] Axes)[] starved, string[] pooled)
    {
        string finding = $"{Chain(evidence)}.";
        if (starved.Length > 0)
        {
            finding +=
                $" From {starved[0].Node.Name} on, {starved.Length} {(starved.Length == 1 ? "window has" : "windows have")} a single position to read and padding around it.";
        }

        return pooled.Length == 0
            ? finding
            : finding + $" Each of the {pooled.Length} convolutions is followed by a pool.";
    }

    /// <summary>Each change of size once, at the first layer that makes it.</summary>
    private static string Chain(Evidence evidence)
    {
        const int Most = 12;
        List<string> steps = [AxisText.Sizes(evidence.InputSizes)];
        HashSet<string> seen = [];
        foreach (Node node in evidence.Graph.Nodes.Take((evidence.LastMap.Producer?.Index ?? -1) + 1))
        {
            int[] before = node.Inputs.Count > 0 ? MapSizes(evidence, node.Inputs[0]) : [],
                after = MapSizes(evidence, node.Output);
            if (
                before.Length == after.Length
                && after.Length > 0
                && !before.SequenceEqual(after)
                && seen.Add($"{AxisText.Sizes(before)} {AxisText.Sizes(after)}")
                && evidence.Fields[node.Output]!.Axes.Any(a => a.HasPositions)
            )
            {
                steps.Add($"{AxisText.Sizes(after)} ({node.Name})");
            }
        }

        string[] shown = steps.Count <= Most ? [.. steps] : [.. steps.Take(Most - 2), "...", steps[^1]];
        return steps.Count == 1 ? $"All maps have the input's {steps[0]}" : string.Join(" -> ", shown);
    }

    private static int[] MapSizes(Evidence evidence, Value value) =>
        evidence.Fields[value] is { } field
            ? [.. field.Axes.Where(a => a.Axis >= 0).Select(a => value.Shape.Single[a.Axis])]
            : [];

    /// <summary>The convolutions, where there are some and each of them is followed by a pool that shrinks before the
    /// next; else none.</summary>
    private static string[] PooledConvolutions(Evidence evidence)
    {
        Node[] convolutions = [.. evidence.Graph.Nodes.Where(IsConvolution)];
        return convolutions.Length >= DeepNetwork && convolutions.All(c => IsPooledNext(evidence, c.Output))
            ? [.. convolutions.Select(c => c.Name)]
            : [];
    }

    private static bool IsConvolution(Node node) =>
        node.Operator.Filters(node.Shapes) is { IsTransposed: false, Kernel: var kernel } && kernel.Any(k => k > 1);

    private static bool IsPooledNext(Evidence evidence, Value value) =>
        value.Consumers.Any(c =>
            !IsConvolution(c)
            && (
                ((c.Operator.Traits & OperatorTraits.Pool) != 0 && evidence.WindowsOf(c).Any(w => w.Window.Stride > 1))
                || IsPooledNext(evidence, c.Output)
            )
        );
}
