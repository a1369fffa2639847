namespace Fovea;

/// <summary>A fully connected layer: y = x wᵀ + bias. x [..., inFeatures], y [..., outFeatures].</summary>
/// <remarks>Weight and bias start uniform in ±1 / sqrt(inFeatures), variance 1 / (3 inFeatures), as in PyTorch
/// (<see cref="LayerDefault"/>).</remarks>
public sealed class Linear : Module
{
    /// <summary>Creates the layer and draws its weights.</summary>
    /// <param name="inFeatures">Size of the input's last axis, 1 or more.</param>
    /// <param name="outFeatures">Size of the output's last axis, 1 or more.</param>
    /// <param name="bias">Add a learned value to each output feature.</param>
    /// <param name="rng">Where the first values come from; without it a fixed stream (see
    /// <see cref="Parameter"/>).</param>
    /// <exception cref="ArgumentException">A number of features is less than 1.</exception>
    public Linear(int inFeatures, int outFeatures, bool bias = true, Rng? rng = null)
    {
        if (inFeatures < 1 || outFeatures < 1)
        {
            throw new ArgumentException(
                $"Linear: inFeatures and outFeatures must be 1 or more, got {inFeatures} and {outFeatures}."
            );
        }

        Weight = new Parameter([outFeatures, inFeatures], new LayerDefault(), ParameterKind.Weight, rng);
        Bias = bias ? new Parameter([outFeatures], new LayerDefault(inFeatures), ParameterKind.Bias, rng) : null;
    }

    /// <summary>The matrix, [outFeatures, inFeatures].</summary>
    public Parameter Weight { get; }

    /// <summary>One value an output feature, [outFeatures]; null without bias.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        LinearOperator op = new() { Owner = this };
        return Bias is null ? op.Apply(x, Weight) : op.Apply(x, Weight, Bias);
    }
}
