using System.Numerics;
using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>Resampling of planes by separable weights: for each output row the input rows are mixed first, then the
/// columns. x [Planes, D, H, W], y [Planes, Do, Ho, Wo].</summary>
/// <remarks>Input positions of weight 0 are not read, so an infinite value does not reach beyond its own neighbourhood.
/// The backward pass is the exact adjoint, in a fixed order.</remarks>
internal sealed unsafe class Resampling<T>(int planes, ResampleAxis depth, ResampleAxis height, ResampleAxis width)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _inPlane = checked(depth.In * height.In * width.In);
    private readonly int _outPlane = checked(depth.Out * height.Out * width.Out);
    private readonly T[] _weights = Array.ConvertAll(width.Weight, T.CreateTruncating);

    /// <summary>Writes y.</summary>
    public void Forward(T* x, T* y) =>
        ForPlanes(
            (plane, mixed) =>
            {
                Span<(int Row, double Weight)> sources = stackalloc (int, double)[4];
                T* to = y + ((long)plane * _outPlane);
                for (int row = 0; row < depth.Out * height.Out; row++, to += width.Out)
                {
                    int count = Sources(row, sources);
                    for (int i = 0; i < count; i++)
                    {
                        AddRow(
                            x + ((long)plane * _inPlane) + ((long)sources[i].Row * width.In),
                            T.CreateTruncating(sources[i].Weight),
                            mixed,
                            width.In,
                            overwrite: i == 0
                        );
                    }

                    Gather(mixed, to);
                }
            }
        );

    /// <summary>Writes dx.</summary>
    public void Backward(T* dy, T* dx) =>
        ForPlanes(
            (plane, mixed) =>
            {
                Span<(int Row, double Weight)> sources = stackalloc (int, double)[4];
                T* from = dy + ((long)plane * _outPlane),
                    to = dx + ((long)plane * _inPlane);
                new Span<T>(to, _inPlane).Clear();
                for (int row = 0; row < depth.Out * height.Out; row++, from += width.Out)
                {
                    new Span<T>(mixed, width.In).Clear();
                    Scatter(from, mixed);
                    int count = Sources(row, sources);
                    for (int i = 0; i < count; i++)
                    {
                        AddRow(
                            mixed,
                            T.CreateTruncating(sources[i].Weight),
                            to + ((long)sources[i].Row * width.In),
                            width.In,
                            overwrite: false
                        );
                    }
                }
            }
        );

    private void Gather(T* mixed, T* to)
    {
        int[] first = width.First,
            second = width.Second;
        T[] weights = _weights;
        for (int o = 0; o < weights.Length; o++)
        {
            T weight = weights[o],
                value = mixed[first[o]];
            to[o] = weight == T.Zero ? value : (value * (T.One - weight)) + (mixed[second[o]] * weight);
        }
    }

    private void Scatter(T* from, T* mixed)
    {
        int[] first = width.First,
            second = width.Second;
        T[] weights = _weights;
        for (int o = 0; o < weights.Length; o++)
        {
            T weight = weights[o];
            mixed[first[o]] += from[o] * (T.One - weight);
            if (weight != T.Zero)
            {
                mixed[second[o]] += from[o] * weight;
            }
        }
    }

    /// <summary>to += weight * from, or to = weight * from.</summary>
    private static void AddRow(T* from, T weight, T* to, int count, bool overwrite)
    {
        ReadOnlySpan<T> source = new(from, count);
        Span<T> target = new(to, count);
        if (overwrite)
        {
            TensorPrimitives.Multiply(source, weight, target);
        }
        else
        {
            TensorPrimitives.MultiplyAdd(source, weight, target, target);
        }
    }

    /// <summary>The input rows that an output row mixes, those of weight 0 left out.</summary>
    private int Sources(int row, Span<(int Row, double Weight)> sources)
    {
        int d = row / height.Out,
            h = row % height.Out,
            count = 0;
        for (int i = 0; i < 4; i++)
        {
            double weight =
                ((i & 2) == 0 ? 1.0 - depth.Weight[d] : depth.Weight[d])
                * ((i & 1) == 0 ? 1.0 - height.Weight[h] : height.Weight[h]);
            if (weight != 0.0)
            {
                int sd = (i & 2) == 0 ? depth.First[d] : depth.Second[d],
                    sh = (i & 1) == 0 ? height.First[h] : height.Second[h];
                sources[count++] = ((sd * height.In) + sh, weight);
            }
        }

        return count;
    }

    private void ForPlanes(PlaneBody body) =>
        PlaneChunks.For(
            planes,
            Math.Max(_inPlane, _outPlane),
            (first, end) =>
            {
                using Scratch scratch = new((long)width.In * sizeof(T) / sizeof(float));
                for (int plane = first; plane < end; plane++)
                {
                    body(plane, (T*)scratch.Pointer);
                }
            }
        );

    private delegate void PlaneBody(int plane, T* mixed);
}
