using System.Numerics.Tensors;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The gradient of a loss at the scores of a batch, and the one that it has without the scores, by weights that it
/// counts.</summary>
internal static class LossSlopes
{
    // One row a class is made up; far more classes cost more than they tell.
    private const int MostClasses = 256;

    /// <summary>The values of the probe <c>first-batch</c> about gradients.</summary>
    /// <param name="context">What it is tried on.</param>
    /// <param name="outputs">Of the network in evaluation.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="rng">Draws scores.</param>
    public static IEnumerable<(string Name, double Value)> Of(
        ProbeContext context,
        IReadOnlyList<Tensor> outputs,
        Batch batch,
        Rng rng
    )
    {
        (double slope, _) = Slope(context, outputs, batch.AllTargets);
        return [("slope", slope), .. Classes(context, outputs, batch, rng), .. Weights(context, outputs, batch)];
    }

    /// <summary>Norm of the gradient by the first output, and that of each of its items; NaN where there is none to be had.</summary>
    private static (double Norm, double[] Items) Slope(
        ProbeContext context,
        IReadOnlyList<Tensor> outputs,
        IReadOnlyList<Tensor> targets
    )
    {
        Tensor scores = outputs[0].Clone();
        scores.RequiresGrad = true;
        if (Loss(context, [scores, .. outputs.Skip(1)], targets) is not { } loss || !double.IsFinite(loss.Item()))
        {
            return (double.NaN, []);
        }

        double[] values = loss.RequiresGrad ? loss.GradientsOf([scores])[0]?.ToArray<double>() ?? [] : [];
        int items = scores.Rank > 0 ? scores.Shape[0] : 0,
            width = items > 0 ? values.Length / items : 0;
        return (
            TensorPrimitives.Norm(values),
            values.Length == 0
                ? new double[items]
                : [.. Enumerable.Range(0, items).Select(i => TensorPrimitives.Norm(values.AsSpan(i * width, width)))]
        );
    }

    /// <summary>Of scores drawn for one item of each class: classes whose item has a gradient of 0 while others have one.</summary>
    private static IEnumerable<(string Name, double Value)> Classes(
        ProbeContext context,
        IReadOnlyList<Tensor> outputs,
        Batch batch,
        Rng rng
    )
    {
        int classes = context.Classes;
        if (
            outputs.Count != 1
            || outputs[0].Rank != 2
            || outputs[0].Shape[1] != classes
            || classes is < 2 or > MostClasses
            || batch.AllTargets is not [{ DType: DType.Int64, Rank: 1 }]
        )
        {
            return [];
        }

        Tensor scores = Tensor.Normal([classes, classes], rng: rng, dtype: outputs[0].DType),
            labels = Tensor.From<long>([.. Enumerable.Range(0, classes).Select(k => (long)k)], [classes]);
        (double norm, double[] rows) = Slope(context, [scores], [labels]);
        int[] silent = [.. Enumerable.Range(0, rows.Length).Where(k => rows[k] == 0)];
        return
        [
            ("classSlope", norm),
            ("silentClasses", rows.Length == classes ? silent.Length : double.NaN),
            ("silentClass", silent.Length > 0 ? silent[0] : -1),
        ];
    }

    /// <summary>The gradient by the weights that the loss has with the scores held, and what comes through the scores.</summary>
    private static IEnumerable<(string Name, double Value)> Weights(
        ProbeContext context,
        IReadOnlyList<Tensor> outputs,
        Batch batch
    )
    {
        Tensor[] weights = [.. context.Model.Parameters().Where(p => p.RequiresGrad && p.DType != DType.Int64)];
        if (Loss(context, outputs, batch.AllTargets) is not { RequiresGrad: true } held || weights.Length == 0)
        {
            return [("penaltySlope", 0)];
        }

        IReadOnlyList<Tensor?> penalty = held.GradientsOf(weights);
        Tensor whole = context.LossOf(batch);
        IReadOnlyList<Tensor?> all = whole.RequiresGrad ? whole.GradientsOf(weights) : new Tensor?[weights.Length];
        double through = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double[] a = all[i]?.ToArray<double>() ?? [],
                b = penalty[i]?.ToArray<double>() ?? new double[a.Length];
            through += a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
        }

        return
        [
            ("penaltySlope", Math.Sqrt(penalty.Sum(g => g is null ? 0 : ParameterNorms.Product(g, g)))),
            ("dataSlope", Math.Sqrt(through)),
        ];
    }

    private static Tensor? Loss(ProbeContext context, IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets)
    {
        try
        {
            return context.Loss(outputs, targets);
        }
        catch (Exception e)
            when (e is ShapeException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return null; // a loss may refuse targets that no item has
        }
    }
}
