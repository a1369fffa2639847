namespace Fovea;

/// <summary>What the gradient rule of a product reads: linear in its first two inputs each, it reads the one for the
/// gradient of the other.</summary>
internal static class ProductReads
{
    /// <summary>The second input where the gradient of the first is wanted, and the other way round.</summary>
    /// <param name="needs">For each input, whether its gradient is wanted; two or more.</param>
    public static GradientReads Of(ReadOnlySpan<bool> needs) => new((needs[0] ? 2UL : 0) | (needs[1] ? 1UL : 0), 0);
}
