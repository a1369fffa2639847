using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Copies the rows of a plane to a longer pitch, zeros around them.</summary>
internal static unsafe class PlaneCopy
{
    private const int Lanes = 8;

    /// <summary>For each row: <paramref name="before"/> zeros, <paramref name="width"/> values, zeros up to
    /// <paramref name="pitch"/>.</summary>
    /// <remarks>
    /// Rows are written in order, in whole vectors: what a row's last vector writes beyond its values is overwritten by
    /// the zeros and the rows that follow,
    /// and nothing is written beyond rows * pitch. Up to 7 floats behind the source are read.
    /// A library copy of a short row would take longer than the row.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* source, int rows, int width, float* destination, int before, int pitch)
    {
        int after = pitch - before - width;
        float* end = destination + ((long)rows * pitch);
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < before; i++)
            {
                destination[i] = 0;
            }

            destination += before;
            int at = 0;
            for (; at < width && destination + at + Lanes <= end; at += Lanes)
            {
                Vector256.Load(source + at).Store(destination + at);
            }

            for (; at < width; at++)
            {
                destination[at] = source[at];
            }

            source += width;
            destination += width;
            for (int i = 0; i < after; i++)
            {
                destination[i] = 0;
            }

            destination += after;
        }
    }
}
