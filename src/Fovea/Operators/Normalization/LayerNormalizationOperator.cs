using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Layer normalization over the last axes. Outputs: y, and the moments of every row [..., 2] that the gradient
/// reads.</summary>
/// <param name="attributes">The sizes of those axes, and options.</param>
internal sealed class LayerNormalizationOperator(LayerNormAttributes attributes) : Operator
{
    private readonly Shape _normalized = attributes.Normalized;

    /// <summary>Creates it for sizes.</summary>
    public LayerNormalizationOperator(Shape normalized, double epsilon, bool affine)
        : this(new LayerNormAttributes(normalized, epsilon, affine)) { }

    /// <inheritdoc/>
    public override LayerNormAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "LayerNorm";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (x.Rank < _normalized.Rank || !x.Sizes[^_normalized.Rank..].SequenceEqual(_normalized.Sizes))
        {
            throw new ShapeException(
                $"{Subject}: the last {_normalized.Rank} axes of the input must be {_normalized}, got x {x}."
            );
        }

        return x;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        Shape x = OutputShape(ShapesOf(inputs)),
            moments = Shape.Create([.. x.Sizes[..^_normalized.Rank], SavedStatistics.MomentNumbers]);
        return [new(x, inputs[0].DType), new(moments, DType.Float64, OutputRole.Saved, "moments")];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        (attributes.Affine ? GradientReads.Inputs(0, 1) : GradientReads.Inputs(0)) | GradientReads.Outputs(1);

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

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        NormalizationRules.Apply(new LayerNormGradient(attributes), call, attributes.Affine);
    }

    /// <summary>The kernel for an input.</summary>
    internal static RowNormalization<T> Kernel<T>(Shape x, Shape normalized)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int length = checked((int)normalized.Count);
        return new RowNormalization<T>(length == 0 ? 0 : checked((int)(x.Count / length)), length);
    }

    private unsafe void Run<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        T* weight = attributes.Affine ? call.Inputs[1].Pointer<T>() : null,
            bias = attributes.Affine ? call.Inputs[2].Pointer<T>() : null;
        Moments[] moments = Kernel<T>(x.Shape, _normalized)
            .Forward(attributes.Epsilon, x.Pointer<T>(), weight, bias, y.Pointer<T>());
        call.SetOutput(0, y);
        if (call.Wants(1))
        {
            call.SetOutput(1, SavedStatistics.Of(moments, call.Outputs[1].Shape));
        }
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Normalizes;

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, shapes.Output.Count * (attributes.Affine ? 5 : 4));
    }

    /// <summary>By position: every output also depends on the whole item, through two numbers a group.</summary>
    /// <param name="shapes">The shapes in use.</param>
    /// <param name="input">Position of the input.</param>
    /// <param name="axis">Its axis.</param>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        (axis, AxisMap.Identity(shapes.Inputs[0][axis]));

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) =>
        NormalizationRules.WithinItem(use, attributes.Epsilon, attributes.Affine, byChannel: false);

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) =>
        input == 0 ? NormalizationRules.Gain(use, attributes.Epsilon, attributes.Affine, byChannel: false) : null;
}

/// <summary>What a layer normalization does.</summary>
/// <param name="Normalized">The sizes of the last axes, over which statistics are taken.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Affine">Whether weight and bias are inputs 1 and 2.</param>
public sealed record LayerNormAttributes(Shape Normalized, double Epsilon = 1e-5, bool Affine = true)
    : OperatorAttributes;
