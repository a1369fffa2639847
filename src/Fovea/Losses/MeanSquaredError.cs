namespace Fovea.Losses;

/// <summary>(prediction - target)² for each element. Both of one shape.</summary>
/// <remarks>The negative logarithm of a normal likelihood of fixed variance, up to constants (Gauss 1809).</remarks>
public sealed class MeanSquaredError : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        RequireSameShape(prediction, target);
        return Reduce((prediction - target).Square());
    }
}
