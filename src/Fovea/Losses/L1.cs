namespace Fovea.Losses;

/// <summary>|prediction - target| for each element. Both of one shape. The gradient at equality is 0.</summary>
/// <remarks>The negative logarithm of a Laplace likelihood, up to constants: its minimum is the median.</remarks>
public sealed class L1 : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        RequireSameShape(prediction, target);
        return Reduce((prediction - target).Abs());
    }
}
