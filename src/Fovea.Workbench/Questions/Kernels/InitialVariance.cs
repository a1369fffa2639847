namespace Fovea.Workbench;

/// <summary>1.8: how the part of the signal that tells items apart grows or fades with depth at the first
/// step.</summary>
/// <remarks>
/// Every operator's variance rule in turn, from data of variance 1; where a normalization follows a layer, behind it.
/// What biases add is the same for every item and left out. He et al. 2015, https://arxiv.org/abs/1502.01852, figures 2
/// and 3, give the scale: with a factor of 1/2 a layer a network of 22 layers still converges (2^-22 = 2.4e-7), one of
/// 30 (9.3e-10) does not.
/// </remarks>
public sealed class InitialVariance : Question
{
    // Averages over many positions are left out: the rule takes positions for independent, and data are not.
    private const int Averaged = 16;

    /// <inheritdoc/>
    public override string Id => "1.8";

    /// <inheritdoc/>
    public override string Text => "Which variance will each layer have at the start?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        FilterLayer[] layers = [.. Unaveraged(evidence)];
        (FilterLayer Layer, double Variance)[] known =
        [
            .. layers.Select(l => (l, evidence.Signals[l.Result]?.Variance ?? 0.0)).Where(l => l.Item2 > 0.0),
        ];
        if (known.Length == 0)
        {
            return Wiring.FirstWithoutRule(evidence) is { } node
                ? CannotTell($"{node.Operator.Name} at {node.Name} has no variance rule.")
                : NotApplicable("No layer with filters works on activations.");
        }

        (FilterLayer Layer, double Variance) worst = known.MaxBy(k => Distance(k.Variance)),
            first = known.FirstOrDefault(k => Distance(k.Variance) > SignalLimits.Look);
        double last = known[^1].Variance,
            factor = Math.Pow(last, 1.0 / known.Length);
        Verdict verdict = SignalLimits.VerdictOf(Distance(worst.Variance));
        string unknown =
            known.Length < layers.Length ? $" ({layers.Length - known.Length} layers unknown or silent)" : "";
        string finding =
            verdict == Verdict.Ok
                ? $"From data of variance 1 the variance stays between {known.Min(k => k.Variance):G3} and {known.Max(k => k.Variance):G3} over {Figures.Of(known.Length, "layer")}{unknown}."
                : $"The variance {(worst.Variance < 1.0 ? "fades" : "grows")} to {worst.Variance:G3} at {worst.Layer.Name}, a factor of {factor:G3} a layer over {Figures.Of(known.Length, "layer")}{unknown}; {first.Layer.Name} is the first beyond ten thousand times.";
        return Answer(verdict, finding) with
        {
            Layers = verdict == Verdict.Ok ? [] : [first.Layer.Name, worst.Layer.Name],
            Predicted =
            [
                new("smallestVariance", known.Min(k => k.Variance), "squared activation"),
                new("largestVariance", known.Max(k => k.Variance), "squared activation"),
                new("lastVariance", last, "squared activation"),
                new("factorPerLayer", factor, "ratio"),
                new("layers", known.Length, "layers"),
            ],
            Threshold = SignalLimits.Text("variance"),
            Source = SignalLimits.Source,
            Remedy =
                verdict == Verdict.Ok
                    ? ""
                    : "Draw the weights by KaimingNormal (He et al. 2015), or put a normalization behind each layer.",
        };
    }

    private static double Distance(double variance) => Math.Abs(Math.Log10(variance));

    /// <summary>The layers that do not stand behind an average over many positions, or stand behind a normalization
    /// after it.</summary>
    private static IEnumerable<FilterLayer> Unaveraged(Evidence evidence)
    {
        HashSet<Value> averaged = [];
        foreach (Node node in evidence.Graph.Nodes)
        {
            bool averages =
                !node.HasFilters()
                && node.Has(OperatorTraits.Linear)
                && !node.Has(OperatorTraits.Moves)
                && node.Activations.Any(a => a.Value.Shape.Single.Count >= Averaged * node.Output.Shape.Single.Count);
            if (
                averages
                || (!node.Has(OperatorTraits.Normalizes) && node.Activations.Any(a => averaged.Contains(a.Value)))
            )
            {
                averaged.Add(node.Output);
            }
        }

        return FilterLayer.Of(evidence).Where(l => l.Node.Output.IsActivation && !averaged.Contains(l.Node.Output));
    }
}
