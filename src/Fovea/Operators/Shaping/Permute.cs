using Fovea.Kernels;

namespace Fovea;

/// <summary>The axes in another order.</summary>
/// <param name="attributes">Which order.</param>
internal sealed class Permute(PermuteAttributes attributes) : Operator
{
    private readonly int[] _order = attributes.Order.ToArray();

    /// <summary>Creates it for an order.</summary>
    public Permute(string name, int[] order)
        : this(new PermuteAttributes(name, new(order))) { }

    /// <inheritdoc/>
    public override PermuteAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => attributes.Name;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (_order.Length != x.Rank || !_order.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
        {
            throw new ShapeException(
                $"{Subject}: every axis must be named once, got [{string.Join(", ", _order)}] for {x}."
            );
        }

        return Shape.Create([.. _order.Select(axis => x.Sizes[axis])]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call) => Move(call.Inputs[0], _order, call.OutputShape);

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        int[] inverse = new int[_order.Length];
        for (int i = 0; i < _order.Length; i++)
        {
            inverse[_order[i]] = i;
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
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (Array.IndexOf(_order, axis), AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => input == 0 ? 1.0 : null;
}

/// <summary>An order of axes.</summary>
/// <param name="Name">The operation the user asked for: Permute or Transpose.</param>
/// <param name="Order">For each axis of the result the axis of the input, counted from the front.</param>
internal sealed record PermuteAttributes(string Name, NumberList Order) : OperatorAttributes;
