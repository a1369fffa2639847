using Fovea.Kernels;

namespace Fovea;

/// <summary>The axes in another order.</summary>
/// <param name="name">The operation the user asked for: Permute or Transpose.</param>
/// <param name="order">For each axis of the result the axis of the input, counted from the front.</param>
internal sealed class Permute(string name, int[] order) : Operator
{
    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (order.Length != x.Rank || !order.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
        {
            throw new ShapeException(
                $"{Subject}: every axis must be named once, got [{string.Join(", ", order)}] for {x}."
            );
        }

        return Shape.Create([.. order.Select(axis => x.Sizes[axis])]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => Move(call.Inputs[0], order, call.OutputShape);

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        int[] inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        call.Give(0, new Permute("Permute", inverse).Apply(call.Gradient()));
    }

    private static unsafe Tensor Move(Tensor x, int[] order, Shape output)
    {
        Tensor y = Tensor.Uninitialized(output, x.DType);
        if (x.Count == 0 || x.Rank == 0)
        {
            y.CopyFrom(x.View(output));
            return y;
        }

        (int[] sizes, long[] steps) = Merge(x.Shape, order);
        if (Tensor.SizeOf(x.DType) == sizeof(uint))
        {
            CopyKernel.Permute(x.Pointer<uint>(), y.Pointer<uint>(), sizes, steps);
        }
        else
        {
            CopyKernel.Permute(x.Pointer<ulong>(), y.Pointer<ulong>(), sizes, steps);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return y;
    }

    /// <summary>Sizes of the output's axes and their steps in x, axes that stay neighbours merged.</summary>
    private static (int[] Sizes, long[] Steps) Merge(Shape x, int[] order)
    {
        List<int> sizes = [];
        List<long> steps = [];
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int size = x.Sizes[order[i]];
            long step = 1;
            foreach (int behind in x.Sizes[(order[i] + 1)..])
            {
                step *= behind;
            }

            if (size == 1 && i > 0)
            {
                continue;
            }

            if (sizes.Count > 0 && step == steps[^1] * sizes[^1] && (long)size * sizes[^1] <= int.MaxValue)
            {
                sizes[^1] *= size;
            }
            else
            {
                sizes.Add(size);
                steps.Add(step);
            }
        }

        sizes.Reverse();
        steps.Reverse();
        return ([.. sizes], [.. steps]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => [new("order", string.Join("x", order))];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (Array.IndexOf(order, axis), AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => input == 0 ? 1.0 : null;
}
