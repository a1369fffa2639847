namespace Fovea.Data;

/// <summary>Blends each item and its class weights with another of the batch (Zhang, Cisse, Dauphin, Lopez-Paz: mixup:
/// beyond empirical risk minimization; 2017). One weight from Beta(alpha, alpha) a batch.</summary>
/// <param name="alpha">Above 0 to 10; 0.2 is usual. The larger, the more even the blend.</param>
public sealed class Mixup(double alpha) : BatchTransform
{
    /// <inheritdoc/>
    public override string Name => "mixup";

    /// <inheritdoc/>
    public override double Amount => alpha;

    /// <inheritdoc/>
    public override string? Refusal(Shape itemShape) => null;

    /// <inheritdoc/>
    public override void Apply(Span<float> inputs, Span<float> targets, Shape itemShape, int count, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        float weight = (float)BetaDistribution.Draw(alpha, rng);
        int[] partners = rng.Permutation(count);
        Mix(inputs, count, partners, weight);
        Mix(targets, count, partners, weight);
    }
}
