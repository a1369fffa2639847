namespace Fovea.Workbench;

/// <summary>2.13: whether a stride skips input: whether there are positions between the windows that no tap
/// touches.</summary>
/// <remarks>
/// Along an axis taps lie at k * dilation, so that the share of positions touched is the number of different k *
/// dilation mod stride, over the stride; without dilation min(kernel / stride, 1).
/// A 1x1 window of stride 2 leaves 1 - (1/2)^2 = 75 % unread. He, Zhang, Zhang, Zhang, Xie, Li 2019, Bag of Tricks,
/// https://arxiv.org/abs/1812.01187, section 4.
/// </remarks>
public sealed class SkippedInput : Question
{
    /// <inheritdoc/>
    public override string Id => "2.13";

    /// <inheritdoc/>
    public override string Text => "Does any stride skip input?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        (Node Node, double Unread)[] strided =
        [
            .. evidence
                .Graph.Nodes.Where(n => evidence.WindowsOf(n).Any(w => w.Window.Stride > 1))
                .Select(n => (n, 1.0 - Touched(evidence.WindowsOf(n)))),
        ];
        if (strided.Length == 0)
        {
            return NotApplicable("No window has a stride above 1.");
        }

        (Node Node, double Unread)[] skipping =
        [
            .. strided.Where(s => s.Unread > 0.0).OrderByDescending(s => s.Unread),
        ];
        if (skipping.Length == 0)
        {
            return Answer(
                Verdict.Ok,
                $"All {strided.Length} strided windows are at least as wide as their stride."
            ) with
            {
                Predicted = Numbers(0, 0.0, 0.0),
            };
        }

        (Value Value, double Lost)[] lost =
        [
            .. skipping
                .Select(s => s.Node.Inputs[0])
                .Distinct()
                .Select(v => (v, Lost(evidence, v)))
                .Where(l => l.Item2 > 0.0)
                .OrderByDescending(l => l.Item2),
        ];
        string worst =
            $"{skipping.Length} of {strided.Length} strided windows skip input, {AxisText.Layers([.. skipping.Select(s => s.Node.Name)])} up to {Percent(skipping[0].Unread)} of it";
        string seen =
            lost.Length == 0
                ? "other layers read what they skip"
                : $"{Percent(lost[0].Lost)} of the output of {lost[0].Value.Name} is read by no layer";
        return Answer(lost.Length == 0 ? Verdict.Look : Verdict.Fix, $"{worst}; {seen}.") with
        {
            Layers = [.. skipping.Select(s => s.Node.Name)],
            Predicted = Numbers(
                skipping.Length,
                100.0 * skipping[0].Unread,
                lost.Length == 0 ? 0.0 : 100.0 * lost[0].Lost
            ),
            Threshold = "a window that does not touch every position: Look; positions that no layer reads: Fix",
            Source =
                "share unread = 1 - product over the axes of touched / stride; He et al. 2019, Bag of Tricks, https://arxiv.org/abs/1812.01187",
            Remedy =
                lost.Length == 0
                    ? "An average pool of the stride before the 1x1 convolution reads all (ResNet-D)."
                    : "Make the window as wide as the stride, or move the stride to a wider window (ResNet-B).",
        };
    }

    private static Quantity[] Numbers(int windows, double unread, double lost) =>
        [new("skipping", windows, "operators"), new("largestUnread", unread, "%"), new("lost", lost, "%")];

    private static string Percent(double share) => $"{AxisText.Number(100.0 * share)} %";

    private static double Touched(IReadOnlyList<(int Axis, WindowAxisMap Window)> windows) =>
        windows.Aggregate(
            1.0,
            (product, w) =>
                product * Enumerable.Range(0, w.Window.Stride).Count(p => Touches(w.Window, p)) / w.Window.Stride
        );

    /// <summary>Whether a tap touches a position far from the borders.</summary>
    private static bool Touches(WindowAxisMap window, int position) =>
        window.Stride == 1
        || Enumerable
            .Range(0, window.Kernel)
            .Any(k => ((position + window.Before - (k * window.Dilation)) % window.Stride) == 0);

    /// <summary>The share of a value's positions that none of its readers touches.</summary>
    internal static double Lost(Evidence evidence, Value value)
    {
        IReadOnlyList<(int Axis, WindowAxisMap Window)>[] readers =
        [
            .. value.Consumers.Select(c => c.Inputs[0] == value ? evidence.WindowsOf(c) : []),
        ];
        if (readers.Any(r => r.All(w => w.Window.Stride == 1)))
        {
            return 0.0;
        }

        int rank = evidence.Graph.SpatialRank;
        int[] periods =
        [
            .. Enumerable
                .Range(0, rank)
                .Select(axis =>
                    readers
                        .SelectMany(r => r)
                        .Where(w => w.Axis == axis)
                        .Aggregate(1, (p, w) => p % w.Window.Stride == 0 ? p : p * w.Window.Stride)
                ),
        ];
        int cells = periods.Aggregate(1, (a, b) => a * b),
            unread = 0;
        for (int cell = 0; cell < cells; cell++)
        {
            int[] position = new int[rank];
            for (int axis = rank - 1, rest = cell; axis >= 0; rest /= periods[axis], axis--)
            {
                position[axis] = rest % periods[axis];
            }

            unread += readers.Any(r => r.All(w => Touches(w.Window, position[w.Axis]))) ? 0 : 1;
        }

        return (double)unread / cells;
    }
}
