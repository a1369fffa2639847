using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>Random convolutions: every combination of stride, dilation, padding, mode, groups and rank that is valid,
/// sizes around vector widths.</summary>
internal static class RandomGeometry
{
    /// <summary>Draws one geometry; small enough that the reference path answers in about a millisecond.</summary>
    public static ConvolutionGeometry Draw(Rng rng)
    {
        while (true)
        {
            int rank = 1 + rng.Next(3);
            PaddingMode mode = rng.Next(2) == 0 ? PaddingMode.Zeros : (PaddingMode)rng.Next(4);
            int groups = rng.Next(3) == 0 ? 1 + rng.Next(6) : 1;
            int inPerGroup = 1 + rng.Next(rng.Next(4) == 0 ? 20 : 5),
                outPerGroup = 1 + rng.Next(rng.Next(4) == 0 ? 20 : 6);
            WindowAxis depth = rank > 2 ? Axis(rng, mode, 6) : WindowAxis.None;
            WindowAxis height = rank > 1 ? Axis(rng, mode, rank > 2 ? 8 : 19) : WindowAxis.None;
            WindowAxis width = Axis(
                rng,
                mode,
                rank == 1 ? 90
                    : rank == 2 ? 40
                    : 12
            );
            ConvolutionGeometry g = new(
                1 + rng.Next(rng.Next(3) == 0 ? 12 : 3),
                groups * inPerGroup,
                groups * outPerGroup,
                groups,
                depth,
                height,
                width,
                mode
            );
            if (g.MultiplyAdds < 400_000)
            {
                return g;
            }
        }
    }

    private static WindowAxis Axis(Rng rng, PaddingMode mode, int most)
    {
        while (true)
        {
            int size = 1 + rng.Next(most),
                kernel = 1 + rng.Next(rng.Next(3) == 0 ? 7 : 3),
                stride = 1 + rng.Next(rng.Next(3) == 0 ? 5 : 2),
                dilation = 1 + rng.Next(rng.Next(3) == 0 ? 4 : 1);
            int largest = mode switch
            {
                PaddingMode.Reflect => size - 1,
                PaddingMode.Circular => size,
                _ => kernel + 2,
            };
            WindowAxis axis = new(
                size,
                kernel,
                stride,
                dilation,
                rng.Next(Math.Min(largest, 6) + 1),
                rng.Next(Math.Min(largest, 6) + 1)
            );
            if (axis.Padded >= axis.Extent)
            {
                return axis;
            }
        }
    }
}
