using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The largest or smallest values along an axis, in order, and where they stand. Equal values keep their order; the
/// gradient goes to where a value stood.</summary>
/// <param name="attributes">How many, and along which axis.</param>
internal sealed class TopK(TopKAttributes attributes) : Operator
{
    /// <inheritdoc/>
    public override TopKAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "TopK";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int index = AxisSet.Resolve(Subject, inputs[0], attributes.Axis),
            count = attributes.Count.Value;
        return count >= 0 && count <= inputs[0][index]
            ? inputs[0].With(index, count)
            : throw new ShapeException(
                $"{Subject}: the number of values must be 0 to the size of the axis, got {count} on axis {attributes.Axis} of {inputs[0]}."
            );
    }

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        attributes.Count.ScalesWithBatch
            ? new TopK(attributes with { Count = attributes.Count.At(batch) }) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        Shape shape = OutputShape(ShapesOf(inputs));
        return
        [
            new OutputSpec(shape, FloatTypeOf(inputs)),
            new OutputSpec(shape, DType.Int64, OutputRole.Result, "positions") { IsDifferentiable = false },
        ];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Outputs(1);

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Tensor values = Tensor.Uninitialized(call.OutputShape, call.Inputs[0].DType),
            positions = Tensor.Uninitialized(call.OutputShape, DType.Int64);
        if (values.DType == DType.Float64)
        {
            Compute<double>(call.Inputs[0], values, positions);
        }
        else
        {
            Compute<float>(call.Inputs[0], values, positions);
        }

        call.SetOutput(0, values);
        call.SetOutput(1, positions);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Shape shape = call.InputShape(0);
        Scatter scatter = new(shape.Axis(attributes.Axis), GradientCall.Open(shape), several: true);
        call.Give(0, scatter.Apply(call.Output(1), call.Gradient()));
    }

    private unsafe void Compute<T>(Tensor x, Tensor values, Tensor positions)
        where T : unmanaged, INumber<T>
    {
        RankKernel<T>.Run(
            x.Pointer<T>(),
            values.Pointer<T>(),
            positions.Pointer<long>(),
            AxisSet.Around(x.Shape, x.Shape.Axis(attributes.Axis)),
            attributes.Count.Value,
            attributes.IsLargest
        );
        GC.KeepAlive(x);
        GC.KeepAlive(values);
        GC.KeepAlive(positions);
    }
}

/// <summary>Which values are taken.</summary>
/// <param name="Count">How many.</param>
/// <param name="Axis">Along which axis, negative from the end.</param>
/// <param name="IsLargest">The largest, largest first; else the smallest, smallest first.</param>
internal sealed record TopKAttributes(OpenSize Count, int Axis, bool IsLargest) : OperatorAttributes;
