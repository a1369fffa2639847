namespace Fovea.Workbench;

/// <summary>3.1: whether gradients vanish or explode on their way back, before anything is trained.</summary>
/// <remarks>
/// Every operator's gradient rule in turn, from the output back. What is followed is the squared norm of the gradient of a layer's output, its mean square times its elements, as pooling
/// and strides leave that alone; a line is fitted to its logarithm over the depth in layers. Known: ReLU with PyTorch's layer default loses 1/6 a layer; batch normalization and ReLU
/// without skips gains pi / (pi - 1) = 1.467 (Yang et al. 2019, https://arxiv.org/abs/1902.08129), with skips hardly anything.
/// </remarks>
public sealed class GradientScale : Question
{
    /// <inheritdoc/>
    public override string Id => "3.1";

    /// <inheritdoc/>
    public override string Text => "Will gradients vanish or explode before training begins?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        FilterLayer[] layers = OfTrunk(evidence);
        if (layers.Length < 2)
        {
            return NotApplicable("There are fewer than two layers with filters.");
        }

        PathLengths paths = PathLengths.Of(evidence.Graph);
        (FilterLayer Layer, double Depth, double Power)[] points =
        [
            .. layers.Select(l => (l, (double)paths.LongestTo(l.Node.Output), Math.Log10((evidence.Signals.Gradient(l.Node.Output) ?? 0.0) * l.Node.Output.Shape.Single.Count)))
                .Where(p => double.IsFinite(p.Item3)),
        ];
        if (layers.Any(l => evidence.Signals.Gradient(l.Node.Output) is null) || points.Select(p => p.Depth).Distinct().Count() < 2)
        {
            Node? node = Wiring.FirstWithoutRule(evidence);
            return CannotTell(node is null ? "Gradients reach fewer than two layers: weights behind them start at 0." : $"{node.Operator.Name} at {node.Name} has no variance or gradient rule.");
        }

        return Judge(points);
    }

    private Answer Judge((FilterLayer Layer, double Depth, double Power)[] points)
    {
        double slope = Slope(points), range = points.Max(p => p.Depth) - points.Min(p => p.Depth), drift = -slope * range, perLayer = Math.Pow(10.0, -slope);
        Verdict verdict = SignalLimits.VerdictOf(Math.Abs(drift));
        double end = points[^1].Power;
        FilterLayer? bad = points.LastOrDefault(p => Math.Abs(p.Power - end) > SignalLimits.Look).Layer;
        string way = drift < 0.0 ? "vanish" : "explode";
        string finding = verdict == Verdict.Ok
            ? $"Gradients keep their scale: their power changes {perLayer:G4} times a layer towards the input, {Math.Pow(10.0, drift):G3} times over {range:F0} layers."
            : $"Gradients {way}: their power changes {perLayer:G4} times a layer towards the input, {Math.Pow(10.0, drift):G3} times over {range:F0} layers"
                + (bad is null ? "." : $"; from the output back, {bad.Name} is the first beyond a thousand times.");
        return Answer(verdict, finding) with
        {
            Layers = verdict != Verdict.Ok && bad is not null ? [bad.Name] : [],
            Predicted =
            [
                new("gradientPowerPerLayer", perLayer, "ratio"), new("slope", slope / 2.0, "decades of norm a layer"), new("drift", drift / 2.0, "decades of norm"),
                new("layers", points.Length, "layers"), new("depth", range, "layers"),
            ],
            Threshold = SignalLimits.Text("gradient's power"),
            Source = SignalLimits.Source,
            Remedy = verdict == Verdict.Ok ? "" : drift < 0.0
                ? "Draw the weights by KaimingNormal, or put a normalization behind each layer."
                : "Put skips around every two or three layers, or draw smaller weights.",
        };
    }

    /// <summary>The layers whose output still has positions; in a network without such, all. Gates and heads have gradients of another scale.</summary>
    private static FilterLayer[] OfTrunk(Evidence evidence)
    {
        IReadOnlyList<FilterLayer> all = [.. FilterLayer.Of(evidence).Where(l => l.Node.Output.IsActivation)];
        FilterLayer[] maps = [.. all.Where(l => evidence.Fields[l.Node.Output] is { } f && f.Axes.Any(a => a.Axis >= 0 && a.Main.Jump > 0.0))];
        return maps.Length > 2 ? maps : [.. all];
    }

    /// <summary>Least squares: change of the logarithm of the power with each layer towards the output.</summary>
    private static double Slope((FilterLayer Layer, double Depth, double Power)[] points)
    {
        double x = points.Average(p => p.Depth), y = points.Average(p => p.Power);
        return points.Sum(p => (p.Depth - x) * (p.Power - y)) / points.Sum(p => (p.Depth - x) * (p.Depth - x));
    }
}
