using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of <see cref="LayerNormalizationOperator"/>.</summary>
/// <param name="attributes">Those of the normalization.</param>
internal sealed class LayerNormGradient(LayerNormAttributes attributes) : ItemNormGradient(attributes.Affine)
{
    /// <summary>Creates it for sizes.</summary>
    public LayerNormGradient(Shape normalized, double epsilon, bool affine)
        : this(new LayerNormAttributes(normalized, epsilon, affine)) { }

    /// <inheritdoc/>
    public override LayerNormAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "LayerNormGradient";

    /// <inheritdoc/>
    protected override Shape ParameterShape => attributes.Normalized;

    /// <inheritdoc/>
    protected override double Epsilon => attributes.Epsilon;

    /// <inheritdoc/>
    protected override unsafe void Run<T>(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            dy = call.Inputs[1];
        Moments[] moments = SavedStatistics.Moments(call.Inputs[2], attributes.Normalized.Count);
        RowNormalization<T> kernel = LayerNormalizationOperator.Kernel<T>(x.Shape, attributes.Normalized);
        if (call.Wants(0))
        {
            Tensor dx = Tensor.Uninitialized(x.Shape, x.DType);
            kernel.BackwardData(
                attributes.Epsilon,
                moments,
                x.Pointer<T>(),
                attributes.Affine ? call.Inputs[3].Pointer<T>() : null,
                dy.Pointer<T>(),
                dx.Pointer<T>()
            );
            call.SetOutput(0, dx);
        }

        if (attributes.Affine && (call.Wants(1) || call.Wants(2)))
        {
            Tensor dweight = Tensor.Uninitialized(attributes.Normalized, x.DType),
                dbias = Tensor.Uninitialized(attributes.Normalized, x.DType);
            kernel.ParameterGradients(
                attributes.Epsilon,
                moments,
                x.Pointer<T>(),
                dy.Pointer<T>(),
                dweight.Pointer<T>(),
                dbias.Pointer<T>()
            );
            call.SetWanted(1, dweight);
            call.SetWanted(2, dbias);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Seen(Tensor x) => x;

    /// <inheritdoc/>
    protected override Tensor Aligned(Tensor parameter, int rank) =>
        parameter.Reshape([.. Enumerable.Repeat(1, rank - attributes.Normalized.Rank), .. attributes.Normalized.Sizes]);

    /// <inheritdoc/>
    protected override (int[] Axes, int[] Repeated) AxesOf(int rank) =>
        (
            [.. Enumerable.Range(rank - attributes.Normalized.Rank, attributes.Normalized.Rank)],
            [.. Enumerable.Range(0, rank - attributes.Normalized.Rank)]
        );
}
