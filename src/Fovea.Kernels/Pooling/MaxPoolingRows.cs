using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Max pooling of floats eight outputs of a row at a time: windows that step by 1 or 2 along the
/// width.</summary>
/// <remarks>
/// Lanes: output columns. With step 2 the even elements of 16 floats are one tap's values: two 64-bit vectors narrowed
/// to their low halves.
/// Only columns whose windows lie wholly inside the row are done so; the others go one by one. The last block of a row
/// may read on into the next rows,
/// never beyond x, and stores only what belongs to the row. Results equal the reference's to the bit, winners too.
/// </remarks>
internal static unsafe class MaxPoolingRows
{
    private const int Lanes = 8;
    private const int Fewest = 3; // interior columns from which a block is worth it

    /// <summary>Whether this path serves a pool.</summary>
    public static bool Applies(PoolGeometry geometry) =>
        geometry.Width.Window is { Stride: 1 or 2 }
        && Interior(geometry.Width.Window.Value) is var (from, to)
        && to - from >= Fewest;

    /// <summary>As <see cref="MaxPooling{T}.Forward"/>.</summary>
    public static void Forward(PoolGeometry geometry, float* x, float* y, int* argmax)
    {
        WindowAxis axis = geometry.Width.Window!.Value;
        (int from, int to) = Interior(axis);
        int outWidth = geometry.Width.Out;
        geometry.ForPlanes(plane =>
        {
            float* source = x + ((long)plane * geometry.InPlane);
            long behind = (long)(geometry.Planes - 1 - plane) * geometry.InPlane; // floats of x that follow this plane
            long readable =
                Math.Min(behind, int.MaxValue / 2)
                + axis.In
                - ((axis.Kernel - 1) * axis.Dilation)
                - (Lanes * axis.Stride)
                + axis.PadBefore;
            for (int row = 0; row < geometry.Depth.Out * geometry.Height.Out; row++)
            {
                long o = ((long)plane * geometry.OutPlane) + ((long)row * outWidth);
                Row target = new(
                    y + o,
                    argmax is null ? null : argmax + o,
                    row / geometry.Height.Out,
                    row % geometry.Height.Out
                );
                OneByOne(geometry, source, target, 0, from);
                int w = from;
                for (; w < to && (long)w * axis.Stride <= readable; w += Lanes)
                {
                    Block(geometry, axis, source, target, w, Math.Min(Lanes, to - w));
                }

                w = Math.Min(w, to);
                OneByOne(geometry, source, target, w, outWidth);
            }
        });
    }

    /// <summary>The output columns whose windows lie wholly inside the row.</summary>
    private static (int From, int To) Interior(WindowAxis axis)
    {
        int from = (axis.PadBefore + axis.Stride - 1) / axis.Stride;
        int room = axis.In - axis.Extent + axis.PadBefore;
        int to = room < 0 ? 0 : (room / axis.Stride) + 1;
        return (Math.Min(from, axis.Out), Math.Clamp(to, Math.Min(from, axis.Out), axis.Out));
    }

    private static void OneByOne(PoolGeometry geometry, float* plane, Row row, int from, int to)
    {
        for (int w = from; w < to; w++)
        {
            int best = MaxPooling<float>.Best(geometry, plane, row.D, row.H, w);
            row.Y[w] = plane[best];
            if (row.Argmax is not null)
            {
                row.Argmax[w] = best;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(PoolGeometry geometry, WindowAxis axis, float* plane, Row row, int w, int count)
    {
        Vector256<float> best = default;
        Vector256<int> winner = default;
        Vector256<int> columns = Vector256<int>.Indices * axis.Stride;
        bool first = true;
        int column = (w * axis.Stride) - axis.PadBefore;
        foreach (int sd in geometry.Depth.Taps(row.D))
        {
            foreach (int sh in geometry.Height.Taps(row.H))
            {
                if ((sd | sh) < 0)
                {
                    continue;
                }

                int start = (((sd * geometry.Height.In) + sh) * geometry.Width.In) + column;
                for (int k = 0; k < axis.Kernel; k++)
                {
                    int at = start + (k * axis.Dilation);
                    Vector256<float> value = axis.Stride == 1 ? Vector256.Load(plane + at) : Even(plane + at);
                    Vector256<int> index = columns + Vector256.Create(at);
                    Vector256<float> wins = first
                        ? Vector256<int>.AllBitsSet.AsSingle()
                        : ~Vector256.LessThanOrEqual(value, best) & Vector256.Equals(best, best);
                    best = Vector256.ConditionalSelect(wins, value, best);
                    winner = Vector256.ConditionalSelect(wins.AsInt32(), index, winner);
                    first = false;
                }
            }
        }

        Store(best, row.Y + w, count);
        if (row.Argmax is not null)
        {
            Store(winner, row.Argmax + w, count);
        }
    }

    private static void Store<T>(Vector256<T> value, T* destination, int count)
        where T : unmanaged
    {
        if (count == Lanes)
        {
            value.Store(destination);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            destination[i] = value.GetElement(i);
        }
    }

    /// <summary>Elements 0, 2, ... 14.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Even(float* source) =>
        Vector256.Narrow(Vector256.Load((ulong*)source), Vector256.Load((ulong*)(source + Lanes))).AsSingle();

    private readonly struct Row(float* y, int* argmax, int d, int h)
    {
        public readonly float* Y = y;
        public readonly int* Argmax = argmax;
        public readonly int D = d;
        public readonly int H = h;
    }
}
