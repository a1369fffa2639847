using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea.Initialization;

/// <summary>A random orthogonal matrix times a gain: the weight as a matrix [out, in * taps] has orthonormal rows, or
/// columns where it is taller than wide.</summary>
/// <remarks>
/// <para>Q of the QR decomposition of a normal matrix, by Householder reflections in double. Columns are multiplied by
/// the sign of R's diagonal, which makes Q
/// uniformly distributed (Haar; Mezzadri, How to generate random matrices from the classical compact groups,
/// 2007).</para>
/// <para>Variance gain² / max(out, in * taps). Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of
/// learning in deep linear networks, 2013.</para>
/// </remarks>
public sealed class Orthogonal : Initializer
{
    // Columns a chunk: enough work to hand out, few enough to share between threads.
    private const int ColumnsPerChunk = 8;

    /// <summary>Creates the rule.</summary>
    /// <param name="gain">A factor on the matrix, more than 0; see <see cref="Fovea.Initialization.Gain.Of"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gain"/> is 0 or less, or not a number.</exception>
    public Orthogonal(double gain = 1.0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gain);
        Gain = gain;
    }

    /// <summary>The factor on the matrix.</summary>
    public double Gain { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    public override void Fill(Tensor tensor, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(rng);
        (int rows, int columns) = Matrix(tensor.Shape);
        int length = Math.Max(rows, columns),
            count = Math.Min(rows, columns);
        double[][] q = OrthonormalColumns(length, count, rng);

        // The vectors in q are the rows of a wide matrix and the columns of a tall one.
        int row = 0,
            column = 0;
        Fill(
            tensor,
            () =>
            {
                double value = rows <= columns ? q[row][column] : q[column][row];
                if (++column == columns)
                {
                    column = 0;
                    row++;
                }

                return Gain * value;
            }
        );
    }

    /// <summary>gain² / max(out, in * taps).</summary>
    /// <param name="shape">A weight's shape, of two axes or more.</param>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    public override double Variance(Shape shape)
    {
        (int rows, int columns) = Matrix(shape);
        return Gain * Gain / Math.Max(rows, columns);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Orthogonal, gain {Gain:G4}");

    private static (int Rows, int Columns) Matrix(Shape shape) =>
        shape.Rank >= 2
            ? (shape[0], shape[0] == 0 ? 0 : checked((int)(shape.Count / shape[0])))
            : throw new ShapeException(
                $"Orthogonal: fills a matrix, or a weight that flattens to one [out, in * taps], got {shape}, which has {shape.Rank} axes."
            );

    /// <summary>Orthonormal vectors, Haar distributed: <paramref name="count"/> of <paramref name="length"/>
    /// elements.</summary>
    private static double[][] OrthonormalColumns(int length, int count, Rng rng)
    {
        double[][] a = new double[count][];
        for (int j = 0; j < count; j++)
        {
            a[j] = new double[length];
            for (int i = 0; i < length; i++)
            {
                a[j][i] = rng.NextNormal();
            }
        }

        // Afterwards a[k] holds in k.. the vector v of reflection k, I - 2 v v' with |v| = 1.
        double[] signs = new double[count];
        for (int k = 0; k < count; k++)
        {
            signs[k] = MakeReflector(a[k].AsSpan(k));
            ReflectAll(a[k], a, k, from: k + 1);
        }

        double[][] q = new double[count][];
        for (int j = 0; j < count; j++)
        {
            q[j] = new double[length];
            q[j][j] = signs[j];
        }

        // Q = H0 H1 ... applied to the first columns of the identity; column j is untouched by reflections after j.
        for (int k = count - 1; k >= 0; k--)
        {
            ReflectAll(a[k], q, k, from: k);
        }

        return q;
    }

    /// <summary>Turns x into the unit vector v for which I - 2 v v' maps x to a multiple of e0; returns the sign of
    /// that multiple, which is R's diagonal.</summary>
    private static double MakeReflector(Span<double> x)
    {
        double norm = Math.Sqrt(Dot(x, x)),
            sign = x[0] > 0 ? -1.0 : 1.0;
        x[0] -= sign * norm; // the sum of two numbers of one sign: no cancellation
        double length = Math.Sqrt(Dot(x, x));
        if (length > 0)
        {
            TensorPrimitives.Divide(x, length, x);
        }

        return sign;
    }

    /// <summary>The dot product in an order that depends on the length alone; the library's depends on where in memory
    /// the values lie.</summary>
    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i + Vector<double>.Count <= a.Length; i += Vector<double>.Count)
        {
            sums += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        }

        double sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Applies a reflection to the columns from <paramref name="from"/> on; columns do not touch each other,
    /// so threads may share them.</summary>
    private static void ReflectAll(double[] reflector, double[][] columns, int start, int from)
    {
        int chunks = (columns.Length - from + ColumnsPerChunk - 1) / ColumnsPerChunk;
        WorkerPool.For(
            chunks,
            chunk =>
            {
                ReadOnlySpan<double> v = reflector.AsSpan(start);
                int end = Math.Min(columns.Length, from + ((chunk + 1) * ColumnsPerChunk));
                for (int j = from + (chunk * ColumnsPerChunk); j < end; j++)
                {
                    Span<double> column = columns[j].AsSpan(start);
                    double scale = -2.0 * Dot(v, column);
                    TensorPrimitives.MultiplyAdd(v, scale, column, column);
                }
            }
        );
    }
}
