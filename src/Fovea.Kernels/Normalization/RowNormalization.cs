using System.Numerics;
using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>Normalization of each row by itself, with a weight and a bias for each place in the row. x [Rows, Length],
/// weight and bias [Length] or both null.</summary>
/// <remarks>
/// Backward, with v = weight * dy, S = sum v, P = sum v * (x - mean) over the row, r = 1 / deviation: dx = r * (v - S /
/// Length - (x - mean) * r^2 * P / Length);
/// dweight = sum over rows of dy * (x - mean) * r, dbias = sum of dy, added in parts of neighbouring rows, parts in
/// order.
/// Ba, Kiros, Hinton: Layer normalization, 2016, https://arxiv.org/abs/1607.06450.
/// </remarks>
internal sealed unsafe class RowNormalization<T>(int rows, int length)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostParts = 256;

    private readonly int _rowsPerPart = Math.Max(
        Math.Max(1, Chunks.Size / Math.Max(1, length)),
        (rows + MostParts - 1) / MostParts
    );

    private int Parts => (rows + _rowsPerPart - 1) / _rowsPerPart;

    /// <summary>Writes y and returns the moments of every row.</summary>
    public Moments[] Forward(double epsilon, T* x, T* weight, T* bias, T* y)
    {
        Moments[] moments = new Moments[rows];
        PlaneChunks.For(
            rows,
            length,
            (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    long at = (long)row * length;
                    moments[row] = Moments.OfRuns(x + at, 1, 0, length, epsilon);
                    Normalize(
                        ChannelScale.From(moments[row].Mean, moments[row].BiasedVariance, epsilon, 1.0, 0.0),
                        x + at,
                        y + at
                    );
                    if (weight is not null)
                    {
                        Span<T> result = new(y + at, length);
                        TensorPrimitives.Multiply(result, new ReadOnlySpan<T>(weight, length), result);
                        TensorPrimitives.Add(result, new ReadOnlySpan<T>(bias, length), result);
                    }
                }
            }
        );
        return moments;
    }

    /// <summary>Writes dx.</summary>
    public void BackwardData(double epsilon, Moments[] moments, T* x, T* weight, T* dy, T* dx) =>
        PlaneChunks.For(
            rows,
            length,
            (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    long at = (long)row * length;
                    Span<T> v = new(dx + at, length);
                    new ReadOnlySpan<T>(dy + at, length).CopyTo(v);
                    if (weight is not null)
                    {
                        TensorPrimitives.Multiply(v, new ReadOnlySpan<T>(weight, length), v);
                    }

                    ChannelScale scale = ChannelScale.From(
                        moments[row].Mean,
                        moments[row].BiasedVariance,
                        epsilon,
                        1.0,
                        0.0
                    );
                    T center = T.CreateTruncating(scale.Mean);
                    double lost = scale.Lost(center),
                        r = scale.InverseDeviation;
                    (double sum, double product) = VectorSum<T>.WithProduct(dx + at, x + at, length, center);
                    if (VectorSum<T>.AreSmall(r) || !VectorSum<T>.IsWithin(sum + product))
                    {
                        (sum, product) = VectorSum<T>.ExactProduct(dx + at, x + at, length, center);
                    }

                    double b = -r * r * r * (product - (lost * sum)) / length,
                        c = (-r * sum / length) - (lost * b);
                    NormalizeRun<T>.Gradient(dx + at, x + at, dx + at, length, center, r, (r, b, c));
                }
            }
        );

    /// <summary>Writes dweight and dbias.</summary>
    public void ParameterGradients(double epsilon, Moments[] moments, T* x, T* dy, T* dweight, T* dbias)
    {
        new Span<T>(dweight, length).Clear();
        new Span<T>(dbias, length).Clear();
        int words = sizeof(T) / sizeof(float);
        using Scratch scratch = new(((2L * Parts) + 1) * length * words);
        T* parts = (T*)scratch.Pointer;
        WorkerPool.For(
            Parts,
            part =>
            {
                using Scratch own = new((long)length * words);
                SumPart(part, epsilon, moments, x, dy, parts + (2L * part * length), (T*)own.Pointer);
            }
        );
        for (int part = 0; part < Parts; part++)
        {
            T* sums = parts + (2L * part * length);
            TensorPrimitives.Add(
                new ReadOnlySpan<T>(dweight, length),
                new ReadOnlySpan<T>(sums, length),
                new Span<T>(dweight, length)
            );
            TensorPrimitives.Add(
                new ReadOnlySpan<T>(dbias, length),
                new ReadOnlySpan<T>(sums + length, length),
                new Span<T>(dbias, length)
            );
        }
    }

    private void SumPart(int part, double epsilon, Moments[] moments, T* x, T* dy, T* sums, T* normalized)
    {
        Span<T> forWeight = new(sums, length),
            forBias = new(sums + length, length),
            values = new(normalized, length);
        forWeight.Clear();
        forBias.Clear();
        for (int row = part * _rowsPerPart; row < Math.Min(rows, (part + 1) * _rowsPerPart); row++)
        {
            ReadOnlySpan<T> gradient = new(dy + ((long)row * length), length);
            Normalize(
                ChannelScale.From(moments[row].Mean, moments[row].BiasedVariance, epsilon, 1.0, 0.0),
                x + ((long)row * length),
                normalized
            );
            TensorPrimitives.Multiply(values, gradient, values);
            TensorPrimitives.Add(forWeight, values, forWeight);
            TensorPrimitives.Add(forBias, gradient, forBias);
        }
    }

    private void Normalize(ChannelScale scale, T* x, T* y)
    {
        (T center, T factor, T shift) = scale.Rounded<T>();
        NormalizeRun<T>.Scale(x, y, length, center, factor, shift);
    }
}
