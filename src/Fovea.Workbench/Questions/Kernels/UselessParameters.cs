namespace Fovea.Workbench;

/// <summary>1.13: parameters and layers without effect: biases that a normalization takes away, layers that are one,
/// activations and normalizations applied twice.</summary>
/// <remarks>
/// Two convolutions with nothing but affine operators in between compute what one of kernel k1 + k2 - 1 computes. Such
/// a pair is meant where it is a factorization: fewer channels in the
/// middle, a depthwise part, kernels along different axes. NeuraLint's rules on useless biases, doubled and missing
/// activations: Nikanjam et al. 2021,
/// https://arxiv.org/abs/2105.08095.
/// </remarks>
public sealed class UselessParameters : Question
{
    /// <inheritdoc/>
    public override string Id => "1.13";

    /// <inheritdoc/>
    public override string Text => "Are there parameters or layers without effect?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        IReadOnlyList<FilterLayer> layers = FilterLayer.Of(evidence);
        if (layers.Count == 0)
        {
            return NotApplicable("No layer has filters.");
        }

        IReadOnlyList<FilterLayer> biased = WithUselessBias(evidence);
        (FilterLayer First, FilterLayer Second)[] pairs =
        [
            .. Collapsible(layers).DistinctBy(p => (p.First.First, p.Second.First)),
        ];
        Node[] doubled =
        [
            .. evidence.Graph.Nodes.Where(n =>
                Repeats(n, OperatorTraits.Activation) || Repeats(n, OperatorTraits.RemovesChannelMean)
            ),
        ];
        long values = biased.Sum(b => (long)b.Filters.OutChannels);
        List<string> found = [];
        if (pairs.Length > 0)
        {
            found.Add(
                $"{pairs[0].First.Name} and {pairs[0].Second.Name} have no activation in between and are one layer ({Figures.Of(pairs.Length, "such pair")})"
            );
        }

        if (doubled.Length > 0)
        {
            found.Add($"{doubled[0].Name} repeats what {doubled[0].Inputs[0].Name} does ({doubled.Length} in all)");
        }

        if (biased.Count > 0)
        {
            found.Add(
                $"without effect, as a normalization takes it away: {Figures.Of(biased.Count, "bias", "biases")} with {Figures.Count(values)} values, first {biased[0].Name}"
            );
        }

        bool wrong = pairs.Any(p => !IsPointwise(p.First) && !IsPointwise(p.Second));
        return Answer(
            wrong ? Verdict.Fix
                : found.Count > 0 ? Verdict.Look
                : Verdict.Ok,
            found.Count == 0 ? "Every layer, bias and activation has an effect." : string.Join("; ", found) + "."
        ) with
        {
            Layers =
            [
                .. pairs.Select(p => p.Second.Name),
                .. doubled.Select(d => d.Name),
                .. biased.Select(b => b.Name),
            ],
            Predicted =
            [
                new("collapsiblePairs", pairs.Length, "pairs"),
                new("repeatedLayers", doubled.Length, "layers"),
                new("uselessBiases", biased.Count, "layers"),
                new("uselessBiasValues", values, "values"),
            ],
            Threshold =
                "to fix: two layers that are one, unless they factorize it; to look at: such a pair with a 1x1 convolution, a bias before a normalization over its channel, an activation or normalization twice",
            Source = "algebra; Nikanjam et al. 2021, NeuraLint",
            Remedy =
                pairs.Length > 0
                    ? $"Put an activation between {pairs[0].First.Name} and {pairs[0].Second.Name}, or make them one."
                : doubled.Length > 0 ? $"Take {doubled[0].Name} out."
                : biased.Count > 0 ? "Build the layers before a normalization with bias: false."
                : "",
        };
    }

    /// <summary>The layers that add a constant to each channel which all that read them, at every use, take away
    /// again.</summary>
    internal static IReadOnlyList<FilterLayer> WithUselessBias(Evidence evidence) =>
        [.. FilterLayer.ByLayer(evidence).Where(uses => uses.All(HasUselessBias)).Select(uses => uses[0])];

    private static bool HasUselessBias(FilterLayer layer) =>
        layer.Filters.HasBias
        && layer.Node.Output.Consumers.Count > 0
        && layer.Node.Output.Consumers.All(c =>
            c.Inputs[0] == layer.Node.Output && c.Has(OperatorTraits.RemovesChannelMean)
        );

    /// <summary>A convolution of one tap: merging it saves its own weights, and no more.</summary>
    private static bool IsPointwise(FilterLayer layer) => layer.Filters is { Kernel.Count: > 0, Taps: 1 };

    private static IEnumerable<(FilterLayer First, FilterLayer Second)> Collapsible(IReadOnlyList<FilterLayer> layers)
    {
        foreach (FilterLayer first in layers)
        {
            if (
                Wiring.LinearSuccessor(first.Node) is { } node
                && layers.First(l => l.Node == node) is { } second
                && !IsFactorization(first, second)
            )
            {
                yield return (first, second);
            }
        }
    }

    /// <summary>Whether two layers spend less than the one they make, for a reason: a narrow middle, groups, kernels on
    /// different axes, or a change of cost by a 1-tap layer.</summary>
    private static bool IsFactorization(FilterLayer first, FilterLayer second)
    {
        FilterBank a = first.Filters,
            b = second.Filters;
        if (first.Node.Output.Shape.Rank != second.Node.Inputs[0].Shape.Rank)
        {
            return true; // a flattened map: the second has weights for each position
        }

        long taps = 1;
        bool shares = false;
        for (int i = 0; i < Math.Min(a.Kernel.Count, b.Kernel.Count); i++)
        {
            taps *= a.Kernel[i] + b.Kernel[i] - 1;
            shares |= a.Kernel[i] > 1 && b.Kernel[i] > 1;
        }

        bool dense = a.Groups == 1 && b.Groups == 1,
            narrow = a.OutChannels < Math.Min(a.InChannels, b.OutChannels);
        bool smaller = taps * a.InChannels * b.OutChannels <= first.WeightCount + second.WeightCount;
        return !(dense && !narrow && !a.IsTransposed && !b.IsTransposed && (smaller || shares));
    }

    private static bool Repeats(Node node, OperatorTraits trait)
    {
        if (!node.Has(trait) || node.Activations.Count() != 1)
        {
            return false;
        }

        Node? before = node.Inputs[0].Producer;
        while (
            before is not null
            && before.Has(OperatorTraits.Moves | OperatorTraits.Random)
            && before.Activations.Count() == 1
        )
        {
            before = before.Inputs[0].Producer;
        }

        return before is not null && before.Has(trait);
    }
}
