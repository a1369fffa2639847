using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Moves a computed tile to where it belongs. Tiles run over planes whose rows are longer than the output's;
/// the surplus is left behind here.</summary>
internal static unsafe class TileStore
{
    /// <summary>Copies the columns [first, first + width) of a tile, counted in rows of <paramref name="pitch"/>, to a
    /// plane.</summary>
    /// <param name="tile">rows x tileStride values.</param>
    /// <param name="tileStride">Floats between rows of the tile.</param>
    /// <param name="rows">Rows to store: channels.</param>
    /// <param name="first">Flat column of the tile's first value.</param>
    /// <param name="width">Columns of the tile that count.</param>
    /// <param name="pitch">Flat columns a source row takes.</param>
    /// <param name="valid">Columns of a source row that are outputs, from its start.</param>
    /// <param name="destination">Plane of the first channel.</param>
    /// <param name="channelStride">Floats between channels.</param>
    /// <param name="rowStride">Floats between successive source rows in the destination.</param>
    /// <param name="step">Floats between successive columns in the destination.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(
        float* tile,
        int tileStride,
        int rows,
        int first,
        int width,
        int pitch,
        int valid,
        float* destination,
        long channelStride,
        long rowStride,
        int step
    )
    {
        int y = first / pitch,
            x = first % pitch,
            at = 0;
        while (at < width)
        {
            int run = Math.Min(valid - x, width - at);
            if (run > 0)
            {
                float* d = destination + (y * rowStride) + ((long)x * step);
                float* s = tile + at;
                for (int r = 0; r < rows; r++, d += channelStride, s += tileStride)
                {
                    if (step == 1)
                    {
                        CopyRun(s, d, run);
                    }
                    else
                    {
                        for (int i = 0; i < run; i++)
                        {
                            d[(long)i * step] = s[i];
                        }
                    }
                }
            }

            at += pitch - x;
            x = 0;
            y++;
        }
    }

    /// <summary>Copies a short run: a call to the library's copy would cost as much as the copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRun(float* source, float* destination, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            Vector256.Load(source + i).Store(destination + i);
        }

        if (i + 4 <= count)
        {
            Vector128.Load(source + i).Store(destination + i);
            i += 4;
        }

        for (; i < count; i++)
        {
            destination[i] = source[i];
        }
    }
}
