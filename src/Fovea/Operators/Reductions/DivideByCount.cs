using Fovea.Kernels;

namespace Fovea;

/// <summary>x over a number of elements, which may be a multiple of the batch: it is counted when the operator
/// runs.</summary>
/// <param name="counted">The sizes whose product is the number.</param>
/// <param name="correction">Taken off the number.</param>
/// <param name="emptyIsOne">Divide by 1 where the number is 0.</param>
internal sealed class DivideByCount(SymbolicShape counted, int correction = 0, bool emptyIsOne = false) : Operator
{
    /// <inheritdoc/>
    public override string Name => "DivideByCount";

    /// <inheritdoc/>
    public override Operator At(int batch) =>
        counted.HasBatch
            ? new DivideByCount(SymbolicShape.Fixed(counted.At(batch)), correction, emptyIsOne) { Owner = Owner }
            : this;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        double count = counted.Single.Count;
        DivideByFunction divide = new(count == 0.0 && emptyIsOne ? 1.0 : count - correction);
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
    public override IReadOnlyList<OperatorOption> Options =>
        [
            new("counted", $"{counted}"),
            .. correction == 0 ? [] : new[] { new OperatorOption("correction", $"{correction}") },
        ];

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;
}
