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

    private static double Power(double value, double exponent) =>
        exponent switch
        {
            1.0 => value,
            2.0 => value * value,
            _ => Math.Pow(value, exponent),
        };
}
