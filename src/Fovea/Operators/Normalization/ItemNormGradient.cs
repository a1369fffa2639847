using System.Numerics;

namespace Fovea;

/// <summary>The gradient of a normalization by statistics of the item itself. Inputs: x, dy, the moments that the forward pass
/// saved, then the weight where there is one. Outputs: dx, then dweight and dbias.</summary>
/// <param name="affine">Whether there are a weight and a bias.</param>
internal abstract class ItemNormGradient(bool affine) : Operator
{
    /// <summary>Shape of weight and bias.</summary>
    protected abstract Shape ParameterShape { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        (Shape shape, DType dtype) = (inputs[0].Shape, inputs[0].DType);
        OutputSpec x = new(shape, dtype, Name: "dx");
        return affine
            ? [x, new(ParameterShape, dtype, Name: "dweight"), new(ParameterShape, dtype, Name: "dbias")]
            : [x];
    }

    /// <summary>All but the moments, which are computed anew, so that their gradient is there too.</summary>
    /// <param name="needs">Not asked.</param>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        affine ? GradientReads.Inputs(0, 1, 3) : GradientReads.Inputs(0, 1);

    /// <inheritdoc/>
    internal override bool AcceptsSavedAt(int input) => input == 2;

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Inputs[0].DType == DType.Float64)
        {
            Run<double>(call);
        }
        else
        {
            Run<float>(call);
        }
    }

    /// <summary>Computes the wanted outputs.</summary>
    protected abstract void Run<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>x, or a tensor of its shape, seen so that the axes of the statistics are axes of their own.</summary>
    protected abstract Tensor Seen(Tensor x);

    /// <summary>Weight or bias in a shape that broadcasts to <see cref="Seen"/>, with as many axes.</summary>
    protected abstract Tensor Aligned(Tensor parameter, int rank);

    /// <summary>The axes of <see cref="Seen"/> over which statistics are taken, and those along which the parameters are
    /// repeated.</summary>
    protected abstract (int[] Axes, int[] Repeated) AxesOf(int rank);

    /// <summary>The second order: see <see cref="NormalizationCurvature"/>.</summary>
    /// <param name="call">The call.</param>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Tensor x = Seen(call.Input(0));
        (int[] axes, int[] repeated) = AxesOf(x.Rank);
        Tensor? Parameter(Tensor? values) => values is null ? null : Aligned(values, x.Rank);
        NormalizationCurvature curvature = new(
            x,
            Seen(call.Input(1)),
            Parameter(affine ? call.Input(3) : null),
            (
                call.GradientOrNone(0) is { } u ? Seen(u) : null,
                Parameter(affine ? call.GradientOrNone(1) : null),
                Parameter(affine ? call.GradientOrNone(2) : null)
            ),
            repeated,
            NormalizationStatistics.Of(x, axes, Epsilon)
        );
        call.GiveOrNone(0, call.Needs(0) ? Shaped(curvature.ForX(), call.InputShape(0)) : null);
        call.GiveOrNone(1, call.Needs(1) ? Shaped(curvature.ForGradient(), call.InputShape(1)) : null);
        call.GiveNone(2);
        if (affine)
        {
            call.GiveOrNone(3, call.Needs(3) ? Shaped(curvature.ForWeight(), ParameterShape) : null);
        }
    }

    /// <summary>Added to the variance.</summary>
    protected abstract double Epsilon { get; }

    private static Tensor? Shaped(Tensor? tensor, Shape shape) =>
        tensor is null || tensor.Shape == shape ? tensor : tensor.Reshape(shape.Sizes);
}
