namespace Fovea.Workbench;

/// <summary>Eigenvalues of a symmetric matrix.</summary>
/// <remarks>Householder reflections to three diagonals, then implicit QL steps with Wilkinson's shift: Golub, Van Loan 2013,
/// Matrix computations, section 8.3. About 4/3 n³ multiplications, exact to rounding of the largest eigenvalue.</remarks>
internal static class SymmetricEigenvalues
{
    // Three a value are usual.
    // Squares below it have an inverse that overflows.
    private const double Nothing = 1e-290;

    private const int MostSteps = 60;

    // Of double precision.
    private const double Rounding = 2.2e-16;

    /// <summary>All eigenvalues, the largest first.</summary>
    /// <param name="matrix">[n, n], symmetric; of which the lower half is read. It is overwritten.</param>
    /// <exception cref="ArgumentException">It is not square, or holds values that are no finite numbers.</exception>
    public static double[] Of(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        if (matrix.GetLength(1) != n)
        {
            throw new ArgumentException(
                $"SymmetricEigenvalues: the matrix must be square, got {n} x {matrix.GetLength(1)}."
            );
        }

        double[] diagonal = new double[n],
            beside = new double[n];
        Reduce(matrix, diagonal, beside);
        double scale = 0.0;
        for (int i = 0; i < n; i++)
        {
            scale = Math.Max(scale, Math.Abs(diagonal[i]) + Math.Abs(beside[i]));
        }

        if (!double.IsFinite(scale))
        {
            throw new ArgumentException("SymmetricEigenvalues: the matrix holds values that are no finite numbers.");
        }

        Iterate(diagonal, beside, Rounding * scale);
        Array.Sort(diagonal);
        Array.Reverse(diagonal);
        return diagonal;
    }

    /// <summary>To three diagonals: <paramref name="beside"/>[i] stands between i and i + 1.</summary>
    private static void Reduce(double[,] a, double[] diagonal, double[] beside)
    {
        int n = diagonal.Length;
        double[] v = new double[n],
            p = new double[n];
        for (int k = 0; k < n - 2; k++)
        {
            double square = 0.0;
            for (int i = k + 1; i < n; i++)
            {
                v[i] = a[i, k];
                square += v[i] * v[i];
            }

            double norm = Math.Sqrt(square);
            diagonal[k] = a[k, k];
            if (square < Nothing)
            {
                continue;
            }

            beside[k] = v[k + 1] > 0.0 ? -norm : norm;
            v[k + 1] -= beside[k];
            Reflect(a, v, p, k + 1, 1.0 / (square - (beside[k] * a[k + 1, k])));
        }

        for (int i = Math.Max(0, n - 2); i < n; i++)
        {
            diagonal[i] = a[i, i];
        }

        if (n > 1)
        {
            beside[n - 2] = a[n - 1, n - 2];
        }
    }

    /// <summary>(1 - b v v') A (1 - b v v') from a row on, with b = 2 / v'v.</summary>
    private static void Reflect(double[,] a, double[] v, double[] p, int from, double b)
    {
        int n = v.Length;
        Array.Clear(p);
        for (int i = from; i < n; i++)
        {
            for (int j = from; j < i; j++)
            {
                p[i] += a[i, j] * v[j];
                p[j] += a[i, j] * v[i];
            }

            p[i] += a[i, i] * v[i];
        }

        double product = 0.0;
        for (int i = from; i < n; i++)
        {
            p[i] *= b;
            product += p[i] * v[i];
        }

        for (int i = from; i < n; i++)
        {
            p[i] -= 0.5 * b * product * v[i];
        }

        for (int i = from; i < n; i++)
        {
            for (int j = from; j <= i; j++)
            {
                a[i, j] -= (v[i] * p[j]) + (p[i] * v[j]);
            }
        }
    }

    private static void Iterate(double[] d, double[] e, double tolerance)
    {
        for (int low = 0; low < d.Length; low++)
        {
            for (int step = 0; step < MostSteps; step++)
            {
                int high = low;
                while (high < d.Length - 1 && Math.Abs(e[high]) > tolerance)
                {
                    high++;
                }

                if (high == low)
                {
                    break;
                }

                Step(d, e, low, high);
            }
        }
    }

    /// <summary>One implicit QL step on the rows low to high.</summary>
    private static void Step(double[] d, double[] e, int low, int high)
    {
        double g = (d[low + 1] - d[low]) / (2.0 * e[low]);
        g = d[high] - d[low] + (e[low] / (g + Math.CopySign(Math.Sqrt((g * g) + 1.0), g)));
        double sine = 1.0,
            cosine = 1.0,
            shift = 0.0;
        for (int i = high - 1; i >= low; i--)
        {
            double f = sine * e[i],
                b = cosine * e[i],
                r = Math.Sqrt((f * f) + (g * g));
            e[i + 1] = r;
            if (r == 0.0)
            {
                d[i + 1] -= shift;
                e[high] = 0.0;
                return;
            }

            (sine, cosine) = (f / r, g / r);
            g = d[i + 1] - shift;
            r = ((d[i] - g) * sine) + (2.0 * cosine * b);
            shift = sine * r;
            d[i + 1] = g + shift;
            g = (cosine * r) - b;
        }

        d[low] -= shift;
        e[low] = g;
        e[high] = 0.0;
    }
}
