using System.Diagnostics;
using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The largest value of each window, and where it stood. The first of equal values wins; a NaN wins over every
/// number; padding is never looked at.</summary>
internal static unsafe class MaxPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = max over windows of x. Every window must cover input.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="y">Output, overwritten.</param>
    /// <param name="argmax">For each output the index, in its plane of x, of the value that won; null where not
    /// wanted.</param>
    public static void Forward(PoolGeometry geometry, T* x, T* y, int* argmax)
    {
        Debug.Assert(
            geometry.Depth.EveryWindowHasInput
                && geometry.Height.EveryWindowHasInput
                && geometry.Width.EveryWindowHasInput,
            "a window without input"
        );
        if (typeof(T) == typeof(float) && MaxPoolingRows.Applies(geometry))
        {
            MaxPoolingRows.Forward(geometry, (float*)x, (float*)y, argmax);
            return;
        }

        Reference(geometry, x, y, argmax);
    }

    /// <summary><see cref="Forward"/> as its definition reads.</summary>
    public static void Reference(PoolGeometry geometry, T* x, T* y, int* argmax) =>
        geometry.ForPlanes(plane =>
        {
            T* source = x + ((long)plane * geometry.InPlane);
            long o = (long)plane * geometry.OutPlane;
            for (int d = 0; d < geometry.Depth.Out; d++)
            {
                for (int h = 0; h < geometry.Height.Out; h++)
                {
                    for (int w = 0; w < geometry.Width.Out; w++, o++)
                    {
                        int best = Best(geometry, source, d, h, w);
                        y[o] = source[best];
                        if (argmax is not null)
                        {
                            argmax[o] = best;
                        }
                    }
                }
            }
        });

    /// <summary>dx = dy sent back to the values that won; values that won several windows get the sum. dx is
    /// overwritten.</summary>
    public static void Backward(PoolGeometry geometry, int* argmax, T* dy, T* dx) =>
        geometry.ForPlanes(plane =>
        {
            T* destination = dx + ((long)plane * geometry.InPlane),
                gradient = dy + ((long)plane * geometry.OutPlane);
            int* winners = argmax + ((long)plane * geometry.OutPlane);
            new Span<T>(destination, geometry.InPlane).Clear();
            for (int o = 0; o < geometry.OutPlane; o++)
            {
                destination[winners[o]] += gradient[o];
            }
        });

    /// <summary>y = the values of x at the places that won: the adjoint of <see cref="Backward"/>. y is
    /// overwritten.</summary>
    public static void Gather(PoolGeometry geometry, int* argmax, T* x, T* y) =>
        geometry.ForPlanes(plane =>
        {
            T* source = x + ((long)plane * geometry.InPlane),
                result = y + ((long)plane * geometry.OutPlane);
            int* winners = argmax + ((long)plane * geometry.OutPlane);
            for (int o = 0; o < geometry.OutPlane; o++)
            {
                result[o] = source[winners[o]];
            }
        });

    /// <summary>The index of the value that wins one window.</summary>
    public static int Best(PoolGeometry geometry, T* plane, int d, int h, int w)
    {
        int best = -1;
        foreach (int sd in geometry.Depth.Taps(d))
        {
            foreach (int sh in geometry.Height.Taps(h))
            {
                int row = ((sd * geometry.Height.In) + sh) * geometry.Width.In;
                foreach (int sw in geometry.Width.Taps(w))
                {
                    if ((sd | sh | sw) >= 0 && (best < 0 || Beats(plane[row + sw], plane[best])))
                    {
                        best = row + sw;
                    }
                }
            }
        }

        return best;
    }

    private static bool Beats(T value, T best) => !(value <= best) && !T.IsNaN(best);
}
