namespace Fovea.Tests;

/// <summary>A network of bare parameters; never run forward.</summary>
internal sealed class GoldenNetwork : Module
{
    public Parameter A { get; } = new([3, 5], new Constant(0));

    public Parameter B { get; } = new([7], new Constant(0));

    public override Tensor Forward(Tensor x) => x;
}

/// <summary>One parameter of each kind, one of them large enough for several chunks, and a state buffer.</summary>
internal sealed class MixedNetwork : Module
{
    public Parameter Weight { get; } = new([130, 301], new Normal(0, 0.1));

    public Parameter Bias { get; } = new([13], new Normal(), ParameterKind.Bias);

    public Parameter Scale { get; } = new([17], new Constant(1), ParameterKind.Norm);

    public Parameter Slope { get; } = new([1], new Constant(0.25), ParameterKind.Other);

    public StateBuffer RunningMean { get; } = new([5], 0);

    public override Tensor Forward(Tensor x) => x;

    /// <summary>Gives every parameter the gradient of a step: drawn from the step's number, whatever was
    /// before.</summary>
    public void SetGradients(long step)
    {
        foreach ((string path, Parameter parameter) in NamedParameters())
        {
            parameter.Grad = Tensor.Normal(
                parameter.Shape,
                rng: new Rng(77).Split(path).Split((ulong)step),
                dtype: parameter.DType
            );
        }
    }

    public double[] Values() => [.. Parameters().SelectMany(p => p.ToArray<double>())];
}
