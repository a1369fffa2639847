namespace Fovea.Workbench;

/// <summary>1.7: whether filters of a layer start different from each other.</summary>
/// <remarks>
/// Units with equal incoming and equal outgoing weights get equal gradients and stay equal for ever: Goodfellow,
/// Bengio, Courville 2016, Deep learning, section 8.4. Equal incoming
/// weights alone are broken by the first step. Filters of a depthwise convolution read different channels and may be
/// equal; weights of 0 that end in a sum (Zhang et al. 2019, Fixup,
/// https://arxiv.org/abs/1901.09321) or at the output are usual.
/// </remarks>
public sealed class BrokenSymmetry : Question
{
    private const int Sample = 8,
        SampleInputs = 64;

    /// <inheritdoc/>
    public override string Id => "1.7";

    /// <inheritdoc/>
    public override string Text => "Is the symmetry between the filters of a layer broken at the start?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        FilterLayer[][] layers =
        [
            .. FilterLayer
                .ByLayer(evidence)
                .Where(uses =>
                    uses[0].Weight is { RequiresGrad: true } && uses[0].Filters.OutChannels / uses[0].Filters.Groups > 1
                ),
        ];
        if (layers.Length == 0)
        {
            return NotApplicable("No layer learns several filters on the same input.");
        }

        FilterLayer[][] alike = [.. layers.Where(AreAlike)];
        HashSet<Node> nodes = [.. alike.SelectMany(uses => uses).Select(l => l.Node)];
        FilterLayer[][] loose = [.. alike.Where(uses => !uses.Any(IsUsual))]; // one use that tells them apart is enough
        FilterLayer[] suspect = [.. loose.Select(uses => uses[0])];
        FilterLayer[] forever = [.. loose.Where(uses => uses.All(l => IsForever(l, nodes))).Select(uses => uses[0])];
        FilterLayer? worst = forever.FirstOrDefault() ?? suspect.FirstOrDefault();
        string finding =
            worst is null
                ? $"All {Figures.Of(layers.Length, "layer")} start with filters that differ{(alike.Length > 0 ? $", {alike.Length} apart that end a branch or the network" : "")}."
            : forever.Length > 0
                ? $"All {worst.Filters.OutChannels} filters of {worst.Name} start alike ({worst.Weight!.Initializer}) and so do the filters behind them: they get the same gradients and never come apart; {forever.Length} of {layers.Length} layers."
            : $"All {worst.Filters.OutChannels} filters of {worst.Name} start alike ({worst.Weight!.Initializer}): they compute the same until the first step; {suspect.Length} of {layers.Length} layers.";
        return Answer(
            forever.Length > 0 ? Verdict.Fix
                : suspect.Length > 0 ? Verdict.Look
                : Verdict.Ok,
            finding
        ) with
        {
            Layers = [.. forever.Concat(suspect.Except(forever)).Select(l => l.Name)],
            Predicted =
            [
                new("layers", layers.Length, "layers"),
                new("alike", suspect.Length, "layers"),
                new("alikeForEver", forever.Length, "layers"),
            ],
            Threshold = "to fix: equal filters with equal filters behind them; to look at: equal filters alone",
            Source = "Goodfellow et al. 2016, Deep learning, section 8.4",
            Remedy = worst is null
                ? ""
                : $"Draw the weights of {Figures.Names([.. suspect.Select(l => l.Name)])} at random, e.g. with KaimingNormal.",
        };
    }

    /// <summary>Whether a rule gives two filters of a group the same values, biases included: known of a rule without
    /// variance, tried on a few filters of the others.</summary>
    private static bool AreAlike(FilterLayer[] uses)
    {
        FilterLayer layer = uses[0];
        Parameter weight = layer.Weight!;
        if (
            layer.Node.Inputs.Any(i =>
                i.Parameter is { Kind: ParameterKind.Bias } b
                && b.Initializer.Variance(b.Shape) > 0.0
                && !uses.All(IsCentred)
            )
        )
        {
            return false;
        }

        if (weight.Initializer.Variance(weight.Shape) <= 0.0)
        {
            return true;
        }

        // A rule of the library that draws is known not to repeat itself; of others a small weight is drawn.
        int filters = Math.Min(Sample, layer.Filters.OutChannels / layer.Filters.Groups);
        Tensor sample = Tensor.Zeros(SampleShape(layer, filters));
        try
        {
            weight.Initializer.Fill(sample, new Rng(0));
        }
        catch (ShapeException)
        {
            return false; // a rule for certain shapes only, such as the identity: it has its reasons
        }

        float[] values = sample.ToArray();
        int axis = layer.Filters.IsTransposed ? 1 : 0;
        return Enumerable
            .Range(1, filters - 1)
            .All(i => Filter(sample.Shape, values, axis, i).SequenceEqual(Filter(sample.Shape, values, axis, 0)));
    }

    private static Shape SampleShape(FilterLayer layer, int filters)
    {
        int inputs = Math.Min(SampleInputs, layer.Filters.InChannels / layer.Filters.Groups);
        return Shape.Create(
            layer.Filters.IsTransposed
                ? [inputs, filters, .. layer.Filters.Kernel]
                : [filters, inputs, .. layer.Filters.Kernel]
        );
    }

    private static IEnumerable<float> Filter(Shape shape, float[] values, int axis, int index)
    {
        int inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++)
        {
            inner *= shape[i];
        }

        return values.Where((_, i) => i / inner % shape[axis] == index);
    }

    private static bool IsCentred(FilterLayer layer) =>
        Wiring.OnlyReader(layer.Node.Output)?.Has(OperatorTraits.RemovesChannelMean) ?? false;

    /// <summary>Whether the layer ends the network, or starts a residual branch at 0.</summary>
    private static bool IsUsual(FilterLayer layer)
    {
        List<Node> next = NextFilters(layer.Node);
        Parameter weight = layer.Weight!;
        return next.Count == 0
            || (
                weight.Initializer.Variance(weight.Shape) <= 0.0
                && weight.Initializer.MeanValue(weight.Shape) == 0.0
                && EndsInSum(layer.Node)
            );
    }

    private static bool EndsInSum(Node layer)
    {
        Node? node = Wiring.OnlyReader(layer.Output);
        while (node is not null && !node.Has(OperatorTraits.Sum) && !node.HasFilters())
        {
            node = Wiring.OnlyReader(node.Output);
        }

        return node is not null && node.Has(OperatorTraits.Sum);
    }

    private static bool IsForever(FilterLayer layer, HashSet<Node> alike) =>
        NextFilters(layer.Node).All(n => alike.Contains(n) || n.Inputs.Any(IsConstant));

    private static bool IsConstant(Value value) =>
        value.Parameter is { Kind: ParameterKind.Weight } p && p.Initializer.Variance(p.Shape) <= 0.0;

    /// <summary>The filters that a layer's output reaches first.</summary>
    private static List<Node> NextFilters(Node layer)
    {
        List<Node> found = [];
        HashSet<Node> seen = [];
        Stack<Node> open = new(layer.Output.Consumers);
        while (open.TryPop(out Node? node))
        {
            if (!seen.Add(node))
            {
                continue;
            }

            if (node.HasFilters())
            {
                found.Add(node);
                continue;
            }

            foreach (Node next in node.Output.Consumers)
            {
                open.Push(next);
            }
        }

        return found;
    }
}
