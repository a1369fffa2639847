using Fovea.Kernels;

namespace Fovea;

/// <summary>Axes run backwards.</summary>
/// <param name="attributes">Which axes.</param>
internal sealed class Flip(FlipAttributes attributes) : Operator
{
    /// <inheritdoc/>
    public override FlipAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Flip";

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        AxisSet.Marks(Subject, inputs[0], attributes.Axes.Span);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = call.Inputs[0];
        foreach (int axis in attributes.Axes.Span)
        {
            y = Reversed(y, y.Shape.Axis(axis));
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) => call.Give(0, Apply(call.Gradient()));

    private static unsafe Tensor Reversed(Tensor x, int axis)
    {
        (long outer, int size, long inner) = AxisSet.Around(x.Shape, axis);
        Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
        long unit = inner * Tensor.SizeOf(x.DType);
        byte* from = (byte*)x.Pointer<byte>(),
            to = (byte*)y.Pointer<byte>();
        Chunks.For(
            x.Count,
            outer * size,
            row =>
                Buffer.MemoryCopy(
                    from + (((row / size * size) + size - 1 - (row % size)) * unit),
                    to + (row * unit),
                    unit,
                    unit
                )
        );
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return y;
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Moves | OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        Shape x = shapes.Inputs[0];
        return AxisSet.Marks(Subject, x, attributes.Axes.Span)[axis] ? null : (axis, AxisMap.Identity(x[axis]));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use?.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => 1.0;
}

/// <summary>What runs backwards.</summary>
/// <param name="Axes">The axes, one or more, negative from the end.</param>
internal sealed record FlipAttributes(NumberList Axes) : OperatorAttributes;
