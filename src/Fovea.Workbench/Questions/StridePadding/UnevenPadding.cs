namespace Fovea.Workbench;

/// <summary>2.2: whether any strided window leaves the end of its input, or of its padding, unread.</summary>
/// <remarks>
/// With n input positions, padding before and after and a window of extent e, the last (n + before + after - e) mod stride padded positions are never read. Padding that was
/// meant to be even is then uneven, or pixels are dropped; features shift towards the top left. Alsallakh et al. 2021, Mind the Pad, https://arxiv.org/abs/2010.02178.
/// </remarks>
public sealed class UnevenPadding : Question
{
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
            .. evidence.Graph.Nodes.Select(n => (Node: n, Axes: evidence.WindowsOf(n).Select(w => w.Window).Where(w => w.Stride > 1).ToArray())).Where(n => n.Axes.Length > 0),
        ];
        if (strided.Length == 0)
        {
            return NotApplicable("No window has a stride above 1.");
        }

        (Node Node, WindowAxisMap[] Axes)[] uneven = [.. strided.Where(s => s.Axes.Any(a => a.Unread > 0))];
        int dropped = uneven.Count(s => s.Axes.Any(a => a.Dropped > 0));
        string finding = uneven.Length == 0
            ? $"All {strided.Length} strided operators read their input to the end."
            : $"{uneven.Length} of {strided.Length} strided operators leave the end of their padded input unread at {evidence.InputText}; {dropped} of them drop input positions, the others only padding.";
        return Answer(uneven.Length == 0 ? Verdict.Ok : Verdict.Look, finding) with
        {
            Layers = [.. uneven.OrderByDescending(u => u.Axes.Max(a => a.Dropped)).ThenBy(u => u.Node.Index).Select(u => u.Node.Name)],
            Predicted = [new("stridedOperators", strided.Length, "operators"), new("uneven", uneven.Length, "operators"), new("dropping", dropped, "operators")],
            Threshold = "any strided operator with (n + padding - extent) mod stride above 0",
            Source = "Alsallakh et al. 2021, Mind the Pad",
            Remedy = uneven.Length == 0 ? "" : "Use an input size at which every stride comes out even (question 2.3 names them), or padding on one side only.",
            Experiment = uneven.Length == 0 ? "" : $"fovea inspect {evidence.Model} --input {evidence.SweepText()}",
        };
    }
}
