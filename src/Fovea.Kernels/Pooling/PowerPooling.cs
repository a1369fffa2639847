using System.Numerics;

namespace Fovea.Kernels;

/// <summary>The p-norm of each window: (sum of |x|^p)^(1/p). Loops as the definition reads, in double.</summary>
internal static unsafe class PowerPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = the norm of each window. y is overwritten.</summary>
    public static void Forward(PoolGeometry geometry, double norm, T* x, T* y) =>
        geometry.ForPlanes(plane =>
        {
            T* source = x + ((long)plane * geometry.InPlane),
                result = y + ((long)plane * geometry.OutPlane);
            for (int o = 0; o < geometry.OutPlane; o++)
            {
                double sum = 0.0;
                foreach (int sd in geometry.Depth.Taps(o / (geometry.Width.Out * geometry.Height.Out)))
                {
                    foreach (int sh in geometry.Height.Taps(o / geometry.Width.Out % geometry.Height.Out))
                    {
                        T* row = source + (((sd * geometry.Height.In) + sh) * geometry.Width.In);
                        foreach (int sw in geometry.Width.Taps(o % geometry.Width.Out))
                        {
                            sum += (sd | sh | sw) < 0 ? 0.0 : Power(Math.Abs(double.CreateTruncating(row[sw])), norm);
                        }
                    }
                }

                result[o] = T.CreateTruncating(norm == 2.0 ? Math.Sqrt(sum) : Math.Pow(sum, 1.0 / norm));
            }
        });

    /// <summary>dx = dy * sign(x) * (|x| / y)^(p - 1), summed over the windows that cover x; 0 where y is 0. dx is
    /// overwritten.</summary>
    public static void Backward(PoolGeometry geometry, double norm, T* x, T* y, T* dy, T* dx) =>
        geometry.ForPlanes(plane =>
        {
            T* source = x + ((long)plane * geometry.InPlane),
                destination = dx + ((long)plane * geometry.InPlane);
            long first = (long)plane * geometry.OutPlane;
            new Span<T>(destination, geometry.InPlane).Clear();
            for (int o = 0; o < geometry.OutPlane; o++)
            {
                double length = double.CreateTruncating(y[first + o]),
                    gradient = double.CreateTruncating(dy[first + o]);
                foreach (int sd in geometry.Depth.Taps(o / (geometry.Width.Out * geometry.Height.Out)))
                {
                    foreach (int sh in geometry.Height.Taps(o / geometry.Width.Out % geometry.Height.Out))
                    {
                        int row = ((sd * geometry.Height.In) + sh) * geometry.Width.In;
                        foreach (int sw in geometry.Width.Taps(o % geometry.Width.Out))
                        {
                            if ((sd | sh | sw) >= 0 && length != 0.0)
                            {
                                double value = double.CreateTruncating(source[row + sw]);
                                double slope =
                                    value == 0.0
                                        ? 0.0
                                        : Math.CopySign(Power(Math.Abs(value) / length, norm - 1.0), value);
                                destination[row + sw] += T.CreateTruncating(gradient * slope);
                            }
                        }
                    }
                }
            }
        });

    /// <summary>The derivatives of <see cref="Backward"/>, weighted with a gradient of dx, by each of x, y and dy; all
    /// results are overwritten.</summary>
    /// <remarks>With r = |x| / y and s = sign(x) r^(p - 1): by dy it is s, by y dy s (1 - p) / y, by x dy (p - 1) r^(p - 2)
    /// / y. All are 0 where y is 0; the last is 0 where x is 0 and p below 2, as it has no limit there.</remarks>
    public static void Curvature(PoolGeometry geometry, double norm, NormCurvature<T> t) =>
        geometry.ForPlanes(plane =>
        {
            long inputs = (long)plane * geometry.InPlane,
                outputs = (long)plane * geometry.OutPlane;
            if (t.ForX is not null)
            {
                new Span<T>(t.ForX + inputs, geometry.InPlane).Clear();
            }

            for (int o = 0; o < geometry.OutPlane; o++)
            {
                Curvature(geometry, norm, t, o, inputs, outputs + o);
            }
        });

    /// <summary>One window.</summary>
    private static void Curvature(PoolGeometry geometry, double norm, in NormCurvature<T> t, int o, long plane, long at)
    {
        double length = double.CreateTruncating(t.Y[at]),
            dy = double.CreateTruncating(t.Dy[at]),
            slopes = 0.0; // of the gradient of dx along s
        foreach (int sd in geometry.Depth.Taps(o / (geometry.Width.Out * geometry.Height.Out)))
        {
            foreach (int sh in geometry.Height.Taps(o / geometry.Width.Out % geometry.Height.Out))
            {
                long row = plane + (((sd * geometry.Height.In) + sh) * geometry.Width.In);
                foreach (int sw in geometry.Width.Taps(o % geometry.Width.Out))
                {
                    if ((sd | sh | sw) < 0 || length == 0.0)
                    {
                        continue;
                    }

                    double value = double.CreateTruncating(t.X[row + sw]),
                        gradient = double.CreateTruncating(t.Gradient[row + sw]),
                        ratio = Math.Abs(value) / length;
                    slopes += value == 0.0 ? 0.0 : gradient * Math.CopySign(Power(ratio, norm - 1.0), value);
                    if (t.ForX is not null && (norm == 2.0 || value != 0.0))
                    {
                        double bend = norm == 2.0 ? 1.0 : (norm - 1.0) * Math.Pow(ratio, norm - 2.0);
                        t.ForX[row + sw] += T.CreateTruncating(gradient * dy * bend / length);
                    }
                }
            }
        }

        if (t.ForY is not null)
        {
            t.ForY[at] = T.CreateTruncating(length == 0.0 ? 0.0 : slopes * dy * (1.0 - norm) / length);
        }

        if (t.ForDy is not null)
        {
            t.ForDy[at] = T.CreateTruncating(slopes);
        }
    }

    private static double Power(double value, double exponent) =>
        exponent switch
        {
            1.0 => value,
            2.0 => value * value,
            _ => Math.Pow(value, exponent),
        };
}
