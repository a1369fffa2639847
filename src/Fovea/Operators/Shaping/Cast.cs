namespace Fovea;

/// <summary>The elements converted to another type; floats become integers by truncation. The gradient is converted
/// back.</summary>
/// <param name="attributes">The new element type.</param>
internal sealed class Cast(CastAttributes attributes) : Operator
{
    /// <summary>Creates it for a type.</summary>
    public Cast(DType dtype)
        : this(new CastAttributes(dtype)) { }

    /// <inheritdoc/>
    public override CastAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <inheritdoc/>
    public override string Name => "Cast";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
        [new OutputSpec(inputs[0].Shape, attributes.Type)];

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0],
            y = Tensor.Uninitialized(x.Shape, attributes.Type);
        switch (attributes.Type)
        {
            case var same when same == x.DType:
                y.CopyFrom(x);
                break;
            case DType.Float32:
                y.Write(x.ToArray<float>());
                break;
            case DType.Float64:
                y.Write(x.ToArray<double>());
                break;
            default:
                y.Write(x.ToArray<long>());
                break;
        }

        return y;
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call) =>
        call.Give(0, new Cast(call.InputType(0)).Apply(call.Gradient()));

    /// <inheritdoc/>
    public override OperatorTraits Traits => OperatorTraits.Linear;

    /// <inheritdoc/>
    public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return (axis, AxisMap.Identity(shapes.Inputs[0][axis]));
    }

    /// <inheritdoc/>
    public override Signal? Propagate(SignalUse use) => use.X;

    /// <inheritdoc/>
    public override double? GradientGain(SignalUse use, int input) => input == 0 ? 1.0 : null;
}

/// <summary>A change of the element type.</summary>
/// <param name="Type">The new one.</param>
internal sealed record CastAttributes(DType Type) : OperatorAttributes;
