using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of <see cref="GroupNormalizationOperator"/>.</summary>
/// <param name="name">Name of the normalization.</param>
/// <param name="attributes">Those of the normalization.</param>
internal sealed class GroupNormGradient(string name, GroupNormAttributes attributes)
    : ItemNormGradient(attributes.Affine)
{
    /// <inheritdoc/>
    public override GroupNormAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => $"{name}Gradient";

    /// <inheritdoc/>
    protected override Shape ParameterShape => [attributes.Channels];

    /// <inheritdoc/>
    protected override double Epsilon => attributes.Epsilon;

    /// <inheritdoc/>
    protected override unsafe void Run<T>(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        ChannelGeometry geometry = ChannelLayout.GeometryOf(x.Shape);
        T* weight = attributes.Affine ? call.Inputs[3].Pointer<T>() : null;
        Tensor? dx = call.Wants(0) ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        GroupNormalization<T> kernel = new(geometry, attributes.Groups);
        (double Sum, double Product)[] sums = kernel.Backward(
            attributes.Epsilon,
            SavedStatistics.Moments(call.Inputs[2], attributes.Channels / attributes.Groups * geometry.Plane),
            x.Pointer<T>(),
            weight,
            call.Inputs[1].Pointer<T>(),
            dx is null ? null : dx.Pointer<T>()
        );
        if (dx is not null)
        {
            call.SetOutput(0, dx);
        }

        if (attributes.Affine && (call.Wants(1) || call.Wants(2)))
        {
            Tensor dweight = Tensor.Uninitialized([attributes.Channels], x.DType),
                dbias = Tensor.Uninitialized([attributes.Channels], x.DType);
            kernel.ParameterGradients(sums, dweight.Pointer<T>(), dbias.Pointer<T>());
            call.SetWanted(1, dweight);
            call.SetWanted(2, dbias);
        }
    }

    /// <summary>[N, attributes.Groups, attributes.Channels of a group, spatial...].</summary>
    /// <param name="x">[N, C, spatial...].</param>
    protected override Tensor Seen(Tensor x) =>
        x.Reshape([x.Shape[0], attributes.Groups, attributes.Channels / attributes.Groups, .. x.Shape.Sizes[2..]]);

    /// <inheritdoc/>
    protected override Tensor Aligned(Tensor parameter, int rank) =>
        parameter.Reshape([
            1,
            attributes.Groups,
            attributes.Channels / attributes.Groups,
            .. Enumerable.Repeat(1, rank - 3),
        ]);

    /// <inheritdoc/>
    protected override (int[] Axes, int[] Repeated) AxesOf(int rank) =>
        ([.. Enumerable.Range(2, rank - 2)], [0, .. Enumerable.Range(3, rank - 3)]);
}
