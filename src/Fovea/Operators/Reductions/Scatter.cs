using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Values put along an axis where their positions say, zeros elsewhere; what comes to one place is added: the
/// gradient of a choice such as <see cref="Max"/>.</summary>
/// <param name="attributes">Where values stand.</param>
/// <remarks>Inputs: positions (Int64) and values, of one shape: that of the whole with any size along the axis, or, of one
/// value a run, without the axis.</remarks>
internal sealed class Scatter(ScatterAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public Scatter(int axis, SymbolicShape shape, bool several = false)
        : this(new ScatterAttributes(axis, shape, several)) { }

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
        inputs[0] == inputs[1]
        && Positions.Fit(inputs[0], attributes.Shape.Single, attributes.Axis, attributes.IsSeveral)
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
        call.Give(1, new Gather(attributes.Axis, attributes.IsSeveral).Apply(call.Gradient(), call.Input(0)));

    private unsafe void Compute<T>(Tensor positions, Tensor values, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(y.Shape, attributes.Axis);
        int count = attributes.IsSeveral ? values.Shape[attributes.Axis] : 1;
        IndexKernel<T>.Add(
            positions.Pointer<long>(),
            values.Pointer<T>(),
            y.Pointer<T>(),
            new IndexSizes(outer, size, count, inner)
        );
        GC.KeepAlive(y);
    }
}

/// <summary>The values at positions along an axis: the gradient of <see cref="Scatter"/>.</summary>
/// <param name="attributes">Along which axis.</param>
/// <remarks>Inputs: x, and positions (Int64) of the shape of x with any size along the axis, or, of one value a run, without
/// the axis.</remarks>
internal sealed class Gather(GatherAttributes attributes) : Operator
{
    /// <summary>Creates it for an axis.</summary>
    public Gather(int axis, bool several = false)
        : this(new GatherAttributes(axis, several)) { }

    /// <inheritdoc/>
    public override GatherAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "Gather";

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        Positions.Fit(inputs[1], inputs[0], attributes.Axis, attributes.IsSeveral)
            ? inputs[1]
            : throw new ShapeException(
                $"{Subject}: positions must be of the shape of x {(attributes.IsSeveral ? "with any size along" : "without")} axis {attributes.Axis}, got {inputs[1]} and x {inputs[0]}."
            );

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(1);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor y = Tensor.Uninitialized(call.OutputShape, call.Inputs[0].DType);
        Positions.Require(Subject, call.Inputs[1], call.Inputs[0].Shape[attributes.Axis]);
        if (Tensor.SizeOf(y.DType) == sizeof(uint))
        {
            Compute<uint>(call.Inputs[0], call.Inputs[1], y);
        }
        else
        {
            Compute<ulong>(call.Inputs[0], call.Inputs[1], y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Scatter scatter = new(attributes.Axis, GradientCall.Open(call.InputShape(0)), attributes.IsSeveral);
        call.Give(0, scatter.Apply(call.Input(1), call.Gradient()));
    }

    private unsafe void Compute<T>(Tensor x, Tensor positions, Tensor y)
        where T : unmanaged, INumber<T>
    {
        (long outer, int size, long inner) = AxisSet.Around(x.Shape, attributes.Axis);
        int count = attributes.IsSeveral ? y.Shape[attributes.Axis] : 1;
        IndexKernel<T>.Take(
            x.Pointer<T>(),
            positions.Pointer<long>(),
            y.Pointer<T>(),
            new IndexSizes(outer, size, count, inner)
        );
        GC.KeepAlive(y);
    }
}

/// <summary>What holds of positions along an axis.</summary>
internal static class Positions
{
    /// <summary>Whether positions have the shape of the whole with any size along the axis, or without the axis.</summary>
    public static bool Fit(Shape positions, Shape whole, int axis, bool several) =>
        several
            ? positions.Rank == whole.Rank && positions == whole.With(axis, positions[axis])
            : positions.Count == whole.With(axis, 1).Count;

    /// <summary>Checks that all lie within an axis.</summary>
    public static void Require(string subject, Tensor positions, int size)
    {
        foreach (long position in positions.AsReadOnlySpan<long>())
        {
            if (position < 0 || position >= size)
            {
                throw new ArgumentException(
                    $"{subject}: positions must be 0 to {size - 1}, the size of the axis less 1, got {position}."
                );
            }
        }
    }
}

/// <summary>Where values are put along an axis.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
/// <param name="Shape">The shape with the whole axis.</param>
/// <param name="IsSeveral">Several values a run: positions keep the axis.</param>
internal sealed record ScatterAttributes(int Axis, SymbolicShape Shape, bool IsSeveral = false) : OperatorAttributes;

/// <summary>Along which axis values are taken.</summary>
/// <param name="Axis">The axis, counted from the front.</param>
/// <param name="IsSeveral">Several values a run: positions keep the axis.</param>
internal sealed record GatherAttributes(int Axis, bool IsSeveral = false) : OperatorAttributes;
