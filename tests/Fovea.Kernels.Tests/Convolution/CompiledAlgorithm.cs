using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>An algorithm that compiled execution chooses from, on the tightest layouts it accepts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Supports">Whether it takes a convolution.</param>
/// <param name="Draw">Whole numbers that it computes exactly; with something to add where it can add and that is asked
/// for.</param>
/// <param name="Run">Computes the items of the data, of a geometry of one item.</param>
internal sealed record CompiledAlgorithm(
    string Name,
    Func<ConvolutionGeometry, bool> Supports,
    Func<ConvolutionGeometry, Rng, bool, ConvolutionData> Draw,
    CompiledAlgorithm.Runner Run
)
{
    /// <summary>Computes [N, Cout, D, H, W].</summary>
    public delegate float[] Runner(
        ConvolutionGeometry g,
        int bits,
        ConvolutionData data,
        (float Low, float High) clamp,
        bool map,
        int parts,
        string what
    );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CompiledAlgorithm> All { get; } =
    [Direct(16), Direct(1), Depthwise(), Winograd(4), Winograd(2)];

    private static CompiledAlgorithm Direct(int lanes) =>
        new(
            lanes == 1 ? "direct on plain planes" : $"direct on {lanes} lanes",
            g => BlockedConvolution.Supports(g, lanes),
            ConvolutionData.Draw,
            (g, bits, data, clamp, map, parts, what) =>
                ConvolutionRuns.Run(
                    new BlockedConvolution(
                        g,
                        BlockedConvolution.Halo(g, lanes),
                        Destination(g),
                        CpuProfiles.OfWidth(bits)
                    ),
                    data,
                    clamp,
                    map,
                    parts,
                    what
                )
        );

    private static CompiledAlgorithm Depthwise() =>
        new(
            "depthwise",
            DepthwiseConvolution.Supports,
            (g, rng, _) => ConvolutionData.Draw(g, rng, false),
            (g, bits, data, clamp, map, parts, what) =>
                ConvolutionRuns.Run(
                    new DepthwiseConvolution(g, BlockedConvolution.Halo(g), Destination(g), CpuProfiles.OfWidth(bits)),
                    data,
                    clamp,
                    map,
                    parts,
                    what
                )
        );

    private static CompiledAlgorithm Winograd(int side) =>
        new(
            $"Winograd F({side}x{side}, 3x3)",
            WinogradConvolution.Supports,
            ConvolutionData.DrawForTransforms,
            (g, bits, data, clamp, map, parts, what) =>
            {
                int items = (int)(data.X.Length / g.InputCount);
                return ConvolutionRuns.Run(
                    new WinogradConvolution(
                        g,
                        WinogradConvolution.Halo(g, side),
                        Destination(g),
                        CpuProfiles.OfWidth(bits),
                        side,
                        items: items
                    ),
                    data,
                    clamp,
                    map,
                    parts,
                    what
                );
            }
        );

    private static BlockedLayout Destination(ConvolutionGeometry g) =>
        new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
}
