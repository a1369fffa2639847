namespace Fovea.Workbench;

/// <summary>3.11: whether normalization is there where it is needed, and has enough values to work on.</summary>
/// <remarks>
/// Over maps of one position batch normalization has as many values a channel as the batch has items: with one item it
/// refuses, with few its statistics are noise (Wu, He 2018, Group
/// normalization, https://arxiv.org/abs/1803.08494: error rises below 16 items). Dropout before it makes the variance
/// in training larger than in evaluation (Li et al. 2019,
/// https://arxiv.org/abs/1801.05134). Without any normalization, 19 layers were trained only from a shallower network's weights (Simonyan, Zisserman 2015, section 3.1).
/// </remarks>
public sealed class NormalizationUse : Question
{
    private const int Enough = 16,
        Deep = 20;
    private const double Shift = 1.1;

    /// <inheritdoc/>
    public override string Id => "3.11";

    /// <inheritdoc/>
    public override string Text => "Would normalization help, and is the one there well placed?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        int depth = PathLengths.Of(evidence.Graph).Longest;
        if (!evidence.Graph.Nodes.Any(n => n.Has(OperatorTraits.Normalizes)))
        {
            return WithoutAny(depth);
        }

        (Node Node, long Positions)[] batch =
        [
            .. evidence
                .Graph.Nodes.Where(n => n.Has(OperatorTraits.UsesBatchStatistics))
                .Select(n => (n, n.Output.Shape.Single.Count / n.Output.Shape.Single[1])),
        ];
        Node[] single = [.. batch.Where(b => b.Positions == 1 && b.Node.Output.Shape.Rank > 2).Select(b => b.Node)];
        (Node Node, double Ratio)[] shifted = [.. Shifted(evidence).OrderByDescending(s => s.Ratio)];
        long fewest = batch.Length == 0 ? 0 : batch.Min(b => b.Positions);
        int items = fewest == 0 ? 1 : (int)((Enough + fewest - 1) / fewest),
            biases = UselessParameters.WithUselessBias(evidence).Count,
            norms = Layers(evidence, batch.Select(b => b.Node));
        string[] found =
        [
            .. single.Length > 0
                ?
                [
                    $"{Figures.Of(Layers(evidence, single), "batch normalization")} work on maps of one position, first {single[0].Name}: a batch of 1 fails, and fewer than {Enough} items give noise",
                ]
                : Array.Empty<string>(),
            .. shifted.Length > 0
                ?
                [
                    $"dropout makes the variance at {shifted[0].Node.Name} {shifted[0].Ratio:G3} times as large in training as in evaluation",
                ]
                : Array.Empty<string>(),
            .. biases > 0
                ? [$"{Figures.Of(biases, "bias", "biases")} in front have no effect (question 1.13)"]
                : Array.Empty<string>(),
        ];
        string fine =
            batch.Length == 0
                ? "Normalization works within each item, whatever the batch."
                : $"{Figures.Of(norms, "batch normalization")}; the one with fewest values, {fewest} a channel and item, has {Enough} from {Figures.Of(items, "item")} on.";
        return Answer(
            single.Length + shifted.Length > 0 ? Verdict.Look : Verdict.Ok,
            found.Length == 0 ? fine : string.Join("; ", found) + "."
        ) with
        {
            Layers = [.. single.Concat(shifted.Select(s => s.Node)).Select(n => n.Name)],
            Predicted =
            [
                new("batchNormalizations", norms, "layers"),
                new("fewestValues", fewest, "values a channel and item"),
                new("smallestBatch", items, "items"),
                new("largestVarianceShift", shifted.Select(s => s.Ratio).DefaultIfEmpty(1.0).First(), "ratio"),
                new("uselessBiases", biases, "layers"),
                new("depth", depth, "layers"),
            ],
            Threshold =
                "batch normalization of maps of one position; a variance more than a tenth larger in training than in evaluation",
            Source = "Wu, He 2018, figure 1; Li et al. 2019; the tenth is ours",
            Remedy =
                single.Length > 0 ? "Use a larger input or GroupNorm there, and batches of 16 or more."
                : shifted.Length > 0 ? "Move dropout behind the last batch normalization."
                : "",
            Experiment = single.Length > 0 ? $"fovea inspect {evidence.Model} --input {evidence.SweepText()}" : "",
        };
    }

    /// <summary>Layers among nodes, each once whatever its uses.</summary>
    private static int Layers(Evidence evidence, IEnumerable<Node> nodes) =>
        nodes.Select(evidence.FirstUse).Distinct().Count();

    private Answer WithoutAny(int depth) =>
        depth <= Deep
            ? NotApplicable($"There is no normalization, and with {Figures.Of(depth, "layer")} none is needed.")
            : Answer(
                Verdict.Look,
                $"There is no normalization over {depth} layers: training depends on the first weights (questions 1.8 and 3.1)."
            ) with
            {
                Predicted = [new("batchNormalizations", 0, "layers"), new("depth", depth, "layers")],
                Threshold = $"more than {Deep} layers without any normalization",
                Source = "Simonyan, Zisserman 2015, section 3.1",
                Remedy = "Put a normalization behind each convolution.",
            };

    /// <summary>Batch normalizations whose input varies more while units are dropped at random, by comparison with the
    /// network without dropout.</summary>
    private static IEnumerable<(Node Node, double Ratio)> Shifted(Evidence evidence)
    {
        // What ends in a sum alone is stochastic depth: a whole branch is dropped, and the trunk's own part keeps its
        // variance.
        Graph graph = evidence.Graph;
        if (!graph.Nodes.Any(Drops))
        {
            yield break;
        }

        Graph still = graph.Rewrite(replace: (node, inputs) => Drops(node) ? inputs[0] : null);
        SignalPrediction signals = SignalPrediction.Of(still);
        Dictionary<string, Node> byName = still.Nodes.ToDictionary(n => n.Name);
        foreach (Node node in graph.Nodes.Where(n => n.Has(OperatorTraits.UsesBatchStatistics)))
        {
            if (
                byName.TryGetValue(node.Name, out Node? same)
                && evidence.Signals[node.Inputs[0]]?.Variance / signals[same.Inputs[0]]?.Variance
                    is > Shift
                        and { } ratio
            )
            {
                yield return (node, ratio);
            }
        }

        static bool Drops(Node node) =>
            node.Has(OperatorTraits.Random) && !node.Output.Consumers.All(c => c.Has(OperatorTraits.Sum));
    }
}
