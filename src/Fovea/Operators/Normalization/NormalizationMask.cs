using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A tensor where the ReLU behind a normalization let through, 0 elsewhere: y above 0 or not-a-number. Input 1 is y
/// itself, or x, from which y is computed anew by the scales in input 2.</summary>
/// <param name="fromOutput">Whether input 1 is y.</param>
/// <remarks>Linear in input 0, and its own adjoint; the others change it only in steps.</remarks>
internal sealed class NormalizationMask(bool fromOutput) : Operator
{
    /// <inheritdoc/>
    public override MaskAttributes Attributes { get; } = new(fromOutput);

    /// <inheritdoc/>
    public override string Name => "NormalizationMask";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        Attributes.FromOutput ? GradientReads.Inputs(1) : GradientReads.Inputs(1, 2);

    /// <inheritdoc/>
    internal override bool AcceptsSavedAt(int input) => input == 2;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Inputs[0].DType == DType.Float64 ? Mask<double>(call) : Mask<float>(call);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        call.Give(
            0,
            Attributes.FromOutput
                ? Apply(call.Gradient(), call.Input(1))
                : Apply(call.Gradient(), call.Input(1), call.Input(2))
        );
        call.GiveNone(1);
        if (!Attributes.FromOutput)
        {
            call.GiveNone(2);
        }
    }

    private unsafe Tensor Mask<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor dy = call.Inputs[0],
            decides = call.Inputs[1],
            masked = Tensor.Uninitialized(dy.Shape, dy.DType);
        ChannelScale[]? scales = Attributes.FromOutput ? null : SavedStatistics.Scales(call.Inputs[2]);
        ChannelGeometry g = ChannelLayout.GeometryOf(dy.Shape);
        T* from = dy.Pointer<T>(),
            by = decides.Pointer<T>(),
            to = masked.Pointer<T>();
        PlaneChunks.For(
            g.Batch * g.Channels,
            g.Plane,
            (first, end) =>
            {
                for (int plane = first; plane < end; plane++)
                {
                    long at = (long)plane * g.Plane;
                    if (scales is null)
                    {
                        NormalizeRun<T>.Mask(from + at, by + at, to + at, g.Plane);
                        continue;
                    }

                    (T center, T scale, T shift) = scales[plane % g.Channels].Rounded<T>();
                    NormalizeRun<T>.MaskAnew(from + at, by + at, to + at, g.Plane, center, scale, shift);
                }
            }
        );
        GC.KeepAlive(dy);
        GC.KeepAlive(decides);
        GC.KeepAlive(masked);
        return masked;
    }
}

/// <summary>What a mask is read from.</summary>
/// <param name="FromOutput">Whether it is y; else x, from which y is computed anew.</param>
internal sealed record MaskAttributes(bool FromOutput) : OperatorAttributes;
