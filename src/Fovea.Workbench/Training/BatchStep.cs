using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The training step that a batch is learned by, as a graph.</summary>
internal static class BatchStep
{
    /// <summary>Traces it for batches of any number of such items.</summary>
    /// <param name="model">The network.</param>
    /// <param name="loss">Of outputs and targets.</param>
    /// <param name="batch">The batch: shapes of its items and kinds of its targets count.</param>
    /// <param name="options">How the graph is made; null for the usual.</param>
    public static TrainingGraph Trace(
        Module model,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        Batch batch,
        TrainingGraphOptions? options = null
    ) => TrainingGraph.Of(model, Open("input", batch.AllInputs), Open("target", batch.AllTargets), loss, options);

    private static GraphInput[] Open(string name, IReadOnlyList<Tensor> tensors) =>
        [
            .. tensors.Select(
                (x, i) => GraphInput.OfItems($"{name}{(i == 0 ? "" : i)}", Shape.Create(x.Shape.Sizes[1..]), x.DType)
            ),
        ];
}
