namespace Fovea;

/// <summary>While training zeroes single elements. Any shape in, the same out. The rest is scaled by 1 / (1 - p); in
/// evaluation nothing happens.</summary>
/// <remarks>Srivastava et al.: Dropout, JMLR 2014.</remarks>
/// <param name="p">The probability of an element to be zeroed, 0 to 1.</param>
/// <param name="rng">The layer's generator; without it the stream of the layer's path in seed 0.</param>
/// <exception cref="ArgumentException"><paramref name="p"/> is not within 0 to 1.</exception>
public sealed class Dropout(double p = 0.5, Rng? rng = null) : RandomDrop("Dropout", p, unitAxes: -1, rng);
