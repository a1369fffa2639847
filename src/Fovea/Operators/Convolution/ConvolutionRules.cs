using Fovea.Kernels;

namespace Fovea;

public sealed partial class Convolution
{
    private ConvolutionAttributes? _attributes;

    /// <inheritdoc/>
    public override ConvolutionAttributes Attributes =>
        _attributes ??= new(_rank, _stride.Plain(1), _padding, _dilation.Plain(1), _groups, _mode);

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override string Explain(OperatorShapes shapes) => WindowRules.Explain(Maps(shapes));

    /// <inheritdoc/>
    public override FilterBank Filters(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        Shape weight = shapes.Inputs[1];
        return new FilterBank(
            weight[1] * _groups,
            weight[0],
            _groups,
            weight.Sizes[2..].ToArray(),
            shapes.Inputs.Count > 2
        );
    }

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(checked(shapes.Output.Count * (shapes.Inputs[1].Count / shapes.Inputs[1][0])));
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        ConvolutionRules.ReadsOf(shapes, _rank, axis, Maps);

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return ConvolutionRules.Propagate(use, use.Shapes.Inputs[1][1] * WindowRules.MeanTaps(Maps(use.Shapes)));
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return input == 0
            ? (double)use.Shapes.Inputs[1][0] / _groups * use.MeanSquare(1) * WindowRules.MeanReads(Maps(use.Shapes))
            : null;
    }

    private WindowAxisMap[] Maps(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        ConvolutionGeometry g = Geometry([.. shapes.Inputs]);
        WindowAxis[] axes = [g.Depth, g.Height, g.Width];
        return [.. axes[(3 - _rank)..].Select(a => WindowRules.Map(a, _mode))];
    }
}

public sealed partial class TransposedConvolution
{
    private TransposedConvolutionAttributes? _attributes;

    /// <inheritdoc/>
    public override TransposedConvolutionAttributes Attributes =>
        _attributes ??= new(_rank, _stride.Plain(1), _padding, _outputPadding.Plain(0), _dilation.Plain(1), _groups);

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override string Explain(OperatorShapes shapes)
    {
        ConvolutionGeometry g = Geometry([.. shapes.Inputs]);
        WindowAxis[] axes = [g.Depth, g.Height, g.Width];
        return WindowRules.ByAxis([.. axes[(3 - _rank)..].Select(Formula)]);
    }

    private string Formula(WindowAxis axis, int index)
    {
        int extra = _padding.IsExplicit ? _outputPadding.At(index, _rank) : 0;
        return $"({axis.Out} - 1) x {axis.Stride} - {axis.PadBefore} - {axis.PadAfter + extra} + {axis.Extent}{(extra > 0 ? $" + {extra}" : "")} = {axis.In}";
    }

    /// <inheritdoc/>
    public override FilterBank Filters(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        Shape weight = shapes.Inputs[1];
        return new FilterBank(
            weight[0],
            weight[1] * _groups,
            _groups,
            weight.Sizes[2..].ToArray(),
            shapes.Inputs.Count > 2,
            IsTransposed: true
        );
    }

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(checked(shapes.Inputs[0].Count * (shapes.Inputs[1].Count / shapes.Inputs[1][0])));
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        ConvolutionRules.ReadsOf(shapes, _rank, axis, Maps);

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return ConvolutionRules.Propagate(
            use,
            (double)use.Shapes.Inputs[1][0] / _groups * WindowRules.MeanTaps(Maps(use.Shapes))
        );
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return input == 0
            ? use.Shapes.Inputs[1][1] * use.MeanSquare(1) * WindowRules.MeanReads(Maps(use.Shapes))
            : null;
    }

    private TransposedAxisMap[] Maps(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        ConvolutionGeometry g = Geometry([.. shapes.Inputs]);
        WindowAxis[] axes = [g.Depth, g.Height, g.Width];
        return
        [
            .. axes[(3 - _rank)..]
                .Select(a => new TransposedAxisMap(a.Out, a.In, a.Kernel, a.Stride, a.Dilation, a.PadBefore)),
        ];
    }
}

/// <summary>The rules that ordinary and transposed convolutions share.</summary>
internal static class ConvolutionRules
{
    public static (int OutputAxis, AxisMap Map)? ReadsOf(
        OperatorShapes shapes,
        int rank,
        int axis,
        Func<OperatorShapes, IReadOnlyList<AxisMap>> maps
    )
    {
        int spatial = axis - (shapes.Inputs[0].Rank - rank);
        return spatial >= 0 ? (axis, maps(shapes)[spatial]) : (-1, AxisMap.All(shapes.Inputs[0][axis]));
    }

    /// <summary>Weights of mean 0: the output's mean is the bias's, both variance parts are multiplied by fan in times
    /// the weights' mean square (He et al. 2015, eq. 6-9).</summary>
    /// <param name="use">Input statistics.</param>
    /// <param name="fanIn">Taps on input, zero padding left out, a mean over positions.</param>
    public static Signal? Propagate(SignalUse use, double fanIn)
    {
        if (use.X is not { } x || use.Inputs[1] is not { Mean: 0.0 })
        {
            return null;
        }

        Signal? bias = use.Inputs.Count > 2 ? use.Inputs[2] : null;
        double gain = fanIn * use.MeanSquare(1);
        double mean = bias?.Mean ?? 0.0,
            spread = bias is null ? 0.0 : bias.MeanSquare - (mean * mean);
        return new Signal(
            mean,
            (gain * ((x.Mean * x.Mean) + x.ChannelVariance)) + spread,
            gain * x.Variance,
            x.IsApproximate
        );
    }
}
