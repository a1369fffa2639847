namespace Fovea.Workbench;

/// <summary>2.2: whether any strided window leaves the end of its input, or of its padding, unread.</summary>
/// <remarks>
/// With n input positions, padding before and after and a window of extent e, the last (n + before + after - e) mod
/// stride padded positions are never read. Padding that was
/// meant to be even is then uneven, or pixels are dropped; features shift towards the top left. Alsallakh et al. 2021,
/// Mind the Pad, https://arxiv.org/abs/2010.02178.
/// </remarks>
public sealed class UnevenPadding : Question
{
    private const double LargeShare = 0.1;

    /// <inheritdoc/>
    public override string Id => "2.2";

    /// <inheritdoc/>
    public override string Text => "Are any rows or columns silently dropped, or is padding applied unevenly?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        (Node Node, WindowAxisMap[] Axes)[] strided =
        [
            .. evidence
                .Graph.Nodes.Select(n =>
                    (Node: n, Axes: evidence.WindowsOf(n).Select(w => w.Window).Where(w => w.Stride > 1).ToArray())
                )
                .Where(n => n.Axes.Length > 0),
        ];
        if (strided.Length == 0)
        {
            return NotApplicable("No window has a stride above 1.");
        }

        (Node Node, WindowAxisMap[] Axes)[] uneven =
        [
            .. strided
                .Where(s => s.Axes.Any(a => a.Unread > 0))
                .OrderByDescending(u => u.Axes.Max(Lost))
                .ThenBy(u => u.Node.Index),
        ];
        int dropped = uneven.Count(s => s.Axes.Any(a => a.Dropped > 0));
        double[] shift = Shift(evidence),
            share = [.. uneven.SelectMany(u => u.Axes).Select(Lost).DefaultIfEmpty(0.0)];
        Verdict verdict =
            uneven.Length == 0 ? Verdict.Ok
            : share.Max() >= LargeShare ? Verdict.Fix
            : Verdict.Look;
        return Answer(
            verdict,
            uneven.Length == 0
                ? $"All {Operators(strided.Length)} read their input to the end."
                : Finding(evidence, strided.Length, uneven, dropped, shift)
        ) with
        {
            Layers = [.. uneven.Select(u => u.Node.Name)],
            Predicted =
            [
                new("stridedOperators", strided.Length, "operators"),
                new("uneven", uneven.Length, "operators"),
                new("dropping", dropped, "operators"),
                new("largestDrop", 100.0 * share.Max(), "%"),
                .. AxisText.Quantities("shift", shift, "pixels"),
            ],
            Threshold =
                "(n + padding - extent) mod stride above 0: Look; a tenth or more of an axis dropped at its end, beyond what the stride skips everywhere: Fix",
            Source =
                "Alsallakh et al. 2021, Mind the Pad, https://arxiv.org/abs/2010.02178; the tenth is Fovea's choice",
            Remedy =
                uneven.Length == 0
                    ? ""
                    : "Use an input size at which every stride comes out even (question 2.3 names them), or padding on one side only.",
            Experiment = uneven.Length == 0 ? "" : $"fovea inspect {evidence.Model} --input {evidence.SweepText()}",
        };
    }

    private static string Finding(
        Evidence evidence,
        int strided,
        (Node Node, WindowAxisMap[] Axes)[] uneven,
        int dropped,
        double[] shift
    )
    {
        string finding =
            $"{uneven.Length} of {Operators(strided)} {(uneven.Length == 1 ? "leaves" : "leave")} the end of the padded input unread at {evidence.InputText}: "
            + (
                dropped == 0 ? "padding only"
                : dropped == uneven.Length ? "pixels, not just padding"
                : $"{dropped} {(dropped == 1 ? "drops" : "drop")} pixels, the others padding only"
            )
            + ".";
        return shift.All(s => s == 0.0)
            ? finding
            : finding
                + $" The last map's centre lies {AxisText.ByAxis([.. shift.Select(s => $"{AxisText.Number(Math.Abs(s))} pixels {(s < 0.0 ? "behind" : "before")}")])} the input's.";
    }

    private static string Operators(int count) => count == 1 ? "1 strided operator" : $"{count} strided operators";

    /// <summary>The share of the axis dropped at its end, beyond the gaps that a stride above the window leaves
    /// everywhere.</summary>
    private static double Lost(WindowAxisMap a) =>
        (double)Math.Max(0, a.Dropped - Math.Max(0, a.Stride - a.Extent)) / a.In;

    /// <summary>How far the centre of the last map's fields lies before the centre of the input, by axis.</summary>
    private static double[] Shift(Evidence evidence)
    {
        Value map = evidence.LastMap;
        return
        [
            .. evidence.Graph.SpatialRank == 0 || evidence.Fields[map] is not { } field
                ? [0.0]
                : field.Axes.Select(
                    (a, i) =>
                        a.Axis >= 0 && a.Whole is { } seen
                            ? ((evidence.InputSizes[i] - 1.0) / 2.0) - ((seen.Low + seen.High) / 2.0)
                            : 0.0
                ),
        ];
    }
}
