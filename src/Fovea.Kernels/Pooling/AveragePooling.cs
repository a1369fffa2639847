using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The mean of each window.</summary>
internal static unsafe class AveragePooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = sum over windows of x / divisor. y is overwritten.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="divisor">What every sum is divided by; 0: the window's counted taps, and a window without any gives
    /// 0.</param>
    /// <param name="x">Input.</param>
    /// <param name="y">Output.</param>
    public static void Forward(PoolGeometry geometry, int divisor, T* x, T* y)
    {
        if (geometry.IsGlobal)
        {
            GlobalForward(geometry, divisor, x, y);
        }
        else
        {
            AverageRows<T>.Forward(geometry, divisor, x, y);
        }
    }

    /// <summary><see cref="Forward"/> as its definition reads, sums in double.</summary>
    public static void Reference(PoolGeometry geometry, int divisor, T* x, T* y) =>
        geometry.ForPlanes(plane =>
        {
            T* source = x + ((long)plane * geometry.InPlane),
                result = y + ((long)plane * geometry.OutPlane);
            for (int d = 0; d < geometry.Depth.Out; d++)
            {
                for (int h = 0; h < geometry.Height.Out; h++)
                {
                    for (int w = 0; w < geometry.Width.Out; w++)
                    {
                        double by = Divisor(geometry, divisor, d, h, w);
                        *result++ = T.CreateTruncating(by == 0.0 ? 0.0 : Sum(geometry, source, d, h, w) / by);
                    }
                }
            }
        });

    /// <summary>dx = every dy / divisor, added to each value its window covered. dx is overwritten.</summary>
    public static void Backward(PoolGeometry geometry, int divisor, T* dy, T* dx) =>
        AverageRows<T>.Backward(geometry, divisor, dy, dx);

    /// <summary><see cref="Backward"/> as its definition reads.</summary>
    public static void ReferenceBackward(PoolGeometry geometry, int divisor, T* dy, T* dx) =>
        geometry.ForPlanes(plane =>
        {
            T* destination = dx + ((long)plane * geometry.InPlane),
                gradient = dy + ((long)plane * geometry.OutPlane);
            new Span<T>(destination, geometry.InPlane).Clear();
            for (int d = 0; d < geometry.Depth.Out; d++)
            {
                for (int h = 0; h < geometry.Height.Out; h++)
                {
                    for (int w = 0; w < geometry.Width.Out; w++)
                    {
                        double by = Divisor(geometry, divisor, d, h, w);
                        T share = by == 0.0 ? T.Zero : *gradient / T.CreateTruncating(by);
                        gradient++;
                        Spread(geometry, destination, d, h, w, share);
                    }
                }
            }
        });

    private static void GlobalForward(PoolGeometry geometry, int divisor, T* x, T* y)
    {
        double by = Divisor(geometry, divisor, 0, 0, 0);
        geometry.ForPlanes(plane =>
            y[plane] = T.CreateTruncating(VectorSum<T>.Of(x + ((long)plane * geometry.InPlane), geometry.InPlane) / by)
        );
    }

    /// <summary>What a window's sum is divided by.</summary>
    public static double Divisor(PoolGeometry geometry, int divisor, int d, int h, int w) =>
        divisor != 0
            ? divisor
            : (double)geometry.Depth.Counted[d] * geometry.Height.Counted[h] * geometry.Width.Counted[w];

    private static double Sum(PoolGeometry geometry, T* plane, int d, int h, int w)
    {
        double sum = 0.0;
        foreach (int sd in geometry.Depth.Taps(d))
        {
            foreach (int sh in geometry.Height.Taps(h))
            {
                T* row = plane + (((sd * geometry.Height.In) + sh) * geometry.Width.In);
                foreach (int sw in geometry.Width.Taps(w))
                {
                    sum += (sd | sh | sw) < 0 ? 0.0 : double.CreateTruncating(row[sw]);
                }
            }
        }

        return sum;
    }

    private static void Spread(PoolGeometry geometry, T* plane, int d, int h, int w, T share)
    {
        foreach (int sd in geometry.Depth.Taps(d))
        {
            foreach (int sh in geometry.Height.Taps(h))
            {
                T* row = plane + (((sd * geometry.Height.In) + sh) * geometry.Width.In);
                foreach (int sw in geometry.Width.Taps(w))
                {
                    if ((sd | sh | sw) >= 0)
                    {
                        row[sw] += share;
                    }
                }
            }
        }
    }
}
