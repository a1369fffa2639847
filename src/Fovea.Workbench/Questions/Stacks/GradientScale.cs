namespace Fovea.Workbench;

/// <summary>3.1: whether gradients vanish or explode on their way back, before anything is trained.</summary>
/// <remarks>
/// Every operator's gradient rule in turn, from the output back. What is followed is the squared norm of the gradient
/// of a layer's output (behind its normalization, where it has one), its
/// mean square times its elements, as pooling and strides leave that alone; a line is fitted to its logarithm over the
/// depth in layers. Known: ReLU with PyTorch's layer default loses 1/6 a layer; batch normalization and ReLU
/// without skips gains pi / (pi - 1) = 1.467 (Yang et al. 2019, https://arxiv.org/abs/1902.08129), with skips hardly
/// anything.
/// </remarks>
public sealed class GradientScale : Question
{
    // Decades of power. GoogLeNet and MobileNetV1, which train without skips, drift 2e4 and 1e4 times; plain-34 of He
    // et al. 2016, which suffers, 3e5 times; plain-56 1e9 times.
    private const double Look = 5.0,
        Fix = 8.0;

    // With normalization: between ResNet-152, 1.135 a layer, which trains, and the 1.467 at which about 50 layers do
    // not.
    private const double Bearable = 1.3;

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
            .. layers
                .Select(l =>
                    (
                        l,
                        (double)paths.LongestTo(l.Node.Output),
                        Math.Log10((evidence.Signals.Gradient(l.Result) ?? 0.0) * l.Result.Shape.Single.Count)
                    )
                )
                .Where(p => double.IsFinite(p.Item3)),
        ];
        if (
            layers.Any(l => evidence.Signals.Gradient(l.Result) is null)
            || points.Select(p => p.Depth).Distinct().Count() < 2
        )
        {
            Node? node = Wiring.FirstWithoutRule(evidence);
            return CannotTell(
                node is null
                    ? "Gradients reach fewer than two layers: weights behind them start at 0."
                    : $"{node.Operator.Name} at {node.Name} has no variance or gradient rule."
            );
        }

        bool normalized = 2 * evidence.Graph.Nodes.Count(n => n.Has(OperatorTraits.Normalizes)) >= layers.Length;
        return Judge(points, normalized);
    }

    private Answer Judge((FilterLayer Layer, double Depth, double Power)[] points, bool normalized)
    {
        double slope = Slope(points),
            range = points.Max(p => p.Depth) - points.Min(p => p.Depth),
            drift = -slope * range,
            perLayer = Math.Pow(10.0, -slope);
        bool bearable = normalized && Math.Abs(slope) < Math.Log10(Bearable);
        Verdict verdict =
            bearable || Math.Abs(drift) <= Look ? Verdict.Ok
            : Math.Abs(drift) <= Fix ? Verdict.Look
            : Verdict.Fix;
        double end = points[^1].Power;
        FilterLayer? bad = points.LastOrDefault(p => Math.Abs(p.Power - end) > Look).Layer;
        string way = drift < 0.0 ? "vanish" : "explode";
        string finding =
            verdict == Verdict.Ok
                ? $"Gradients {(bearable && Math.Abs(drift) > Look ? "drift slowly, which normalization bears" : "keep their scale")}: their power changes {perLayer:G4} times a layer towards the input, {Math.Pow(10.0, drift):G3} times over {range:F0} layers."
                : $"Gradients {way}: their power changes {perLayer:G4} times a layer towards the input, {Math.Pow(10.0, drift):G3} times over {range:F0} layers"
                    + (bad is null ? "." : $"; from the output back, {bad.Name} is the first beyond 1e5 times.");
        return Answer(verdict, finding) with
        {
            Layers = verdict != Verdict.Ok && bad is not null ? [bad.Name] : [],
            Predicted =
            [
                new("gradientPowerPerLayer", perLayer, "ratio"),
                new("slope", slope / 2.0, "decades of norm a layer"),
                new("drift", drift / 2.0, "decades of norm"),
                new("layers", points.Length, "layers"),
                new("depth", range, "layers"),
            ],
            Threshold =
                $"to look at: a gradient's power beyond 1e-5 to 1e5 times; to fix: beyond 1e-8 to 1e8; with normalization only from {Bearable} times a layer on",
            Source =
                SignalLimits.Source
                + "; Yang et al. 2019: with batch normalization about 50 layers of 1.467 times stop training",
            Remedy =
                verdict == Verdict.Ok ? ""
                : drift < 0.0 ? "Draw the weights by KaimingNormal, or put a normalization behind each layer."
                : "Put skips around every two or three layers, or draw smaller weights.",
        };
    }

    /// <summary>The layers whose output still has positions; in a network without such, all. Gates and heads have
    /// gradients of another scale.</summary>
    private static FilterLayer[] OfTrunk(Evidence evidence)
    {
        IReadOnlyList<FilterLayer> all = [.. FilterLayer.Of(evidence).Where(l => l.Node.Output.IsActivation)];
        FilterLayer[] maps =
        [
            .. all.Where(l => evidence.FieldOf(l.Node.Output) is { } f && f.Axes.Any(a => a.HasPositions)),
        ];
        return maps.Length > 2 ? maps : [.. all];
    }

    /// <summary>Least squares: change of the logarithm of the power with each layer towards the output.</summary>
    private static double Slope((FilterLayer Layer, double Depth, double Power)[] points)
    {
        double x = points.Average(p => p.Depth),
            y = points.Average(p => p.Power);
        return points.Sum(p => (p.Depth - x) * (p.Power - y)) / points.Sum(p => (p.Depth - x) * (p.Depth - x));
    }
}
