namespace Fovea;

/// <summary>While training zeroes whole samples of [N, ...]: placed at the end of a residual body it skips the body
/// (stochastic depth). The rest is scaled by 1 / (1 - p); in evaluation nothing happens.</summary>
/// <remarks>Huang et al.: Deep networks with stochastic depth, ECCV 2016.</remarks>
/// <param name="p">The probability of a sample to be zeroed, 0 to 1.</param>
/// <param name="rng">The layer's generator; without it the stream of the layer's path in seed 0.</param>
/// <exception cref="ArgumentException"><paramref name="p"/> is not within 0 to 1.</exception>
public sealed class DropPath(double p = 0.1, Rng? rng = null) : RandomDrop("DropPath", p, unitAxes: 1, rng);
