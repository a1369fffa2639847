using System.Numerics;
using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>Average pooling with windows that tile the input: whole rows are added first, then neighbours in the sum.</summary>
internal static unsafe class AverageTiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>As <see cref="AveragePooling{T}.Forward"/>.</summary>
    public static void Forward(PoolGeometry geometry, int divisor, T* x, T* y)
    {
        int width = geometry.Width.In, outRows = geometry.Depth.Out * geometry.Height.Out;
        T by = Divisor(geometry, divisor);
        PlaneChunks.For(geometry.Planes, geometry.InPlane, (first, end) =>
        {
            using Scratch scratch = new((long)width * sizeof(T) / sizeof(float));
            T* sums = (T*)scratch.Pointer;
            for (int plane = first; plane < end; plane++)
            {
                T* source = x + ((long)plane * geometry.InPlane);
                for (int row = 0; row < outRows; row++)
                {
                    AddRows(geometry, source, row / geometry.Height.Out, row % geometry.Height.Out, sums);
                    T* result = y + ((long)plane * geometry.OutPlane) + ((long)row * geometry.Width.Out);
                    AddNeighbours(sums, geometry.Width.Tile, by, result, geometry.Width.Out);
                }
            }
        });
    }

    /// <summary>As <see cref="AveragePooling{T}.Backward"/>.</summary>
    public static void Backward(PoolGeometry geometry, int divisor, T* dy, T* dx)
    {
        T by = Divisor(geometry, divisor);
        geometry.ForPlanes(plane =>
        {
            T* destination = dx + ((long)plane * geometry.InPlane), gradient = dy + ((long)plane * geometry.OutPlane);
            for (int d = 0; d < geometry.Depth.In; d++)
            {
                for (int h = 0; h < geometry.Height.In; h++, destination += geometry.Width.In)
                {
                    int od = d / geometry.Depth.Tile, oh = h / geometry.Height.Tile;
                    bool covered = od < geometry.Depth.Out && oh < geometry.Height.Out;
                    T* row = gradient + (((od * geometry.Height.Out) + oh) * geometry.Width.Out);
                    SpreadRow(row, covered ? geometry.Width.Out : 0, geometry.Width.Tile, by, new Span<T>(destination, geometry.Width.In));
                }
            }
        });
    }

    private static T Divisor(PoolGeometry geometry, int divisor) =>
        T.CreateTruncating(divisor != 0 ? divisor : (double)geometry.Depth.Tile * geometry.Height.Tile * geometry.Width.Tile);

    private static void AddRows(PoolGeometry geometry, T* plane, int d, int h, T* sums)
    {
        int width = geometry.Width.In;
        Span<T> result = new(sums, width);
        bool first = true;
        foreach (int sd in geometry.Depth.Taps(d))
        {
            foreach (int sh in geometry.Height.Taps(h))
            {
                ReadOnlySpan<T> row = new(plane + (((sd * geometry.Height.In) + sh) * width), width);
                if (first)
                {
                    row.CopyTo(result);
                    first = false;
                }
                else
                {
                    TensorPrimitives.Add(row, result, result);
                }
            }
        }
    }

    private static void AddNeighbours(T* sums, int tile, T by, T* result, int count)
    {
        for (int w = 0; w < count; w++)
        {
            T sum = sums[w * tile];
            for (int k = 1; k < tile; k++)
            {
                sum += sums[(w * tile) + k];
            }

            result[w] = sum / by;
        }
    }

    private static void SpreadRow(T* gradient, int windows, int tile, T by, Span<T> row)
    {
        for (int w = 0; w < windows; w++)
        {
            row.Slice(w * tile, tile).Fill(gradient[w] / by);
        }

        row[(windows * tile)..].Clear();
    }
}
