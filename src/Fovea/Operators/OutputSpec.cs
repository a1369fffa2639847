namespace Fovea;

/// <summary>Shape and element type of a tensor.</summary>
/// <param name="Shape">Its sizes.</param>
/// <param name="DType">Its element type.</param>
public readonly record struct TensorSpec(Shape Shape, DType DType);

/// <summary>What an output of an operator is for.</summary>
public enum OutputRole
{
    /// <summary>A result that networks read.</summary>
    Result,

    /// <summary>What the gradient rule reads besides inputs and results, such as saved statistics. It has no gradient
    /// itself, and is computed only where a gradient is wanted.</summary>
    Saved,

    /// <summary>The next value of a state, such as running statistics. It has no gradient.</summary>
    NextState,
}

/// <summary>An output of an operator before it is computed.</summary>
/// <param name="Shape">Its sizes.</param>
/// <param name="DType">Its element type.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Name">A short word for it, such as <c>mean</c>; empty for the first.</param>
public readonly record struct OutputSpec(
    Shape Shape,
    DType DType,
    OutputRole Role = OutputRole.Result,
    string Name = ""
)
{
    /// <summary>Whether a gradient may come for it. Results have one; a saved output may, where the gradient of the gradient
    /// goes through it.</summary>
    public bool IsDifferentiable { get; init; } = Role == OutputRole.Result;

    /// <summary>Whether its memory holds no numbers of its element type, such as positions: only the gradient rule knows
    /// how to read it.</summary>
    public bool IsRaw { get; init; }
}
