using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Normalization by channel of blocked maps. A call works on one channel block of one item, on the thread that calls;
/// what items give is put together in their order, so results do not depend on how the work is shared out.</summary>
/// <remarks>The formulas are those of <see cref="ChannelNormalization{T}"/>. Sums run in floats over at most
/// <see cref="RunPixels"/> pixels, and then in double. What leaves the range of floats is summed anew in double.</remarks>
internal static unsafe class BlockedNormalization
{
    private const int RunPixels = 128;
    private const double Negligible = 1e-20; // an epsilon beside which variances that floats cannot square do not count
    private const float Large = 1e30f,
        Small = 1e-30f;

    /// <summary>The sums of 16 channels.</summary>
    /// <param name="layout">How an item lies.</param>
    /// <param name="x">The channel block of the item.</param>
    /// <param name="to">16 results.</param>
    /// <param name="bits">Vector width.</param>
    public static void ChannelSums(BlockedLayout layout, float* x, Span<double> to, int bits)
    {
        delegate* <float*, int, float*, void> sum = bits switch
        {
            512 => &BlockedRows<Vector512<float>, Simd512>.Sum,
            256 => &BlockedRows<Vector256<float>, Simd256>.Sum,
            _ => &BlockedRows<Vector128<float>, Simd128>.Sum,
        };
        float* part = stackalloc float[TileCall.Block];
        to.Clear();
        foreach (Run run in Runs(layout))
        {
            sum(x + run.Start(layout), run.Pixels, part);
            Add(part, to);
        }

        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            to[lane] = Math.Abs(to[lane]) < Large ? to[lane] : ExactSum(layout, x + lane);
        }
    }

    /// <summary>The moments of 16 channels.</summary>
    /// <param name="layout">How an item lies.</param>
    /// <param name="x">The channel block of the item.</param>
    /// <param name="to">16 results.</param>
    /// <param name="epsilon">What will be added to the variance; a variance far below it need not be exact.</param>
    /// <param name="bits">Vector width.</param>
    public static void Moments(BlockedLayout layout, float* x, Span<Moments> to, double epsilon, int bits)
    {
        delegate* <float*, int, float*, float*, void> deviations = bits switch
        {
            512 => &NormalizationRows<Vector512<float>, Simd512>.Deviations,
            256 => &NormalizationRows<Vector256<float>, Simd256>.Deviations,
            _ => &NormalizationRows<Vector128<float>, Simd128>.Deviations,
        };
        float* part = stackalloc float[2 * TileCall.Block],
            center = stackalloc float[TileCall.Block];
        double* total = stackalloc double[2 * TileCall.Block];
        long count = (long)layout.Rows * layout.Width;
        ChannelSums(layout, x, new Span<double>(total, TileCall.Block), bits);
        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            center[lane] = (float)(total[lane] / count);
        }

        new Span<double>(total, 2 * TileCall.Block).Clear();
        foreach (Run run in Runs(layout))
        {
            deviations(x + run.Start(layout), run.Pixels, center, part);
            Add(part, new Span<double>(total, 2 * TileCall.Block));
        }

        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            double s = total[lane],
                q = total[TileCall.Block + lane];
            if (!(q < Large * count && (q > Small || epsilon > Negligible)))
            {
                (s, q) = ExactDeviations(layout, x + lane, center[lane]);
            }

            to[lane] = new Moments(count, center[lane] + (s / count), Math.Max(0.0, q - (s * s / count)));
        }
    }

    /// <summary>The sums of g and of g (x - center) of 16 channels; g is dy where the output let it through, else 0.</summary>
    /// <param name="maps">The maps: x, dy, and y where it decides.</param>
    /// <param name="block">The channel block.</param>
    /// <param name="center">16 values.</param>
    /// <param name="to">16 sums, then 16 sums of products.</param>
    /// <param name="bits">Vector width.</param>
    public static void Sums(in NormalizationMaps maps, int block, float* center, Span<double> to, int bits)
    {
        delegate* <float*, float*, float*, int, float*, float, float*, void> products = bits switch
        {
            512 => &NormalizationRows<Vector512<float>, Simd512>.Products,
            256 => &NormalizationRows<Vector256<float>, Simd256>.Products,
            _ => &NormalizationRows<Vector128<float>, Simd128>.Products,
        };
        float* part = stackalloc float[2 * TileCall.Block];
        double* total = stackalloc double[2 * TileCall.Block];
        new Span<double>(total, 2 * TileCall.Block).Clear();
        foreach (Run run in Runs(maps.X, maps.Dy, maps.Y))
        {
            products(
                At(maps.AtDy, maps.Dy, block, run),
                maps.Y is null ? null : At(maps.AtY, maps.Y, block, run),
                At(maps.AtX, maps.X, block, run),
                run.Pixels,
                center,
                maps.High,
                part
            );
            Add(part, new Span<double>(total, 2 * TileCall.Block));
        }

        for (int lane = 0; lane < TileCall.Block; lane++)
        {
            double p = Math.Abs(total[TileCall.Block + lane]);
            if (!(p < Large && (p > Small || p == 0) && Math.Abs(total[lane]) < Large))
            {
                (total[lane], total[TileCall.Block + lane]) = ExactProducts(maps, block, lane, center[lane]);
            }

            (to[lane], to[TileCall.Block + lane]) = (total[lane], total[TileCall.Block + lane]);
        }
    }

    /// <summary>y = clamp((x - center) * scale + shift + add) of 16 channels.</summary>
    /// <param name="maps">The maps: x, y, and as dy what is added, where something is.</param>
    /// <param name="block">The channel block.</param>
    /// <param name="numbers">16 centers, scales and shifts.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="bits">Vector width.</param>
    public static void Normalize(in NormalizationMaps maps, int block, float* numbers, float low, int bits)
    {
        delegate* <float*, float*, float*, int, float*, float, float, void> normalize = bits switch
        {
            512 => &NormalizationRows<Vector512<float>, Simd512>.Normalize,
            256 => &NormalizationRows<Vector256<float>, Simd256>.Normalize,
            _ => &NormalizationRows<Vector128<float>, Simd128>.Normalize,
        };
        foreach (Run run in Runs(maps.X, maps.Y!, maps.AtDy == null ? null : maps.Dy))
        {
            normalize(
                At(maps.AtX, maps.X, block, run),
                maps.AtDy == null ? null : At(maps.AtDy, maps.Dy, block, run),
                At(maps.AtY, maps.Y!, block, run),
                run.Pixels,
                numbers,
                low,
                maps.High
            );
        }
    }

    /// <summary>dx = a g + (x - center) b + c of 16 channels.</summary>
    /// <param name="maps">The maps: x, dy, and y where it decides.</param>
    /// <param name="layout">How an item of dx lies.</param>
    /// <param name="dx">The item.</param>
    /// <param name="block">The channel block.</param>
    /// <param name="numbers">16 centers, then 16 of each of a, b and c.</param>
    /// <param name="bits">Vector width.</param>
    public static void Gradient(
        in NormalizationMaps maps,
        BlockedLayout layout,
        float* dx,
        int block,
        float* numbers,
        int bits
    )
    {
        delegate* <float*, float*, float*, float*, int, float*, float, void> gradient = bits switch
        {
            512 => &NormalizationRows<Vector512<float>, Simd512>.Gradient,
            256 => &NormalizationRows<Vector256<float>, Simd256>.Gradient,
            _ => &NormalizationRows<Vector128<float>, Simd128>.Gradient,
        };
        foreach (Run run in Runs(maps.X, maps.Dy, maps.Y, layout))
        {
            gradient(
                At(maps.AtDy, maps.Dy, block, run),
                maps.Y is null ? null : At(maps.AtY, maps.Y, block, run),
                At(maps.AtX, maps.X, block, run),
                At(dx, layout, block, run),
                run.Pixels,
                numbers,
                maps.High
            );
        }
    }

    private static float* At(float* item, BlockedLayout layout, int block, Run run) =>
        item + ((long)block * layout.Plane) + run.Start(layout);

    private static void Add(float* part, Span<double> total)
    {
        for (int i = 0; i < total.Length; i++)
        {
            total[i] += part[i];
        }
    }

    private static double ExactSum(BlockedLayout layout, float* x)
    {
        double sum = 0;
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int p = 0; p < layout.Width; p++)
            {
                sum += x[layout.RowStart(row) + (p * TileCall.Block)];
            }
        }

        return sum;
    }

    private static (double Sum, double Squares) ExactDeviations(BlockedLayout layout, float* x, float center)
    {
        (double sum, double squares) = (0, 0);
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int p = 0; p < layout.Width; p++)
            {
                double d = (double)x[layout.RowStart(row) + (p * TileCall.Block)] - center;
                (sum, squares) = (sum + d, squares + (d * d));
            }
        }

        return (sum, squares);
    }

    private static (double Sum, double Product) ExactProducts(
        in NormalizationMaps maps,
        int block,
        int lane,
        float center
    )
    {
        (double sum, double product) = (0, 0);
        for (int row = 0; row < maps.X.Rows; row++)
        {
            Run run = new(row, 0, maps.X.Width);
            float* dy = At(maps.AtDy, maps.Dy, block, run) + lane,
                x = At(maps.AtX, maps.X, block, run) + lane,
                y = maps.Y is null ? null : At(maps.AtY, maps.Y, block, run) + lane;
            for (int p = 0; p < maps.X.Width; p++)
            {
                int i = p * TileCall.Block;
                double g = y != null && (y[i] <= 0 || y[i] >= maps.High) ? 0 : dy[i];
                (sum, product) = (sum + g, product + (g * ((double)x[i] - center)));
            }
        }

        return (sum, product);
    }

    /// <summary>Pixels without a gap in all of some maps of one size: rows, or pieces of the whole where no map has a
    /// halo.</summary>
    private static RunList Runs(
        BlockedLayout a,
        BlockedLayout? b = null,
        BlockedLayout? c = null,
        BlockedLayout? d = null
    )
    {
        bool isDense =
            a.IsDense && b is not { IsDense: false } && c is not { IsDense: false } && d is not { IsDense: false };
        return isDense ? new RunList(1, a.Rows * a.Width) : new RunList(a.Rows, a.Width);
    }

    /// <summary>Pixels of a row from one on.</summary>
    private readonly record struct Run(int Row, int First, int Pixels)
    {
        public int Start(BlockedLayout layout) => layout.RowStart(Row) + (First * TileCall.Block);
    }

    /// <summary>All runs.</summary>
    private struct RunList(int rows, int width)
    {
        private int _row;
        private int _first = -RunPixels;

        public readonly Run Current => new(_row, _first, Math.Min(RunPixels, width - _first));

        public readonly RunList GetEnumerator() => this;

        public bool MoveNext()
        {
            _first += RunPixels;
            if (_first >= width)
            {
                (_row, _first) = (_row + 1, 0);
            }

            return _row < rows && width > 0;
        }
    }
}
