using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Means and maxima over windows of blocked maps.</summary>
/// <remarks>Lanes: channels. A mean adds in the order of the window and multiplies once.</remarks>
internal static unsafe class BlockedPooling
{
    /// <summary>Pools the channel blocks given.</summary>
    /// <param name="windows">The windows of each axis.</param>
    /// <param name="mean">Means rather than maxima.</param>
    /// <param name="divisor">What sums are divided by; 0 for the positions counted.</param>
    /// <param name="lx">Layout of the input.</param>
    /// <param name="x">The item of the input, at its start.</param>
    /// <param name="ly">Layout of the output.</param>
    /// <param name="y">The item of the output, at its start.</param>
    /// <param name="firstBlock">First channel block.</param>
    /// <param name="endBlock">The one behind the last.</param>
    public static void Run(PoolGeometry windows, bool mean, int divisor, BlockedLayout lx, float* x, BlockedLayout ly, float* y, int firstBlock, int endBlock)
    {
        int most = Longest(windows.Depth) * Longest(windows.Height);
        int* rows = stackalloc int[Math.Min(most, 4096)];
        using Scratch more = new(most > 4096 ? most : 1);
        rows = most > 4096 ? (int*)more.Pointer : rows;
        for (int row = 0; row < ly.Rows; row++)
        {
            int d = row / ly.Height, h = row % ly.Height, count = 0;
            foreach (int depth in windows.Depth.Taps(d))
            {
                foreach (int height in windows.Height.Taps(h))
                {
                    if ((depth | height) >= 0)
                    {
                        rows[count++] = (depth * lx.Slice) + (height * lx.Row);
                    }
                }
            }

            int counted = windows.Depth.Counted[d] * windows.Height.Counted[h];
            for (int block = firstBlock; block < endBlock; block++)
            {
                float* from = x + ((long)block * lx.Plane) + lx.Origin, to = y + ((long)block * ly.Plane) + ly.RowStart(row);
                for (int w = 0; w < ly.Width; w++)
                {
                    ReadOnlySpan<int> taps = windows.Width.Taps(w);
                    int first = FirstInside(taps), end = taps.LastIndexOfAnyExcept(-1) + 1;
                    float share = mean ? 1f / (divisor > 0 ? divisor : Math.Max(1, counted * windows.Width.Counted[w])) : 1f;
                    if (AreNeighbours(taps[first..Math.Max(first, end)]))
                    {
                        Window(from + (taps[first] * TileCall.Block), rows, count, end - first, mean, share, to + (w * TileCall.Block));
                    }
                    else
                    {
                        Scattered(from, rows, count, taps, mean, share, to + (w * TileCall.Block));
                    }
                }
            }
        }
    }

    private static int Longest(PoolAxis axis)
    {
        int longest = 1;
        for (int o = 0; o < axis.Out; o++)
        {
            longest = Math.Max(longest, axis.Taps(o).Length);
        }

        return longest;
    }

    private static int FirstInside(ReadOnlySpan<int> taps) => Math.Max(0, taps.IndexOfAnyExcept(-1));

    private static bool AreNeighbours(ReadOnlySpan<int> taps)
    {
        for (int i = 1; i < taps.Length; i++)
        {
            if (taps[i] != taps[i - 1] + 1)
            {
                return false;
            }
        }

        return taps.Length > 0;
    }

    /// <summary>Taps that lie side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Window(float* from, int* rows, int count, int taps, bool mean, float share, float* to)
    {
        int run = taps * TileCall.Block;
        for (int lane = 0; lane < TileCall.Block; lane += Vector<float>.Count)
        {
            Vector<float> result = mean ? Vector<float>.Zero : new Vector<float>(float.NegativeInfinity);
            for (int r = 0; r < count; r++)
            {
                float* p = from + rows[r] + lane;
                for (int k = 0; k < run; k += TileCall.Block)
                {
                    Vector<float> value = Vector.Load(p + k);
                    result = mean ? result + value : Vector.Max(result, value);
                }
            }

            (mean ? result * new Vector<float>(share) : result).Store(to + lane);
        }
    }

    /// <summary>Taps anywhere: dilated, or on padding that repeats the input.</summary>
    private static void Scattered(float* from, int* rows, int count, ReadOnlySpan<int> taps, bool mean, float share, float* to)
    {
        for (int lane = 0; lane < TileCall.Block; lane += Vector<float>.Count)
        {
            Vector<float> result = mean ? Vector<float>.Zero : new Vector<float>(float.NegativeInfinity);
            for (int r = 0; r < count; r++)
            {
                foreach (int tap in taps)
                {
                    if (tap >= 0)
                    {
                        Vector<float> value = Vector.Load(from + rows[r] + (tap * TileCall.Block) + lane);
                        result = mean ? result + value : Vector.Max(result, value);
                    }
                }
            }

            (mean ? result * new Vector<float>(share) : result).Store(to + lane);
        }
    }
}
