using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of <see cref="GroupNormalizationOperator"/>.</summary>
/// <param name="name">Name of the normalization.</param>
/// <param name="groups">Groups; divides the channels.</param>
/// <param name="channels">Size of axis 1.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
internal sealed class GroupNormGradient(string name, int groups, int channels, double epsilon, bool affine)
    : ItemNormGradient(affine)
{
    private readonly bool _affine = affine;

    /// <inheritdoc/>
    public override string Name => $"{name}Gradient";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("groups", $"{groups}"), .. NormalizationRules.Options(epsilon, 0.1, _affine, true)];

    /// <inheritdoc/>
    protected override Shape ParameterShape => [channels];

    /// <inheritdoc/>
    protected override double Epsilon => epsilon;

    /// <inheritdoc/>
    protected override unsafe void Run<T>(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        ChannelGeometry geometry = ChannelLayout.GeometryOf(x.Shape);
        T* weight = _affine ? call.Inputs[3].Pointer<T>() : null;
        Tensor? dx = call.Wants(0) ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        GroupNormalization<T> kernel = new(geometry, groups);
        (double Sum, double Product)[] sums = kernel.Backward(
            epsilon,
            SavedStatistics.Moments(call.Inputs[2], channels / groups * geometry.Plane),
            x.Pointer<T>(),
            weight,
            call.Inputs[1].Pointer<T>(),
            dx is null ? null : dx.Pointer<T>()
        );
        if (dx is not null)
        {
            call.SetOutput(0, dx);
        }

        if (_affine && (call.Wants(1) || call.Wants(2)))
        {
            Tensor dweight = Tensor.Uninitialized([channels], x.DType),
                dbias = Tensor.Uninitialized([channels], x.DType);
            kernel.ParameterGradients(sums, dweight.Pointer<T>(), dbias.Pointer<T>());
            call.SetWanted(1, dweight);
            call.SetWanted(2, dbias);
        }
    }

    /// <summary>[N, groups, channels of a group, spatial...].</summary>
    /// <param name="x">[N, C, spatial...].</param>
    protected override Tensor Seen(Tensor x) =>
        x.Reshape([x.Shape[0], groups, channels / groups, .. x.Shape.Sizes[2..]]);

    /// <inheritdoc/>
    protected override Tensor Aligned(Tensor parameter, int rank) =>
        parameter.Reshape([1, groups, channels / groups, .. Enumerable.Repeat(1, rank - 3)]);

    /// <inheritdoc/>
    protected override (int[] Axes, int[] Repeated) AxesOf(int rank) =>
        ([.. Enumerable.Range(2, rank - 2)], [0, .. Enumerable.Range(3, rank - 3)]);
}
