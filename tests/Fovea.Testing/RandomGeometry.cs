using CsCheck;
using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>Random convolutions: every combination of stride, dilation, padding, mode, groups and rank that is valid,
/// sizes around vector widths.</summary>
internal static class RandomGeometry
{
    private static readonly Gen<PaddingMode> Mode = Gen.Frequency(
        (1, Gen.Const(PaddingMode.Zeros)),
        (1, Gen.Int[0, 3].Select(mode => (PaddingMode)mode))
    );

    private static readonly Gen<WindowAxis> NoAxis = Gen.Const(WindowAxis.None);

    /// <summary>Geometries so small that the reference path answers in about a millisecond.</summary>
    public static Gen<ConvolutionGeometry> Any { get; } =
        Gen.Select(Gen.Int[1, 3], Mode)
            .SelectMany(
                (rank, mode) =>
                    Gen.Select(
                        Upto(3, 12),
                        Gen.Frequency((2, Gen.Const(1)), (1, Gen.Int[1, 6])),
                        Gen.Frequency((3, Gen.Int[1, 5]), (1, Gen.Int[1, 20])),
                        Gen.Frequency((3, Gen.Int[1, 6]), (1, Gen.Int[1, 20])),
                        rank > 2 ? Axis(mode, 6) : NoAxis,
                        rank > 1 ? Axis(mode, rank > 2 ? 8 : 19) : NoAxis,
                        Axis(
                            mode,
                            rank switch
                            {
                                1 => 90,
                                2 => 40,
                                _ => 12,
                            }
                        ),
                        (batch, groups, inPerGroup, outPerGroup, depth, height, width) =>
                            new ConvolutionGeometry(
                                batch,
                                groups * inPerGroup,
                                groups * outPerGroup,
                                groups,
                                depth,
                                height,
                                width,
                                mode
                            )
                    )
            )
            .Where(g => g.MultiplyAdds < 400_000);

    private static Gen<WindowAxis> Axis(PaddingMode mode, int most) =>
        Gen.Select(Gen.Int[1, most], Upto(3, 7), Upto(2, 5), Upto(1, 4))
            .SelectMany(
                (size, kernel, stride, dilation) =>
                {
                    int largest = mode switch
                    {
                        PaddingMode.Reflect => size - 1,
                        PaddingMode.Circular => size,
                        _ => kernel + 2,
                    };
                    Gen<int> padding = Gen.Int[0, Math.Min(largest, 6)];
                    return Gen.Select(
                        padding,
                        padding,
                        (before, after) => new WindowAxis(size, kernel, stride, dilation, before, after)
                    );
                }
            )
            .Where(axis => axis.Padded >= axis.Extent);

    /// <summary>Small numbers from 1, and up to a larger one for a third.</summary>
    private static Gen<int> Upto(int usual, int most) => Gen.Frequency((2, Gen.Int[1, usual]), (1, Gen.Int[1, most]));
}
