namespace Fovea.Kernels.Tests;

/// <summary>Values of a convolution: x [N, Cin, D, H, W], weights [Cout, Cin / groups, kernel...], one bias an output
/// channel, and what is added, as y; null for nothing.</summary>
internal sealed record ConvolutionData(float[] X, float[] W, float[] Bias, float[]? Add)
{
    private const int Unit = 576; // 24 * 24: G g G^T of its multiples is whole

    /// <summary>Whole numbers whose sums of products are exact in float.</summary>
    public static ConvolutionData Draw(ConvolutionGeometry g, Rng rng, bool adds) =>
        new(
            BlockedData.Integers(g.InputCount, 5, rng),
            BlockedData.Integers(g.WeightCount, 3, rng),
            BlockedData.Integers(g.OutChannels, 2, rng),
            adds ? BlockedData.Integers(g.OutputCount, 9, rng) : null
        );

    /// <summary>Whole numbers of which Winograd's transforms are whole too.</summary>
    public static ConvolutionData DrawForTransforms(ConvolutionGeometry g, Rng rng, bool adds)
    {
        float[] w = Array.ConvertAll(BlockedData.Integers(g.WeightCount, 1, rng), v => Unit * v),
            bias = BlockedData.Integers(g.OutChannels, 300, rng);
        return new(
            BlockedData.Integers(g.InputCount, 2, rng),
            w,
            bias,
            adds ? BlockedData.Integers(g.OutputCount, 900, rng) : null
        );
    }
}
