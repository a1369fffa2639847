using Fovea.Kernels;

namespace Fovea;

/// <summary>One of the numbers of each channel in saved scales [C, 4], rounded to the element type that is computed with.</summary>
/// <param name="attributes">Which number.</param>
internal sealed class ScaleNumber(ScaleNumberAttributes attributes) : Operator
{
    /// <summary>Creates it for a column.</summary>
    public ScaleNumber(int column, DType dtype, int[] sizes)
        : this(new ScaleNumberAttributes(column, dtype, Shape.Create(sizes))) { }

    /// <inheritdoc/>
    public override ScaleNumberAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "ScaleNumber";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => attributes.Shape;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new(attributes.Shape, attributes.Type)];

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
            attributes.Type,
            () => numbers[(next++ * SavedStatistics.ScaleNumbers) + attributes.Column]
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

/// <summary>A number of each channel.</summary>
/// <param name="Column">0 the mean, 1 the inverse deviation, 2 the scale, 3 the bias.</param>
/// <param name="Type">The element type of the result.</param>
/// <param name="Shape">The shape of the result: C and sizes 1.</param>
internal sealed record ScaleNumberAttributes(int Column, DType Type, Shape Shape) : OperatorAttributes;
