namespace Fovea;

/// <summary>What a parameter does in its layer; decides about weight decay and reports.</summary>
public enum ParameterKind
{
    /// <summary>A filter or matrix.</summary>
    Weight,

    /// <summary>A bias, one value a channel.</summary>
    Bias,

    /// <summary>Scale or shift of a normalization.</summary>
    Norm,

    /// <summary>Anything else learned, such as the slope of a PReLU.</summary>
    Other,
}

/// <summary>A tensor that a module learns. Found by walking the module's fields; no registration.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Creates a parameter and draws its first values.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="initializer">The rule of its first values.</param>
    /// <param name="kind">What it does in its layer.</param>
    /// <param name="rng">Where random values come from; without it a fixed stream named by shape and rule. <see cref="Module.Initialize"/> draws anew, by path.</param>
    public Parameter(Shape shape, Initializer initializer, ParameterKind kind = ParameterKind.Weight, Rng? rng = null)
        : base(new Storage(shape.Count * sizeof(float)), 0, shape, DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        Initializer = initializer;
        Kind = kind;
        RequiresGrad = true;
        initializer.Fill(this, rng ?? new Rng(0).Split($"{initializer} {shape}"));
    }

    /// <summary>The rule of its first values. Setting it takes effect at the next <see cref="Module.Initialize"/>.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>What it does in its layer.</summary>
    public ParameterKind Kind { get; }

    /// <summary>The path in the root module, e.g. <c>layer2.conv1.weight</c>; empty until the root was walked.</summary>
    public string Path { get; internal set; } = "";

    internal void ConvertTo(DType dtype)
    {
        Adopt(To(dtype));
        Grad = null;
    }
}

/// <summary>State of a module that is not learned but belongs to it, such as running statistics. Saved with the parameters.</summary>
public sealed class StateBuffer : Tensor
{
    /// <summary>Creates state with every element the same.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">The first value of every element.</param>
    public StateBuffer(Shape shape, float value)
        : base(new Storage(shape.Count * sizeof(float)), 0, shape, DType.Float32) => Fill(value);

    internal void ConvertTo(DType dtype) => Adopt(To(dtype));
}
