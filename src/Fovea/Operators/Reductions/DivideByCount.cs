using Fovea.Kernels;

namespace Fovea;

/// <summary>x over a number of elements, which may be a multiple of the batch: it is counted when the operator
/// runs.</summary>
/// <param name="attributes">The number.</param>
internal sealed class DivideByCount(CountAttributes attributes) : Operator
{
    /// <summary>Creates it for sizes.</summary>
    public DivideByCount(SymbolicShape counted, int correction = 0, bool emptyIsOne = false)
        : this(new CountAttributes(counted, correction, emptyIsOne)) { }

    /// <inheritdoc/>
    public override CountAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "DivideByCount";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        attributes.Counted.HasBatch
            ? new DivideByCount(attributes with { Counted = SymbolicShape.Fixed(attributes.Counted.At(batch)) })
            {
                Owner = Owner,
            }
            : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        double count = attributes.Counted.Single.Count;
        DivideByFunction divide = new(count == 0.0 && attributes.EmptyIsOne ? 1.0 : count - attributes.Correction);
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float64)
        {
            Compute<double>(divide, x, y);
        }
        else
        {
            Compute<float>(divide, x, y);
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) => call.Give(0, Apply(call.Gradient()));

    private static unsafe void Compute<T>(DivideByFunction divide, Tensor x, Tensor y)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        UnaryKernel<T, DivideByFunction>.Forward(divide, x.Pointer<T>(), y.Pointer<T>(), x.Count);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}

/// <summary>A number of elements.</summary>
/// <param name="Counted">The sizes whose product is the number.</param>
/// <param name="Correction">Taken off the number.</param>
/// <param name="EmptyIsOne">Whether it is 1 where it would be 0.</param>
internal sealed record CountAttributes(SymbolicShape Counted, int Correction, bool EmptyIsOne) : OperatorAttributes;
