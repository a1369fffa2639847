namespace Fovea;

/// <summary>The total weight of labels, shape []: the sum of their classes' weights, or their number; 1 where that is not above
/// 0, so that it can be divided by.</summary>
/// <param name="ignored">A label that counts for nothing.</param>
/// <param name="dtype">Element type of the result.</param>
/// <remarks>Inputs: Int64 labels and, where there are some, class weights of any type. Summed in double, in the order of the
/// labels. It has no gradient.</remarks>
internal sealed class LabelWeight(long? ignored, DType dtype) : Operator
{
    /// <inheritdoc/>
    public override string Name => "LabelWeight";

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => [];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) => [new OutputSpec([], dtype)];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        double[]? weights = call.Inputs.Count > 1 ? call.Inputs[1].ToArray<double>() : null;
        double total = 0.0;
        foreach (long label in call.Inputs[0].ToArray<long>())
        {
            total += label == ignored ? 0.0 : weights?[label] ?? 1.0;
        }

        return Tensor.Scalar(total > 0.0 ? total : 1.0, dtype);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        for (int i = 0; i < call.InputCount; i++)
        {
            call.GiveNone(i);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OperatorOption> Options => ignored is { } label ? [new("ignored", $"{label}")] : [];
}
