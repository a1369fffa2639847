using Fovea.Graphs;

namespace Fovea;

/// <summary>What a step or a pass has to do, whatever time it takes.</summary>
/// <param name="Step">What it runs.</param>
/// <param name="MultiplyAdds">Of all items, by direct sums.</param>
/// <param name="Layer">The node it belongs to.</param>
/// <param name="Bytes">The least it must read and write.</param>
/// <param name="Direction">What it is for.</param>
internal sealed record StepCost(string Step, long MultiplyAdds, string Layer, long Bytes, StepDirection Direction)
{
    /// <summary>With the time it took.</summary>
    public StepTime At(double milliseconds) => new(Step, milliseconds, MultiplyAdds, Layer, Bytes, Direction);

    /// <summary>Of a step of a compiled network.</summary>
    /// <param name="step">The step.</param>
    /// <param name="stage">What it was made from.</param>
    /// <param name="batch">Items.</param>
    public static StepCost Of(Step step, NetworkStage stage, int batch)
    {
        FusedStep[] parts = stage.Before is { } before ? [before, stage.Step] : [stage.Step];
        return new(
            step.ToString(),
            step is EagerStep ? ProductsOf(stage.Step.Node, batch) : step.MultiplyAdds,
            string.Join(" + ", parts.Select(p => p.Node.Name)),
            BytesOf(
                stage
                    .Inputs.Concat(stage.Step.Outputs)
                    .Concat(parts.SelectMany(p => p.Node.Inputs).Where(i => i.Tensor is not null)),
                batch
            ),
            StepDirection.Forward
        );
    }

    /// <summary>Of the passes of a node of a training step. What it must move counts once, with its last pass.</summary>
    /// <param name="entry">The node.</param>
    /// <param name="batch">Items.</param>
    public static IEnumerable<StepCost> Of(TrainingPlan.Entry entry, int batch)
    {
        IEnumerable<Value> values = entry
            .Reads.Concat(entry.Writes)
            .Select(k => k.Value)
            .Concat(entry.Tensors)
            .Concat(entry.Results)
            .Concat(entry.Node?.Inputs.Where(i => i.Tensor is not null && !IsCopy(entry)) ?? []);
        string layer = entry.Node?.Layer ?? entry.Tensors.Concat(entry.Results).First().Name;
        StepDirection direction = DirectionOf(entry.Node);
        for (int i = 0; i < entry.Passes.Length; i++)
        {
            TrainingPass pass = entry.Passes[i];
            yield return new(
                pass.ToString(),
                pass is EagerPass ? ProductsOf(entry.Node!, batch) : pass.MultiplyAdds,
                layer,
                i + 1 == entry.Passes.Length ? BytesOf(values, batch, once: !IsCopy(entry)) : 0,
                direction
            );
        }
    }

    /// <summary>A gradient that items do not have is one of parameters; the loss has none of both.</summary>
    private static StepDirection DirectionOf(Node? node)
    {
        if (node is null || node.Origin != NodeOrigin.Gradient)
        {
            return StepDirection.Forward;
        }

        Value[] used = [.. node.Outputs.Where(o => o.Uses.Count > 0)];
        return node.Output.Shape.Rank == 0 || (used.Length > 0 ? used : node.Outputs).Any(o => o.Shape.HasBatch)
            ? StepDirection.BackwardData
            : StepDirection.BackwardWeights;
    }

    /// <summary>Multiply-adds of a node that runs by its operator's own kernels.</summary>
    private static long ProductsOf(Node node, int batch) =>
        node.Operator.Cost(node.Shapes).MultiplyAdds
        * (node.Inputs.Concat(node.Outputs).Any(v => v.Shape.HasBatch) ? batch : 1);

    private static long BytesOf(IEnumerable<Value> values, int batch, bool once = true) =>
        (once ? values.Distinct() : values).Sum(v => v.Shape.At(batch).Count * (v.DType == DType.Float32 ? 4L : 8L));

    /// <summary>Whether it only lays a value out anew: it reads and writes the same one.</summary>
    private static bool IsCopy(TrainingPlan.Entry entry) =>
        entry.Passes.Length == 1 && entry.Passes[0] is ToMapPass or ToTensorPass;
}
