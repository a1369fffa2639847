using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>layer</c>: what each layer of filters contributes: the loss without it, and with its filters drawn anew.</summary>
/// <remarks>
/// <para>The mean loss in evaluation of up to 256 of the fixed items learned from, or else of those held out: as the network is;
/// with the layer passed over at each of its uses, where the shapes of what it reads and writes agree; and with its weights drawn anew
/// by their own rule (<see cref="Parameter.Initializer"/>).</para>
/// <para>Values by layer: <c>loss</c>; <c>skipped</c>, NaN where it cannot be passed over; <c>redrawn</c>; <c>error</c>, the standard
/// error of the paired difference of <c>redrawn</c> and <c>loss</c>; <c>skippedError</c>, that of <c>skipped</c>. An intervention on a layer
/// localizes faults where rules do not (Ghanbari and others, Mutation-based fault localization of deep neural networks, ASE
/// 2023).</para>
/// </remarks>
public sealed class LayerProbe : Probe
{
    private const int Items = 256;

    /// <inheritdoc/>
    public override string Name => "layer";

    /// <inheritdoc/>
    public override double Cost => 13;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Batch> batches = Trials.Some(context.Train.Count > 0 ? context.Train : context.HeldOut, Items);
        if (batches.Count == 0)
        {
            return [];
        }

        Graph? graph = context.Trace(batches[0]);
        LossSample own = context.EvaluationLoss(batches);
        Rng rng = context.Random(Name);
        return
        [
            .. context
                .Model.NamedParameters()
                .Where(p => p.Parameter.Kind == ParameterKind.Weight)
                .GroupBy(p => Trials.LayerOf(p.Path), p => p.Parameter)
                .Select(layer => Measure(layer.Key, [.. layer]))
                .ToArray(),
        ];

        MeasuredProbe Measure(string layer, Parameter[] weights)
        {
            LossSample? skipped = graph is null ? null : Skipped(context, graph, weights, batches);
            LossSample redrawn = Redrawn(context, weights, batches, rng);
            return Line(
                context,
                layer,
                ("loss", own.Mean),
                ("skipped", skipped?.Mean ?? double.NaN),
                ("redrawn", redrawn.Mean),
                ("error", redrawn.ErrorOf(own)),
                ("skippedError", skipped?.ErrorOf(own) ?? double.NaN)
            );
        }
    }

    private static LossSample Redrawn(ProbeContext context, Parameter[] weights, IReadOnlyList<Batch> batches, Rng rng)
    {
        Tensor[] before = [.. weights.Select(w => w.Clone())];
        foreach (Parameter weight in weights)
        {
            weight.Initializer.Fill(weight, rng.Split(weight.Path));
        }

        LossSample redrawn = context.EvaluationLoss(batches);
        foreach ((Parameter weight, Tensor was) in weights.Zip(before))
        {
            weight.CopyFrom(was);
        }

        return redrawn;
    }

    /// <summary>The loss with the nodes that read some weights passed over; null where the shapes do not agree.</summary>
    private static LossSample? Skipped(
        ProbeContext context,
        Graph graph,
        Parameter[] weights,
        IReadOnlyList<Batch> batches
    )
    {
        HashSet<Node> uses = [.. graph.Nodes.Where(n => n.Parameters.Any(weights.Contains))];
        if (
            uses.Count == 0
            || uses.Any(n => !n.Inputs[0].IsActivation || n.Shapes.Inputs[0] != n.Shapes.Output || n.Outputs.Count != 1)
        )
        {
            return null;
        }

        Graph without = graph.Rewrite(replace: (node, inputs) => uses.Contains(node) ? inputs[0] : null);
        Module model = new GraphModule(without).Eval();
        return new ProbeContext
        {
            Model = model,
            Loss = context.Loss,
            Classes = context.Classes,
        }.Losses(batches);
    }
}
