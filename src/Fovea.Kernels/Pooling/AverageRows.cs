using System.Numerics;
using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>Average pooling by rows: the rows of a window are added as vectors first, then neighbours in that sum;
/// backward the same way round.</summary>
/// <remarks>Sums in the element type: rows in the window's order, then columns. A window of kh * kw taps costs kh
/// vector additions and kw scalar ones an output, not kh * kw.</remarks>
internal static unsafe class AverageRows<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>As <see cref="AveragePooling{T}.Forward"/>.</summary>
    public static void Forward(PoolGeometry geometry, int divisor, T* x, T* y) =>
        ForPlanes(
            geometry,
            (plane, sums) =>
            {
                T* source = x + ((long)plane * geometry.InPlane),
                    result = y + ((long)plane * geometry.OutPlane);
                Span<T> row = new(sums, geometry.Width.In);
                for (int d = 0; d < geometry.Depth.Out; d++)
                {
                    for (int h = 0; h < geometry.Height.Out; h++, result += geometry.Width.Out)
                    {
                        row.Clear();
                        foreach (int sd in geometry.Depth.Taps(d))
                        {
                            foreach (int sh in geometry.Height.Taps(h))
                            {
                                if ((sd | sh) >= 0)
                                {
                                    TensorPrimitives.Add(row, Row(geometry, source, sd, sh), row);
                                }
                            }
                        }

                        AddNeighbours(geometry, divisor, d, h, sums, result);
                    }
                }
            }
        );

    /// <summary>As <see cref="AveragePooling{T}.Backward"/>.</summary>
    public static void Backward(PoolGeometry geometry, int divisor, T* dy, T* dx) =>
        ForPlanes(
            geometry,
            (plane, shares) =>
            {
                T* destination = dx + ((long)plane * geometry.InPlane),
                    gradient = dy + ((long)plane * geometry.OutPlane);
                new Span<T>(destination, geometry.InPlane).Clear();
                for (int d = 0; d < geometry.Depth.Out; d++)
                {
                    for (int h = 0; h < geometry.Height.Out; h++, gradient += geometry.Width.Out)
                    {
                        SpreadNeighbours(geometry, divisor, d, h, gradient, shares);
                        foreach (int sd in geometry.Depth.Taps(d))
                        {
                            foreach (int sh in geometry.Height.Taps(h))
                            {
                                if ((sd | sh) >= 0)
                                {
                                    Span<T> target = Row(geometry, destination, sd, sh);
                                    TensorPrimitives.Add(
                                        target,
                                        new ReadOnlySpan<T>(shares, geometry.Width.In),
                                        target
                                    );
                                }
                            }
                        }
                    }
                }
            }
        );

    private static void AddNeighbours(PoolGeometry geometry, int divisor, int d, int h, T* sums, T* result)
    {
        for (int w = 0; w < geometry.Width.Out; w++)
        {
            T sum = T.Zero,
                by = T.CreateTruncating(AveragePooling<T>.Divisor(geometry, divisor, d, h, w));
            foreach (int source in geometry.Width.Taps(w))
            {
                sum += source < 0 ? T.Zero : sums[source];
            }

            result[w] = by == T.Zero ? T.Zero : sum / by;
        }
    }

    private static void SpreadNeighbours(PoolGeometry geometry, int divisor, int d, int h, T* gradient, T* shares)
    {
        new Span<T>(shares, geometry.Width.In).Clear();
        for (int w = 0; w < geometry.Width.Out; w++)
        {
            T by = T.CreateTruncating(AveragePooling<T>.Divisor(geometry, divisor, d, h, w));
            T share = by == T.Zero ? T.Zero : gradient[w] / by;
            foreach (int source in geometry.Width.Taps(w))
            {
                if (source >= 0)
                {
                    shares[source] += share;
                }
            }
        }
    }

    private static Span<T> Row(PoolGeometry geometry, T* plane, int d, int h) =>
        new(plane + (((d * geometry.Height.In) + h) * geometry.Width.In), geometry.Width.In);

    private static void ForPlanes(PoolGeometry geometry, PlaneBody body) =>
        PlaneChunks.For(
            geometry.Planes,
            Math.Max(geometry.InPlane, geometry.OutPlane),
            (first, end) =>
            {
                using Scratch scratch = new((long)geometry.Width.In * sizeof(T) / sizeof(float));
                for (int plane = first; plane < end; plane++)
                {
                    body(plane, (T*)scratch.Pointer);
                }
            }
        );

    private delegate void PlaneBody(int plane, T* row);
}
