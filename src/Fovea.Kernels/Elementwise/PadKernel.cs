using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Padding of the last three axes, [planes, D, H, W], by a map for each axis that says what stands at a padded
/// position (-1: the constant).</summary>
internal static unsafe class PadKernel<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>y = x with its padding. Sizes of y are the lengths of the maps.</summary>
    public static void Forward(
        T* x,
        T* y,
        long planes,
        (int D, int H, int W) size,
        int[] depth,
        int[] height,
        int[] width,
        T constant
    )
    {
        long slices = planes * depth.Length;
        Chunks.For(
            slices * height.Length * width.Length,
            slices,
            slice =>
            {
                int d = depth[slice % depth.Length];
                T* source = x + (((slice / depth.Length * size.D) + d) * size.H * size.W);
                T* target = y + (slice * height.Length * width.Length);
                for (int h = 0; h < height.Length; h++, target += width.Length)
                {
                    int row = d < 0 ? -1 : height[h];
                    if (row < 0)
                    {
                        new Span<T>(target, width.Length).Fill(constant);
                        continue;
                    }

                    for (int v = 0; v < width.Length; v++)
                    {
                        target[v] = width[v] < 0 ? constant : source[((long)row * size.W) + width[v]];
                    }
                }
            }
        );
    }

    /// <summary>dx = for each element the sum of dy over the padded positions that show it, in their order. dx is
    /// overwritten.</summary>
    public static void Backward(
        T* dy,
        T* dx,
        long planes,
        (int D, int H, int W) size,
        int[] depth,
        int[] height,
        int[] width
    )
    {
        long inside = (long)size.D * size.H * size.W,
            outside = (long)depth.Length * height.Length * width.Length;
        Chunks.For(
            planes * outside,
            planes,
            plane =>
            {
                T* source = dy + (plane * outside),
                    target = dx + (plane * inside);
                new Span<T>(target, checked((int)inside)).Clear();
                foreach (int d in depth)
                {
                    foreach (int h in height)
                    {
                        for (int v = 0; v < width.Length; v++)
                        {
                            if ((d | h | width[v]) >= 0)
                            {
                                target[((((long)d * size.H) + h) * size.W) + width[v]] += source[v];
                            }
                        }

                        source += width.Length;
                    }
                }
            }
        );
    }
}
