using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>One value for each run along an axis, put where its position says, zeros elsewhere: the gradient of a choice
/// such as <see cref="Max"/>.</summary>
/// <param name="attributes">Where values stand.</param>
/// <remarks>Inputs: positions (Int64) and values, of one shape: that of the whole without the axis, or with size 1
/// there.</remarks>
internal sealed class Scatter(ScatterAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public Scatter(int axis, SymbolicShape shape)
        : this(new ScatterAttributes(axis, shape)) { }

    /// <inheritdoc/>
    public override ScatterAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Scatter";

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 0;

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        attributes.Shape.HasBatch
            ? new Scatter(attributes with { Shape = SymbolicShape.Fixed(attributes.Shape.At(batch)) }) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1] && inputs[1].Count == attributes.Shape.Single.With(attributes.Axis, 1).Count
            ? attributes.Shape.Single
            : throw new ShapeException(
                $"{Subject}: positions {inputs[0]} and values {inputs[1]} must be {attributes.Shape} without axis {attributes.Axis}."
            );

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, call.Inputs[1].DType);
        if (y.DType == DType.Float64)
        {
            Compute<double>(call.Inputs[0], call.Inputs[1], y);
        }
        else
        {
            Compute<float>(call.Inputs[0], call.Inputs[1], y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(1, new Gather(attributes.Axis).Apply(call.Gradient(), call.Input(0)));

    private unsafe void Compute<T>(Tensor positions, Tensor values, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(y.Shape, attributes.Axis);
        MaxKernel<T>.Backward(positions.Pointer<long>(), values.Pointer<T>(), y.Pointer<T>(), outer, size, inner);
        GC.KeepAlive(y);
    }
}

/// <summary>One value of each run along an axis, the one at its position: the gradient of <see cref="Scatter"/>.</summary>
/// <param name="attributes">Along which axis.</param>
/// <remarks>Inputs: x, and positions (Int64) of the shape of x without the axis, or with size 1 there.</remarks>
internal sealed class Gather(GatherAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public Gather(int axis)
        : this(new GatherAttributes(axis)) { }

    /// <inheritdoc/>
    public override GatherAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Gather";

    /// <inheritdoc/>
    public override bool AcceptsIntegersAt(int input) => input == 1;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[1].Count == inputs[0].With(attributes.Axis, 1).Count
            ? inputs[1]
            : throw new ShapeException(
                $"{Subject}: positions {inputs[1]} must be {inputs[0]} without axis {attributes.Axis}."
            );

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(1);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, call.Inputs[0].DType);
        if (y.DType == DType.Float64)
        {
            Compute<double>(call.Inputs[0], call.Inputs[1], y);
        }
        else
        {
            Compute<float>(call.Inputs[0], call.Inputs[1], y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Scatter scatter = new(attributes.Axis, GradientCall.Open(call.InputShape(0)));
        call.Give(0, scatter.Apply(call.Input(1), call.Gradient()));
    }

    private unsafe void Compute<T>(Tensor x, Tensor positions, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (_, int size, long inner) = AxisSet.Around(x.Shape, attributes.Axis);
        T* source = x.Pointer<T>(),
            target = y.Pointer<T>();
        long* index = positions.Pointer<long>();
        Chunks.For(
            y.Count,
            (start, length) =>
            {
                for (long k = start; k < start + length; k++)
                {
                    target[k] = source[(((k / inner * size) + index[k]) * inner) + (k % inner)];
                }
            }
        );
        GC.KeepAlive(y);
    }
}

/// <summary>Where values are put along an axis.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
/// <param name="Shape">The shape with the whole axis.</param>
internal sealed record ScatterAttributes(int Axis, SymbolicShape Shape) : OperatorAttributes;

/// <summary>Along which axis values are taken.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
internal sealed record GatherAttributes(int Axis) : OperatorAttributes;
