namespace Fovea.Workbench;

/// <summary>1.6: whether the first weights' variance suits the activation that follows.</summary>
/// <remarks>
/// A layer keeps the second moment of its signal when fan in x Var(W) x E[f(z)²] = 1, with z standard normal and f the
/// activation: for ReLU Var(W) = 2 / fan in. He et al. 2015,
/// https://arxiv.org/abs/1502.01852; Glorot, Bengio 2010: 2 / (fan in + fan out); LeCun et al. 1998: 1 / fan in; PyTorch's layers: 1 / (3 fan in). Where a normalization follows, the
/// scale has no effect on what the network computes. For activations that are mostly offset, such as sigmoid, 1 / fan
/// in is wanted. Gates of squeeze-excite are left out.
/// </remarks>
public sealed class InitialRule : Question
{
    // The bound of Ben Braiek and Khomh's TheDeepChecker on the ratio of the variance to the one wanted.
    internal const double Bound = 2.70554;

    // A layer alone does little harm; from here on they add up.
    internal const double Together = 100.0;

    /// <inheritdoc/>
    public override string Id => "1.6";

    /// <inheritdoc/>
    public override string Text => "Does the initialization match the activation that follows?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        HashSet<Node> gates = Wiring.GateNodes(evidence.Graph);
        Start[] starts =
        [
            .. FilterLayer
                .Of(evidence)
                .Where(l => l.Weight is not null && !gates.Contains(l.Node))
                .Select(Start.Of)
                .OfType<Start>(),
        ];
        if (starts.Length == 0)
        {
            return NotApplicable("No layer with filters of its own is followed by an activation.");
        }

        Start[] bare = [.. starts.Where(s => !s.IsNormalized)];
        Start[] off =
        [
            .. bare.Where(s => Math.Max(s.Factor, 1.0 / s.Factor) > Bound)
                .OrderByDescending(s => Math.Abs(Math.Log(s.Factor))),
        ];
        string common = bare.DefaultIfEmpty().GroupBy(s => s?.Closest ?? starts[0].Closest).MaxBy(g => g.Count())!.Key;
        double product = bare.Aggregate(1.0, (p, s) => p * s.Factor);
        bool unsuited = off.Length > 0 && Math.Max(product, 1.0 / product) > Together;
        string finding =
            bare.Length == 0
                ? $"All {Layers(starts)} layers before an activation are normalized, which takes the scale of their weights away; {starts[0].Layer.Name} starts as {starts[0].Closest}."
            : off.Length == 0
                ? $"{Figures.Of(Layers(bare), "layer")} without normalization start as {common}, with {bare.Min(s => s.Factor):G3} to {bare.Max(s => s.Factor):G3} times the variance that keeps the signal's scale."
            : $"{off[0].Layer.Name} starts as {off[0].Closest} before {off[0].Activation}: {off[0].Factor:G3} times the variance that keeps the signal's scale; {Layers(off)} of {Layers(bare)} layers without normalization are off, all together {product:G3} times.";
        return Answer(unsuited ? Verdict.Look : Verdict.Ok, finding) with
        {
            Layers = [.. (unsuited ? off : []).Select(s => s.Layer.First.Name).Distinct()],
            Predicted =
            [
                new("layersBeforeActivation", Layers(starts), "layers"),
                new("normalized", Layers(starts) - Layers(bare), "layers"),
                new("unsuited", Layers(off), "layers"),
                .. bare.Length > 0
                    ?
                    [
                        new("smallestFactor", bare.Min(s => s.Factor), "ratio"),
                        new("largestFactor", bare.Max(s => s.Factor), "ratio"),
                        new("product", product, "ratio"),
                    ]
                    : Array.Empty<Quantity>(),
            ],
            Threshold =
                "layers without normalization with less than 1/2.71 or more than 2.71 times the variance wanted, if all together are off by more than 100 times",
            Source =
                "He et al. 2015, equations 7 to 10; the bound is TheDeepChecker's (Ben Braiek, Khomh 2022), the hundred ours",
            Remedy = unsuited
                ? $"Set Weight.Initializer of {Figures.Names([.. off.Select(s => s.Layer.First.Name).Distinct()])} to {(off[0].Wanted > 1.5 ? "KaimingNormal" : "XavierNormal")}: variance {off[0].Wanted:G3} / fan in."
                : "",
        };
    }

    /// <summary>Layers among uses: signals pass every use, weights are drawn once.</summary>
    private static int Layers(IEnumerable<Start> starts) => starts.DistinctBy(s => s.Layer.First).Count();

    /// <summary>How a layer starts, at one of its uses.</summary>
    /// <param name="Layer">The layer.</param>
    /// <param name="Activation">The activation's name.</param>
    /// <param name="IsNormalized">Whether a normalization takes its scale away.</param>
    /// <param name="Factor">Its weights' variance over the one wanted: for centred activations what it multiplies its
    /// signal's mean square by.</param>
    /// <param name="Wanted">Fan in x variance that would make the factor 1.</param>
    /// <param name="Closest">The rule of the field with the nearest variance.</param>
    internal sealed record Start(
        FilterLayer Layer,
        string Activation,
        bool IsNormalized,
        double Factor,
        double Wanted,
        string Closest
    )
    {
        public static Start? Of(FilterLayer layer)
        {
            Parameter weight = layer.Weight!;
            (Node? activation, bool normalized) = Wiring.ActivationAfter(layer.Node);
            double variance = weight.Initializer.Variance(weight.Shape);
            if (activation is null || variance <= 0.0 || After(activation) is not { MeanSquare: > 0.0 } after)
            {
                return null;
            }

            (long fanIn, long fanOut) = Fans(layer);
            double wanted = after.Mean * after.Mean > 0.5 * after.MeanSquare ? 1.0 : 1.0 / after.MeanSquare;
            return new Start(
                layer,
                activation.Operator.Name,
                normalized,
                fanIn * variance / wanted,
                wanted,
                Nearest(variance, fanIn, fanOut)
            );
        }

        /// <summary>Statistics of f(z) for standard normal z; null where the activation's rule is missing.</summary>
        private static Signal? After(Node activation)
        {
            Signal?[] inputs =
            [
                .. activation.Inputs.Select(i =>
                    i.Parameter is { } p
                        ? new Signal(p.Initializer.MeanValue(p.Shape), 0.0, p.Initializer.Variance(p.Shape))
                        : Signal.Standard
                ),
            ];
            return activation.Operator.Propagate(new SignalUse(activation.Shapes, inputs));
        }

        /// <summary>Fans of a layer's weight, as its signals meet them.</summary>
        public static (long FanIn, long FanOut) Fans(FilterLayer layer) =>
            layer.Filters.IsTransposed
                ? Swap(Initializer.Fans(layer.Weight!.Shape))
                : Initializer.Fans(layer.Weight!.Shape);

        private static (long FanIn, long FanOut) Swap((long In, long Out) fans) => (fans.Out, fans.In);

        /// <summary>The rule of the field with the nearest variance, and how far off it is.</summary>
        public static string Nearest(double variance, long fanIn, long fanOut)
        {
            (string Name, double Variance)[] rules =
            [
                ("He's rule by fan in", 2.0 / fanIn),
                ("He's rule by fan out", 2.0 / fanOut),
                ("Glorot's rule", 2.0 / (fanIn + fanOut)),
                ("LeCun's rule", 1.0 / fanIn),
                ("PyTorch's layer default", 1.0 / (3.0 * fanIn)),
            ];
            (string name, double own) = rules.MinBy(r => Math.Abs(Math.Log(variance / r.Variance)));
            double ratio = variance / own;
            return ratio is > 0.8 and < 1.25 ? name : $"{ratio:G3} times {name}";
        }
    }
}
