using System.Numerics;

namespace Fovea;

/// <summary>y = x wᵀ + bias over the last axis: x [..., in], weight [out, in], bias [out] (a third input, may be
/// absent), y [..., out].</summary>
internal sealed class LinearOperator : Operator
{
    /// <inheritdoc/>
    public override string Name => "Linear";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape x = inputs[0],
            weight = inputs[1];
        if (weight.Rank != 2 || (inputs.Length > 2 && inputs[2] != Shape.Create([weight[0]])))
        {
            throw new ShapeException(
                $"{Subject}: the weight must be [out, in] and the bias [out], got {weight}{(inputs.Length > 2 ? $" and {inputs[2]}" : "")}."
            );
        }

        if (x.Rank == 0)
        {
            throw new ShapeException($"{Subject}: x must be [..., features], got the scalar [].");
        }

        if (x[-1] != weight[1])
        {
            throw new ShapeException(
                $"{Subject}: input features must equal inFeatures, got {x[-1]} and {weight[1]}. x {x}. {Hint(x, weight)}"
            );
        }

        return x.With(-1, weight[0]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        Tensor y = Tensor.Uninitialized(call.OutputShape, x.DType);
        Tensor? bias = call.Inputs.Count > 2 ? call.Inputs[2] : null;
        if (x.DType == DType.Float64)
        {
            Compute<double>(x, call.Inputs[1], bias, y);
        }
        else
        {
            Compute<float>(x, call.Inputs[1], bias, y);
        }

        return y;
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        Tensor dy = call.Gradient();
        if (call.Needs(0))
        {
            call.Give(0, new LinearBackwardData { Owner = Owner }.Apply(dy, call.Input(1)));
        }

        if (call.Needs(1))
        {
            call.Give(1, new LinearBackwardWeights { Owner = Owner }.Apply(dy, call.Input(0)));
        }

        if (call.Needs(2))
        {
            call.Give(2, new ChannelSum(0) { Owner = Owner }.Apply(dy));
        }
    }

    /// <summary>What to write instead: x is [N, features], [N, steps, features], or a map [N, C, spatial...] that was
    /// not flattened.</summary>
    private static string Hint(Shape x, Shape weight)
    {
        string same = $"Write new Linear({x[-1]}, {weight[0]})";
        if (x.Rank <= 2 || x.Count == 0)
        {
            return same + ".";
        }

        long features = x.Count / x[0];
        return features == weight[1] ? "Flatten x first: x.Flatten(1)."
            : x.Rank > 3 && x[1] == weight[1]
                ? $"Pool x first: new GlobalAvgPool(flatten: true); or flatten x and write new Linear({features}, {weight[0]})."
            : x.Rank > 3 ? $"Flatten x first, x.Flatten(1), and write new Linear({features}, {weight[0]})."
            : $"{same}; or flatten x first, x.Flatten(1), and write new Linear({features}, {weight[0]}).";
    }

    /// <summary>Rows of a tensor as a matrix of its last axis.</summary>
    internal static int Rows(Shape shape)
    {
        long rows = 1;
        foreach (int size in shape.Sizes[..^1])
        {
            rows *= size;
        }

        return checked((int)rows);
    }

    private static unsafe void Compute<T>(Tensor x, Tensor weight, Tensor? bias, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* pointer = bias is null ? null : bias.Pointer<T>();
        MatrixProduct.Multiply(
            false,
            true,
            Rows(x.Shape),
            weight.Shape[0],
            weight.Shape[1],
            x.Pointer<T>(),
            weight.Pointer<T>(),
            y.Pointer<T>(),
            pointer
        );
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override string Explain(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return $"{shapes.Inputs[1][1]} features in, {shapes.Inputs[1][0]} out";
    }

    /// <inheritdoc/>
    public override FilterBank Filters(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new FilterBank(shapes.Inputs[1][1], shapes.Inputs[1][0], 1, [], shapes.Inputs.Count > 2);
    }

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(checked(shapes.Output.Count * shapes.Inputs[1][1]));
    }

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int size = shapes.Inputs[0][axis];
        return axis == shapes.Inputs[0].Rank - 1 ? (-1, AxisMap.All(size)) : (axis, AxisMap.Identity(size));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return ConvolutionRules.Propagate(use, use.Shapes.Inputs[1][1]);
    }

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input)
    {
        ArgumentNullException.ThrowIfNull(use);
        return input == 0 ? use.Shapes.Inputs[1][0] * use.MeanSquare(1) : null;
    }

    internal override ExecutionForm? Form(Node node) =>
        node.Inputs[0].Shape.Rank == 2 && node.Inputs.Skip(1).All(i => !i.IsActivation) ? new LinearForm() : null;
}
