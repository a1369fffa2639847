using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>mixing</c>: whether the answer for an item depends on the other items of its batch, in evaluation.</summary>
/// <remarks>
/// <para>The gradient of the outputs of item 0, along a random direction, by the inputs of up to 8 items: 0 exactly for all but its
/// own. And the same items in the opposite order: the same outputs, but for rounding.</para>
/// <para>Values: <c>leak</c>, the largest absolute gradient of items 1 and on; <c>own</c>, that of item 0; <c>reordered</c>, the
/// largest absolute difference of outputs; <c>again</c>, when the same items are asked once more; <c>scale</c>, the
/// largest absolute output. No lines for fewer than two items, inputs of integers alone, or outputs whose first axis is not
/// a multiple of the items.</para>
/// </remarks>
public sealed class MixingProbe : Probe
{
    internal const string ProbeName = "mixing";
    private const int Items = 8;

    /// <inheritdoc/>
    public override string Name => ProbeName;

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Train.Concat(context.HeldOut).FirstOrDefault() is not { } whole)
        {
            return [];
        }

        context.Model.Eval();
        Tensor[] inputs = [.. Trials.First(whole, Items).AllInputs.Select(t => t.Clone())],
            floats = [.. inputs.Where(t => t.DType != DType.Int64)];
        int items = inputs[0].Rank > 0 ? inputs[0].Shape[0] : 0;
        Array.ForEach(floats, t => t.RequiresGrad = true);
        IReadOnlyList<Tensor> outputs = context.Model.ForwardAll(inputs);
        if (
            items < 2
            || floats.Length == 0
            || !Trials.IsByItem(inputs, items)
            || outputs.Any(o => o.Rank == 0 || o.Shape[0] % items != 0)
        )
        {
            return [];
        }

        (double own, double leak) = Gradients(context, outputs, floats, items);
        (double reordered, double scale) = Reordered(context, outputs, inputs, items);
        return
        [
            Line(
                context,
                ("leak", leak),
                ("own", own),
                ("reordered", reordered),
                ("again", Again(context, outputs, inputs)),
                ("scale", scale)
            ),
        ];
    }

    private (double Own, double Leak) Gradients(
        ProbeContext context,
        IReadOnlyList<Tensor> outputs,
        Tensor[] inputs,
        int items
    )
    {
        Rng rng = context.Random(Name);
        Tensor sum = outputs
            .Select(o => o.Narrow(0, 0, o.Shape[0] / items))
            .Select(first => (first * Tensor.Normal(first.Shape, rng: rng, dtype: first.DType)).Sum())
            .Aggregate((a, b) => a + b);
        double own = 0,
            leak = 0;
        foreach (Tensor? gradient in sum.RequiresGrad ? sum.GradientsOf(inputs) : [])
        {
            double[] values = gradient?.ToArray<double>() ?? [];
            int item = values.Length / items;
            own = Math.Max(own, Largest(values.AsSpan(0, item)));
            leak = Math.Max(leak, Largest(values.AsSpan(item)));
        }

        return (own, leak);
    }

    private static (double Difference, double Scale) Reordered(
        ProbeContext context,
        IReadOnlyList<Tensor> outputs,
        Tensor[] inputs,
        int items
    )
    {
        using NoGrad scope = NoGrad.Enter();
        IReadOnlyList<Tensor> reversed = context.Model.ForwardAll([.. inputs.Select(t => Reversed(t, items))]);
        double difference = 0,
            scale = 0;
        foreach ((Tensor before, Tensor after) in outputs.Zip(reversed))
        {
            double[] was = before.ToArray<double>(),
                now = Reversed(after, items).ToArray<double>();
            scale = Math.Max(scale, Largest(was));
            difference = Math.Max(difference, was.Zip(now, (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max());
        }

        return (difference, scale);
    }

    /// <summary>By how much the very same items have other outputs when they are asked once more.</summary>
    private static double Again(ProbeContext context, IReadOnlyList<Tensor> outputs, Tensor[] inputs)
    {
        using NoGrad scope = NoGrad.Enter();
        return outputs
            .Zip(context.Model.ForwardAll(inputs))
            .SelectMany(o => o.First.ToArray<double>().Zip(o.Second.ToArray<double>(), (a, b) => Math.Abs(a - b)))
            .DefaultIfEmpty()
            .Max();
    }

    /// <summary>The items in the opposite order; an item may be several places of the first axis.</summary>
    private static Tensor Reversed(Tensor tensor, int items)
    {
        int rows = tensor.Shape[0] / items;
        return tensor.Take(
            0,
            [.. Enumerable.Range(0, tensor.Shape[0]).Select(i => ((items - 1 - (i / rows)) * rows) + (i % rows))]
        );
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }
}
