using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of <see cref="LayerNormalizationOperator"/>.</summary>
/// <param name="normalized">The sizes of the last axes.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
internal sealed class LayerNormGradient(Shape normalized, double epsilon, bool affine) : ItemNormGradient(affine)
{
    private readonly bool _affine = affine;

    /// <inheritdoc/>
    public override string Name => "LayerNormGradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [
            new("shape", string.Join("x", normalized.Sizes.ToArray())),
            .. NormalizationRules.Options(epsilon, 0.1, _affine, true),
        ];

    /// <inheritdoc/>
    protected override Shape ParameterShape => normalized;

    /// <inheritdoc/>
    protected override double Epsilon => epsilon;

    /// <inheritdoc/>
    protected override unsafe void Run<T>(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            dy = call.Inputs[1];
        Moments[] moments = SavedStatistics.Moments(call.Inputs[2], normalized.Count);
        RowNormalization<T> kernel = LayerNormalizationOperator.Kernel<T>(x.Shape, normalized);
        if (call.Wants(0))
        {
            Tensor dx = Tensor.Uninitialized(x.Shape, x.DType);
            kernel.BackwardData(
                epsilon,
                moments,
                x.Pointer<T>(),
                _affine ? call.Inputs[3].Pointer<T>() : null,
                dy.Pointer<T>(),
                dx.Pointer<T>()
            );
            call.SetOutput(0, dx);
        }

        if (_affine && (call.Wants(1) || call.Wants(2)))
        {
            Tensor dweight = Tensor.Uninitialized(normalized, x.DType),
                dbias = Tensor.Uninitialized(normalized, x.DType);
            kernel.ParameterGradients(
                epsilon,
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
        parameter.Reshape([.. Enumerable.Repeat(1, rank - normalized.Rank), .. normalized.Sizes]);

    /// <inheritdoc/>
    protected override (int[] Axes, int[] Repeated) AxesOf(int rank) =>
        (
            [.. Enumerable.Range(rank - normalized.Rank, normalized.Rank)],
            [.. Enumerable.Range(0, rank - normalized.Rank)]
        );
}
