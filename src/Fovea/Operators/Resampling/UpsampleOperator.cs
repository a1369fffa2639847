using System.Globalization;
using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Resampling of the spatial axes to another size.</summary>
/// <param name="mode">Which input values an output mixes.</param>
/// <param name="scale">Output size over input size per axis (one for all, or one each); null where
/// <paramref name="size"/> rules.</param>
/// <param name="size">Output size per axis; null where <paramref name="scale"/> rules.</param>
/// <param name="alignCorners">Linear only: whether the outermost positions coincide.</param>
internal sealed class UpsampleOperator(UpsampleMode mode, double[]? scale, PerAxis? size, bool alignCorners) : Operator
{
    private UpsampleAttributes? _attributes;

    /// <inheritdoc/>
    public override UpsampleAttributes Attributes => _attributes ??= new(mode, new(scale), size, alignCorners);

    /// <inheritdoc/>
    public override string Name => "Upsample";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0];
        if (x.Rank is < 3 or > 5)
        {
            throw new ShapeException(
                $"{Subject}: the input must be [N, C, L], [N, C, H, W] or [N, C, D, H, W], got {x.Rank} axes. x {x}."
            );
        }

        int rank = x.Rank - 2;
        int given = scale?.Length ?? size!.Value.Given;
        if (given != 1 && given != rank)
        {
            throw new ShapeException(
                $"{Subject}: {(scale is null ? "size" : "scale")} must have one value or one for each of {rank} spatial axes, got {given}. x {x}."
            );
        }

        int[] sizes = x.Sizes.ToArray();
        for (int axis = 0; axis < rank; axis++)
        {
            double wanted = scale is null ? size!.Value.At(axis, rank) : Scaled(x[2 + axis], Scale(axis));
            if (x[2 + axis] == 0 || !(wanted is >= 1.0 and < 1 << 30))
            {
                throw new ShapeException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Subject}: every spatial size must be 1 or more and below 2^30, before and after, got {x[2 + axis]} -> {wanted}. x {x}."
                    )
                );
            }

            sizes[2 + axis] = (int)wanted;
        }

        return Shape.Create(sizes);
    }

    /// <inheritdoc/>
    protected override unsafe Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(call.OutputShape, x.DType);
        if (x.DType == DType.Float64)
        {
            Kernel<double>(call.InputShapes[0], call.OutputShape).Forward(x.Pointer<double>(), y.Pointer<double>());
        }
        else
        {
            Kernel<float>(call.InputShapes[0], call.OutputShape).Forward(x.Pointer<float>(), y.Pointer<float>());
        }

        GC.KeepAlive(y);
        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(
            0,
            new UpsampleGradient(this, call.InputShape(0).Sizes[2..].ToArray()) { Owner = Owner }.Apply(call.Gradient())
        );

    /// <summary>floor(size * scale), the scale read as the fraction it stands for: 100 * 1.15 is 115. Not exact where
    /// it is out of range.</summary>
    private static double Scaled(int size, double scale) =>
        size * scale is >= 0.5 and < 1L << 31 ? Ratio.Of(scale).FloorOf(size) : Math.Floor(size * scale);

    private double Scale(int axis) => scale!.Length == 1 ? scale[0] : scale[axis];

    /// <summary>The kernel for the shapes of input and output.</summary>
    internal Resampling<T> Kernel<T>(Shape x, Shape y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ResampleAxis[] axes = [ResampleAxis.None, ResampleAxis.None, ResampleAxis.None];
        for (int axis = 0; axis < x.Rank - 2; axis++)
        {
            axes[5 - x.Rank + axis] = Axis(axis, x[2 + axis], y[2 + axis]);
        }

        return new Resampling<T>(checked(x[0] * x[1]), axes[0], axes[1], axes[2]);
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override string Explain(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        Shape x = shapes.Inputs[0];
        return WindowRules.ByAxis([
            .. Enumerable
                .Range(0, x.Rank - 2)
                .Select(i =>
                    scale is null
                        ? $"{x[2 + i]} resampled to {shapes.Output[2 + i]}, as asked for"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"floor({x[2 + i]} x {Scale(i)}) = {shapes.Output[2 + i]}"
                        )
                ),
        ]);
    }

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(0, shapes.Output.Count * (mode == UpsampleMode.Nearest ? 1 : 4));
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        if (axis < 2)
        {
            return (axis, AxisMap.Identity(shapes.Inputs[0][axis]));
        }

        (int from, int to) = (shapes.Inputs[0][axis], shapes.Output[axis]);
        double? factor = scale is null ? null : Scale(axis - 2);
        (int, int) step = ResampleReads.Step(from, to, factor, alignCorners);
        return (axis, new ResampleReads(mode, step, alignCorners).Map(Axis(axis - 2, from, to)));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.X is { } x
            ? x with
            {
                IsApproximate = x.IsApproximate || mode != UpsampleMode.Nearest,
                BeforeActivation = null,
            }
            : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return (double)use.Shapes.Output.Count / use.Shapes.Inputs[0].Count;
    }

    private ResampleAxis Axis(int axis, int from, int to)
    {
        Ratio step = scale is null ? new Ratio(from, to) : Ratio.Of(Scale(axis)).Inverse;
        return mode == UpsampleMode.Nearest
            ? ResampleAxis.Nearest(from, to, step)
            : ResampleAxis.Linear(from, to, step, alignCorners);
    }
}
