namespace Fovea;

/// <summary>The sum or mean over axes. Accumulated in double, in an order that depends on the shape alone.</summary>
/// <param name="axes">The axes; none means all.</param>
/// <param name="keepDims">Leave the summed axes in place with size 1.</param>
/// <param name="mean">Divide by the number of elements summed; the mean of nothing is not-a-number.</param>
internal sealed class Sum(int[] axes, bool keepDims, bool mean) : Operator
{
    /// <inheritdoc/>
    public override string Name => mean ? "Mean" : "Sum";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => AxisSet.Reduce(inputs[0], AxisSet.Marks(Subject, inputs[0], axes), keepDims);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0];
        bool[] marks = AxisSet.Marks(Subject, x.Shape, axes);
        double scale = Scale(x.Shape, marks);
        Tensor result = AxisSum.Compute(x, marks, call.OutputShape, double.IsFinite(scale) ? scale : 1.0);
        if (!double.IsFinite(scale))
        {
            result.Fill(double.NaN);
        }

        return result;
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        Shape shape = call.InputShapes[0];
        bool[] marks = AxisSet.Marks(Subject, shape, axes);
        Tensor aligned = gradient.View(AxisSet.Reduce(shape, marks, keepDims: true));
        call.Accumulate(0, Broadcasting.Expand(aligned, shape, Scale(shape, marks)));
    }

    private double Scale(Shape shape, bool[] marks)
    {
        if (!mean)
        {
            return 1.0;
        }

        double count = 1.0;
        for (int i = 0; i < marks.Length; i++)
        {
            count *= marks[i] ? shape.Sizes[i] : 1;
        }

        return 1.0 / count;
    }
}
