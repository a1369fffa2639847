using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of a norm pool. Inputs: x, y, dy; dx = dy sign(x) (|x| / y)^(p - 1), summed over the windows that
/// cover x.</summary>
/// <param name="sizes">The pool.</param>
/// <param name="norm">p, 1 or more.</param>
internal sealed class LpPoolGradient(PoolSizes sizes, double norm) : Operator
{
    /// <inheritdoc/>
    public override string Name => $"{sizes.Name}Gradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => [new("norm", OptionTypes.Exact(norm)), .. sizes.Options];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0, 1, 2);

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = call.Inputs[1],
            dy = call.Inputs[2],
            dx = Tensor.Uninitialized(call.OutputShape, dy.DType);
        if (dy.DType == DType.Float64)
        {
            PowerPooling<double>.Backward(
                sizes.Over(x.Shape),
                norm,
                x.Pointer<double>(),
                y.Pointer<double>(),
                dy.Pointer<double>(),
                dx.Pointer<double>()
            );
        }
        else
        {
            PowerPooling<float>.Backward(
                sizes.Over(x.Shape),
                norm,
                x.Pointer<float>(),
                y.Pointer<float>(),
                dy.Pointer<float>(),
                dx.Pointer<float>()
            );
        }

        return dx;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor?[] gradients = new LpPoolCurvature(sizes, norm) { Owner = Owner }.ApplyTo(
            [call.Input(0), call.Input(1), call.Input(2), call.Gradient()],
            [call.Needs(0), call.Needs(1), call.Needs(2)]
        );
        for (int i = 0; i < gradients.Length; i++)
        {
            if (call.Needs(i))
            {
                call.Give(i, gradients[i]!);
            }
        }
    }
}

/// <summary>The gradients of <see cref="LpPoolGradient"/> with respect to its three inputs x, y and dy. Inputs: those, and
/// the gradient of dx. It has no gradient itself: third derivatives of a norm pool are not there.</summary>
/// <param name="sizes">The pool.</param>
/// <param name="norm">p, 1 or more.</param>
internal sealed class LpPoolCurvature(PoolSizes sizes, double norm) : Operator
{
    /// <inheritdoc/>
    public override string Name => $"{sizes.Name}Curvature";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => [new("norm", OptionTypes.Exact(norm)), .. sizes.Options];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [
            new(inputs[0].Shape, inputs[0].DType),
            new(inputs[1].Shape, inputs[1].DType, Name: "y"),
            new(inputs[2].Shape, inputs[2].DType, Name: "dy"),
        ];

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        Tensor?[] results = new Tensor?[3];
        for (int j = 0; j < results.Length; j++)
        {
            results[j] = call.Wants(j) ? Tensor.Uninitialized(call.Outputs[j].Shape, call.Outputs[j].DType) : null;
        }

        if (call.Inputs[0].DType == DType.Float64)
        {
            Compute<double>(call.Inputs, results);
        }
        else
        {
            Compute<float>(call.Inputs, results);
        }

        for (int j = 0; j < results.Length; j++)
        {
            if (results[j] is { } result)
            {
                call.SetOutput(j, result);
            }
        }
    }

    private unsafe void Compute<T>(IReadOnlyList<Tensor> inputs, Tensor?[] results)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        PowerPooling<T>.Curvature(
            sizes.Over(inputs[0].Shape),
            norm,
            new(
                inputs[0].Pointer<T>(),
                inputs[1].Pointer<T>(),
                inputs[2].Pointer<T>(),
                inputs[3].Pointer<T>(),
                Memory(results[0]),
                Memory(results[1]),
                Memory(results[2])
            )
        );

        static T* Memory(Tensor? tensor) => tensor is null ? null : tensor.Pointer<T>();
    }
}
