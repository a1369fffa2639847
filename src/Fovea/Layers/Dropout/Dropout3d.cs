namespace Fovea;

/// <summary>While training zeroes whole channels of [N, C, D, H, W]. The rest is scaled by 1 / (1 - p); in evaluation
/// nothing happens.</summary>
/// <remarks>Tompson et al.: Efficient object localization using convolutional networks, CVPR 2015.</remarks>
/// <param name="p">The probability of a channel to be zeroed, 0 to 1.</param>
/// <param name="rng">The layer's generator; without it the stream of the layer's path in seed 0.</param>
/// <exception cref="ArgumentException"><paramref name="p"/> is not within 0 to 1.</exception>
public sealed class Dropout3d(double p = 0.5, Rng? rng = null) : RandomDrop("Dropout3d", p, unitAxes: 2, rng);
