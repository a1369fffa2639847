namespace Fovea;

/// <summary>The total weight of labels, shape []: the sum of their classes' weights, or their number; 1 where that is not above
/// 0, so that it can be divided by.</summary>
/// <param name="attributes">What counts.</param>
/// <remarks>Inputs: Int64 labels and, where there are some, class weights of any type. Summed in double, in the order of the
/// labels. It has no gradient.</remarks>
internal sealed class LabelWeight(LabelWeightAttributes attributes) : Operator
{
    /// <summary>Creates it for a label.</summary>
    public LabelWeight(long? ignored, DType dtype)
        : this(new LabelWeightAttributes(ignored, dtype)) { }

    /// <inheritdoc/>
    public override LabelWeightAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => "LabelWeight";

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => [];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new OutputSpec([], attributes.Type)];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <summary>The sum of the weights of labels, 0 for the ignored one; their number where there are no weights.</summary>
    public static double Total(Tensor labels, Tensor? classWeights, long? ignored)
    {
        double[]? weights = classWeights?.ToArray<double>();
        double total = 0.0;
        foreach (long label in labels.ToArray<long>())
        {
            total += label == ignored ? 0.0 : weights?[label] ?? 1.0;
        }

        return total;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        double total = Total(call.Inputs[0], call.Inputs.Count > 1 ? call.Inputs[1] : null, attributes.Ignored);
        return Tensor.Scalar(total > 0.0 ? total : 1.0, attributes.Type);
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        for (int i = 0; i < call.InputCount; i++)
        {
            call.GiveNone(i);
        }
    }
}

/// <summary>What counts in a weight of labels.</summary>
/// <param name="Ignored">A label that counts for nothing.</param>
/// <param name="Type">Element type of the result.</param>
internal sealed record LabelWeightAttributes(long? Ignored, DType Type) : OperatorAttributes;
