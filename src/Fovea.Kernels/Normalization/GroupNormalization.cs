using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Normalization of each group of channels of each image by itself. x [Batch, Channels, Plane], weight and
/// bias [Channels] or null.</summary>
/// <remarks>
/// Backward, with S and P the sums over a channel's plane of dy and dy * (x - mean), D values a group, r = 1 /
/// deviation:
/// dx = r * (w * dy - sum(w S) / D - (x - mean) * r^2 * sum(w P) / D), dweight = sum over images of P * r, dbias = sum
/// of S.
/// Wu, He: Group normalization, 2018, https://arxiv.org/abs/1803.08494.
/// </remarks>
internal sealed unsafe class GroupNormalization<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ChannelGeometry _sizes;
    private readonly int _groups;
    private readonly int _share;

    /// <summary>Creates the kernel for given sizes.</summary>
    public GroupNormalization(ChannelGeometry sizes, int groups) =>
        (_sizes, _groups, _share) = (sizes, groups, sizes.Channels / groups);

    private int Rows => _sizes.Batch * _groups;

    private int RowValues => _share * _sizes.Plane;

    /// <summary>Writes y and returns the moments of every group of every image.</summary>
    public Moments[] Forward(double epsilon, T* x, T* weight, T* bias, T* y)
    {
        Moments[] moments = new Moments[Rows];
        PlaneChunks.For(
            Rows,
            RowValues,
            (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    long at = (long)row * RowValues;
                    moments[row] = Moments.OfRuns(x + at, 1, 0, RowValues, epsilon);
                    for (int i = 0; i < _share; i++, at += _sizes.Plane)
                    {
                        int channel = (row % _groups * _share) + i;
                        ChannelScale scale = ChannelScale.From(
                            moments[row].Mean,
                            moments[row].BiasedVariance,
                            epsilon,
                            Value(weight, channel, 1.0),
                            Value(bias, channel, 0.0)
                        );
                        (T center, T factor, T shift) = scale.Rounded<T>();
                        NormalizeRun<T>.Scale(x + at, y + at, _sizes.Plane, center, factor, shift);
                    }
                }
            }
        );
        return moments;
    }

    /// <summary>Writes dx (null where not wanted) and returns S and P * r of every channel of every image.</summary>
    public (double Sum, double Product)[] Backward(double epsilon, Moments[] moments, T* x, T* weight, T* dy, T* dx)
    {
        (double Sum, double Product)[] sums = new (double, double)[_sizes.Batch * _sizes.Channels];
        PlaneChunks.For(
            Rows,
            RowValues,
            (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    BackwardRow(
                        row,
                        ChannelScale.From(moments[row].Mean, moments[row].BiasedVariance, epsilon, 1.0, 0.0),
                        x,
                        weight,
                        dy,
                        dx,
                        sums
                    );
                }
            }
        );
        return sums;
    }

    /// <summary>Adds what <see cref="Backward"/> returned over the images, in order.</summary>
    public void ParameterGradients((double Sum, double Product)[] sums, T* dweight, T* dbias)
    {
        for (int channel = 0; channel < _sizes.Channels; channel++)
        {
            (double sum, double product) = (0.0, 0.0);
            for (int image = 0; image < _sizes.Batch; image++)
            {
                sum += sums[(image * _sizes.Channels) + channel].Sum;
                product += sums[(image * _sizes.Channels) + channel].Product;
            }

            dweight[channel] = T.CreateTruncating(product);
            dbias[channel] = T.CreateTruncating(sum);
        }
    }

    private static double Value(T* values, int index, double otherwise) =>
        values is null ? otherwise : double.CreateTruncating(values[index]);

    private void BackwardRow(
        int row,
        ChannelScale scale,
        T* x,
        T* weight,
        T* dy,
        T* dx,
        (double Sum, double Product)[] sums
    )
    {
        T center = T.CreateTruncating(scale.Mean);
        double lost = scale.Lost(center),
            r = scale.InverseDeviation;
        double weightedSum = 0.0,
            weightedProduct = 0.0;
        long start = (long)row * RowValues;
        for (int i = 0; i < _share; i++)
        {
            long at = start + ((long)i * _sizes.Plane);
            double w = Value(weight, (row % _groups * _share) + i, 1.0);
            (double sum, double product) = VectorSum<T>.WithProduct(dy + at, x + at, _sizes.Plane, center);
            product -= lost * sum;
            sums[(row * _share) + i] = (sum, product * r);
            weightedSum += w * sum;
            weightedProduct += w * product;
        }

        if (VectorSum<T>.AreSmall(r) || !VectorSum<T>.IsWithin(weightedSum + weightedProduct))
        {
            (weightedSum, weightedProduct) = ExactSums(row, scale, x, weight, dy, sums);
        }

        double b = -r * r * r * weightedProduct / RowValues,
            c = (-r * weightedSum / RowValues) - (lost * b);
        if (dx is null)
        {
            return;
        }

        if (NormalizeRun<T>.Fits(b))
        {
            Gradients(row, center, r, (T.CreateTruncating(b), T.CreateTruncating(c)), x, weight, dy, dx);
        }
        else
        {
            ScaledGradients(row, center, r, (b, c), x, weight, dy, dx);
        }
    }

    private void Gradients(int row, T center, double r, (T B, T C) line, T* x, T* weight, T* dy, T* dx)
    {
        for (int i = 0; i < _share; i++)
        {
            long at = ((long)row * RowValues) + ((long)i * _sizes.Plane);
            T a = T.CreateTruncating(r * Value(weight, (row % _groups * _share) + i, 1.0));
            NormalizeRun<T>.Gradient(dy + at, x + at, dx + at, _sizes.Plane, center, a, line.B, line.C);
        }
    }

    /// <summary>S and P of each channel of a row, and of the row, computed in double.</summary>
    private (double Sum, double Product) ExactSums(
        int row,
        ChannelScale scale,
        T* x,
        T* weight,
        T* dy,
        (double Sum, double Product)[] sums
    )
    {
        T center = T.CreateTruncating(scale.Mean);
        (double weightedSum, double weightedProduct) = (0.0, 0.0);
        for (int i = 0; i < _share; i++)
        {
            long at = ((long)row * RowValues) + ((long)i * _sizes.Plane);
            double w = Value(weight, (row % _groups * _share) + i, 1.0);
            (double sum, double product) = VectorSum<T>.ExactProduct(dy + at, x + at, _sizes.Plane, center);
            product -= scale.Lost(center) * sum;
            sums[(row * _share) + i] = (sum, product * scale.InverseDeviation);
            weightedSum += w * sum;
            weightedProduct += w * product;
        }

        return (weightedSum, weightedProduct);
    }

    /// <summary>dx of a row whose factor b is beyond the range of the type.</summary>
    private void ScaledGradients(int row, T center, double r, (double B, double C) line, T* x, T* weight, T* dy, T* dx)
    {
        for (int i = 0; i < _share; i++)
        {
            long at = ((long)row * RowValues) + ((long)i * _sizes.Plane);
            NormalizeRun<T>.ScaledGradient(
                dy + at,
                x + at,
                dx + at,
                _sizes.Plane,
                center,
                T.CreateTruncating(r * Value(weight, (row % _groups * _share) + i, 1.0)),
                T.CreateTruncating(r),
                T.CreateTruncating(line.B / r),
                T.CreateTruncating(line.C)
            );
        }
    }
}
