using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The transform of filters in Winograd's minimal filtering, in double, of 16 output channels at a time.</summary>
internal static unsafe class WinogradFilter
{
    /// <summary>G g Gᵀ of 3x3 filters.</summary>
    /// <param name="side">Outputs along a side of a patch: 2 or 4.</param>
    /// <param name="filters">9 taps, 16 channels each.</param>
    /// <param name="destination">(side + 2)² times 16 values, each rounded once.</param>
    /// <param name="stride">Floats from one 16 to the next.</param>
    public static void Transform(int side, float* filters, float* destination, nint stride)
    {
        int points = side + 2;
        Vector512<double>* g = stackalloc Vector512<double>[18],
            t = stackalloc Vector512<double>[36],
            column = stackalloc Vector512<double>[12];
        for (int i = 0; i < 9; i++)
        {
            (g[2 * i], g[(2 * i) + 1]) = Vector512.Widen(Vector512.Load(filters + (i * TileCall.Block)));
        }

        for (int x = 0; x < 3; x++)
        {
            for (int half = 0; half < 2; half++)
            {
                Line(side, g[(2 * x) + half], g[(2 * (3 + x)) + half], g[(2 * (6 + x)) + half], column);
                for (int i = 0; i < points; i++)
                {
                    t[(2 * ((i * 3) + x)) + half] = column[i];
                }
            }
        }

        for (int i = 0; i < points; i++)
        {
            Line(side, t[6 * i], t[(6 * i) + 2], t[(6 * i) + 4], column);
            Line(side, t[(6 * i) + 1], t[(6 * i) + 3], t[(6 * i) + 5], column + 6);
            for (int j = 0; j < points; j++)
            {
                Vector512.Narrow(column[j], column[6 + j]).Store(destination + (((i * points) + j) * stride));
            }
        }
    }

    private static void Line(
        int side,
        Vector512<double> g0,
        Vector512<double> g1,
        Vector512<double> g2,
        Vector512<double>* to
    )
    {
        if (side == 2)
        {
            to[0] = g0;
            to[1] = (g0 + g1 + g2) * 0.5;
            to[2] = (g0 - g1 + g2) * 0.5;
            to[3] = g2;
            return;
        }

        Vector512<double> ends = (g0 * (1.0 / 24.0)) + (g2 * (1.0 / 6.0)),
            middle = g1 * (1.0 / 12.0);
        to[0] = g0 * 0.25;
        to[1] = (g0 + g1 + g2) * (-1.0 / 6.0);
        to[2] = (g0 - g1 + g2) * (-1.0 / 6.0);
        to[3] = ends + middle;
        to[4] = ends - middle;
        to[5] = g2;
    }
}
