using Fovea.Kernels;

namespace Fovea;

/// <summary>y = x where positive, slope x elsewhere, the slope being learned: one for all (weight [1]) or one a channel
/// (weight [C], axis 1 of x).</summary>
/// <remarks>He, Zhang, Ren, Sun: Delving deep into rectifiers, ICCV 2015. y = relu(x) + slope min(x, 0).</remarks>
internal sealed class PReluOperator : Operator
{
    /// <inheritdoc/>
    public override string Name => "PReLU";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0],
            weight = inputs[1];
        if (weight.Rank != 1)
        {
            throw new ShapeException($"{Subject}: the slopes must be [1] or [channels], got {weight}.");
        }

        if (weight[0] != 1 && (x.Rank < 2 || x[1] != weight[0]))
        {
            throw new ShapeException(
                $"{Subject}: input channels (axis 1) must equal the number of slopes, got {(x.Rank < 2 ? "none" : x[1])} and {weight[0]}. x {x}. Write new PReLU({(x.Rank < 2 ? 1 : x[1])}), or new PReLU() for one slope."
            );
        }

        return x;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            weight = call.Inputs[1];
        return Broadcasting.Compute<LearnedSlopeFunction>(x, Align(weight, x.Shape), x.Shape);
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        GradientReads.Inputs(0) | (needs[0] ? GradientReads.Inputs(1) : GradientReads.None);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        if (call.Needs(0))
        {
            call.Give(0, new PReluGradient().Apply(call.Input(0), call.Input(1), call.Gradient()));
        }

        if (call.Needs(1))
        {
            call.Give(1, OfSlopes(call.Input(0), call.Input(0) * call.Gradient(), call.InputShape(1)));
        }
    }

    /// <summary>The gradient of the slopes: a tensor summed by channel where x is not above 0.</summary>
    /// <param name="x">Decides what counts.</param>
    /// <param name="product">Of the shape of x.</param>
    /// <param name="weight">Shape of the slopes.</param>
    public static Tensor OfSlopes(Tensor x, Tensor product, Shape weight)
    {
        Tensor part = new ElementwiseGradient<NotPositiveFunction>("WhereNotPositive", default).Apply(x, product);
        Tensor sum = SumOver.Of(part, Aligned(weight, x.Shape));
        return sum.Shape == weight ? sum : Reshape.To(SymbolicShape.Fixed(weight)).Apply(sum);
    }

    /// <summary>The weight as [C, 1, ...], so that it broadcasts along axis 1.</summary>
    public static Tensor Align(Tensor weight, Shape x) => weight.View(Aligned(weight.Shape, x));

    private static Shape Aligned(Shape weight, Shape x)
    {
        int[] sizes = new int[weight[0] == 1 ? 0 : x.Rank - 1];
        Array.Fill(sizes, 1);
        if (sizes.Length > 0)
        {
            sizes[0] = weight[0];
        }

        return Shape.Create(sizes);
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Activation;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
        input == 0 ? (axis, AxisMap.Identity(shapes.Inputs[0][axis])) : null;

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        double slope = Math.Sqrt(use.MeanSquare(1));
        return use.X is { } x ? NormalExpectation.Of(x, (double z) => z > 0.0 ? z : slope * z) : null;
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        double slope = Math.Sqrt(use.MeanSquare(1));
        return input == 0 && use.X is { } x
            ? NormalExpectation.MeanSquare(x, (double z) => z > 0.0 ? 1.0 : slope)
            : null;
    }
}
