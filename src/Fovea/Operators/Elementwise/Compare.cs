using Fovea.Kernels;

namespace Fovea;

/// <summary>How two values are compared.</summary>
internal enum Comparison
{
    /// <summary>a &gt; b.</summary>
    Greater,

    /// <summary>a &gt;= b.</summary>
    GreaterOrEqual,

    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a &lt;= b.</summary>
    LessOrEqual,

    /// <summary>a = b.</summary>
    Equal,

    /// <summary>a and b differ.</summary>
    NotEqual,
}

/// <summary>1 where a comparison of a and b holds, else 0. No gradient passes it.</summary>
internal sealed class Compare(CompareAttributes attributes) : BinaryOperator
{
    /// <summary>Creates it for a comparison.</summary>
    public Compare(Comparison kind)
        : this(new CompareAttributes(kind)) { }

    /// <inheritdoc/>
    public override CompareAttributes Attributes => attributes;

    /// <inheritdoc/>
    public override string Name => attributes.Kind.ToString();

    /// <inheritdoc/>
    public override bool AcceptsIntegers => true;

    /// <summary>One result of the floating type of the inputs, Float32 of two integers.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        DType type = FloatTypeOf(inputs);
        Shape shape = OutputShape(ShapesOf(inputs));
        return [new OutputSpec(shape, type == DType.Int64 ? DType.Float32 : type) { IsDifferentiable = false }];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        (Tensor a, Tensor b) = (call.Inputs[0], call.Inputs[1]);
        DType type = call.Outputs[0].DType;
        if (a.DType == DType.Int64 && b.DType == DType.Int64)
        {
            return Broadcasting.ComputeIntegers(a, b, call.OutputShape, Holds);
        }

        (a, b) = (a.DType == type ? a : a.To(type), b.DType == type ? b : b.To(type));
        return attributes.Kind switch
        {
            Comparison.Greater => Broadcasting.Compute<GreaterFunction>(a, b, call.OutputShape),
            Comparison.GreaterOrEqual => Broadcasting.Compute<GreaterOrEqualFunction>(a, b, call.OutputShape),
            Comparison.Less => Broadcasting.Compute<GreaterFunction>(b, a, call.OutputShape),
            Comparison.LessOrEqual => Broadcasting.Compute<GreaterOrEqualFunction>(b, a, call.OutputShape),
            Comparison.Equal => Broadcasting.Compute<EqualFunction>(a, b, call.OutputShape),
            _ => Broadcasting.Compute<NotEqualFunction>(a, b, call.OutputShape),
        };
    }

    /// <inheritdoc/>
    protected override void Differentiate(GradientCall call)
    {
        call.GiveNone(0);
        call.GiveNone(1);
    }

    private bool Holds(long a, long b) =>
        attributes.Kind switch
        {
            Comparison.Greater => a > b,
            Comparison.GreaterOrEqual => a >= b,
            Comparison.Less => a < b,
            Comparison.LessOrEqual => a <= b,
            Comparison.Equal => a == b,
            _ => a != b,
        };
}

/// <summary>How values are compared.</summary>
/// <param name="Kind">The comparison.</param>
internal sealed record CompareAttributes(Comparison Kind) : OperatorAttributes;
