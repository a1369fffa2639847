namespace Fovea.Workbench;

/// <summary>1.1: parameters, multiply-adds and bytes by layer, and how few layers hold most of them.</summary>
/// <remarks>
/// A first fully connected layer that reads all positions of a map often holds most parameters of a network: in VGG-16
/// 74 % of them. Global average pooling in front of it takes the
/// positions away: Lin, Chen, Yan 2014, Network in network, https://arxiv.org/abs/1312.4400, section 3.2.
/// </remarks>
public sealed class LayerCost : Question
{
    private const double Most = 0.8;

    /// <inheritdoc/>
    public override string Id => "1.1";

    /// <inheritdoc/>
    public override string Text => "What does each layer cost, and where does the cost sit?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        IReadOnlyList<FilterLayer[]> layers = FilterLayer.ByLayer(evidence);
        if (layers.Count == 0)
        {
            return NotApplicable("No layer has filters.");
        }

        CostSummary cost = evidence.Cost;
        Whole[] wholes = [.. cost.Nodes.GroupBy(n => n.SharedWith ?? n.Node).Select(Whole.Of)];
        Whole work = wholes.MaxBy(w => w.MultiplyAdds)!,
            weight = wholes.MaxBy(w => w.Parameters)!;
        NodeCost map = cost.Nodes.MaxBy(n => n.ActivationBytes)!;
        double workShare = Figures.Share(work.MultiplyAdds, cost.MultiplyAdds),
            weightShare = Figures.Share(weight.Parameters, cost.Parameters);
        int forWork = Fewest(wholes.Select(w => w.MultiplyAdds), cost.MultiplyAdds),
            forWeight = Fewest(wholes.Select(w => w.Parameters), cost.Parameters);
        bool heavyHead =
            weightShare > 0.5
            && weight.Node.Operator.Filters(weight.Node.Shapes) is { Kernel.Count: 0 }
            && ReadsPositions(weight.Node);
        string finding =
            $"{Figures.Count(cost.Parameters)} parameters and {Figures.Count(cost.MultiplyAdds)} multiply-adds an item; {work.Node.Name} does {Figures.Percent(workShare)} of the work{(work.Uses > 1 ? $" in {work.Uses} uses" : "")}, "
            + $"{weight.Node.Name} holds {Figures.Percent(weightShare)} of the parameters, and {forWork} and {forWeight} of {layers.Count} layers hold {Most:P0} of each.";
        return Answer(heavyHead ? Verdict.Look : Verdict.Ok, finding) with
        {
            Layers = heavyHead
                ? [weight.Node.Name]
                :
                [
                    .. layers
                        .OrderByDescending(uses => uses.Sum(l => l.MultiplyAdds))
                        .Take(5)
                        .Select(uses => uses[0].Name),
                ],
            Predicted =
            [
                new("parameters", cost.Parameters, "values"),
                new("multiplyAdds", cost.MultiplyAdds, "multiply-adds"),
                new("activationBytes", cost.ActivationBytes, "bytes"),
                new("largestWorkShare", 100.0 * workShare, "%"),
                new("largestParameterShare", 100.0 * weightShare, "%"),
                new("largestActivationBytes", map.ActivationBytes, "bytes"),
                new("layersOfMostWork", forWork, "layers"),
                new("layersOfMostParameters", forWeight, "layers"),
            ],
            Threshold =
                "a fully connected layer that reads all positions of a map and holds more than half of the parameters",
            Source = "Lin et al. 2014, Network in network, section 3.2",
            Remedy = heavyHead ? $"Average each channel over its positions before {weight.Node.Name}." : "",
        };
    }

    /// <summary>A layer with all its uses: the work of each, its parameters once.</summary>
    private sealed record Whole(Node Node, int Uses, long Parameters, long MultiplyAdds)
    {
        public static Whole Of(IGrouping<Node, NodeCost> uses) =>
            new(uses.Key, uses.Count(), uses.Sum(u => u.Parameters), uses.Sum(u => u.Cost.MultiplyAdds));
    }

    /// <summary>How many of the largest make up most of the sum.</summary>
    private static int Fewest(IEnumerable<long> parts, long whole)
    {
        double sum = 0.0;
        int count = 0;
        foreach (long part in parts.OrderDescending())
        {
            if (sum >= Most * whole)
            {
                break;
            }

            sum += part;
            count++;
        }

        return count;
    }

    /// <summary>Whether a linear layer reads the positions of a map that the network computed.</summary>
    private static bool ReadsPositions(Node node)
    {
        Value value = node.Inputs[0];
        while (value.Producer is { } before && before.Has(OperatorTraits.Moves | OperatorTraits.Random))
        {
            value = before.Inputs[0];
        }

        return value.Producer is not null && value.Shape.Rank > 2 && value.Shape.Single.Count > value.Shape.Single[1];
    }
}
