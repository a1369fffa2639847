namespace Fovea.Kernels;

/// <summary>The transform of filters in Winograd's minimal filtering, in double.</summary>
internal static unsafe class WinogradFilter
{
    /// <summary>G g Gᵀ of a 3x3 filter.</summary>
    /// <param name="side">Outputs along a side of a patch: 2 or 4.</param>
    /// <param name="filter">9 values.</param>
    /// <param name="destination">(side + 2)² values, each rounded once.</param>
    /// <param name="stride">Floats between them.</param>
    public static void Transform(int side, float* filter, float* destination, nint stride)
    {
        int points = side + 2;
        double* t = stackalloc double[18],
            column = stackalloc double[6];
        for (int x = 0; x < 3; x++)
        {
            Line(side, filter[x], filter[3 + x], filter[6 + x], column);
            for (int i = 0; i < points; i++)
            {
                t[(i * 3) + x] = column[i];
            }
        }

        for (int i = 0; i < points; i++)
        {
            Line(side, t[i * 3], t[(i * 3) + 1], t[(i * 3) + 2], column);
            for (int j = 0; j < points; j++)
            {
                destination[((i * points) + j) * stride] = (float)column[j];
            }
        }
    }

    private static void Line(int side, double g0, double g1, double g2, double* to)
    {
        if (side == 2)
        {
            to[0] = g0;
            to[1] = (g0 + g1 + g2) / 2.0;
            to[2] = (g0 - g1 + g2) / 2.0;
            to[3] = g2;
            return;
        }

        to[0] = g0 / 4.0;
        to[1] = -(g0 + g1 + g2) / 6.0;
        to[2] = -(g0 - g1 + g2) / 6.0;
        to[3] = (g0 / 24.0) + (g1 / 12.0) + (g2 / 6.0);
        to[4] = (g0 / 24.0) - (g1 / 12.0) + (g2 / 6.0);
        to[5] = g2;
    }
}
