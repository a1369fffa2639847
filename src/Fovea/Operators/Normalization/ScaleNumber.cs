using Fovea.Kernels;

namespace Fovea;

/// <summary>One of the numbers of each channel in saved scales [C, 4], rounded to the element type that is computed with.</summary>
/// <param name="column">0 the mean, 1 the inverse deviation, 2 the scale, 3 the bias.</param>
/// <param name="dtype">The element type of the result.</param>
/// <param name="sizes">The shape of the result: C and sizes 1.</param>
internal sealed class ScaleNumber(int column, DType dtype, int[] sizes) : Operator
{
    /// <inheritdoc/>
    public override string Name => "ScaleNumber";

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options =>
        [new("column", $"{column}"), new("type", $"{dtype}"), new("shape", string.Join("x", sizes))];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Shape.Create(sizes);

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new(Shape.Create(sizes), dtype)];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        double[] numbers = call.Inputs[0].ToArray<double>();
        int next = 0;
        return Tensor.Generate(
            call.OutputShape,
            dtype,
            () => numbers[(next++ * SavedStatistics.ScaleNumbers) + column]
        );
    }

    /// <summary>None: saved numbers are not differentiated, x they were computed from is.</summary>
    /// <param name="call">The call.</param>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        call.GiveNone(0);
    }
}
