using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The gradient of a maximum over windows of a blocked map: each dy goes to the first value of its window that equals
/// the maximum. Where the maximum is no number it goes nowhere.</summary>
internal sealed unsafe class BlockedMaxGradient
{
    private readonly BlockedLayout _x;
    private readonly BlockedLayout _y;
    private readonly BlockedLayout _dy;
    private readonly BlockedLayout _dx;
    private readonly int[][] _rows; // rows of the input that each row of the output reads
    private readonly int[][] _columns; // columns, in floats
    private readonly delegate* <float*, float*, float*, int*, int, float*, void> _window;

    /// <summary>Plans the gradient.</summary>
    /// <param name="geometry">The windows of each axis.</param>
    /// <param name="x">Layout of the pool's input.</param>
    /// <param name="y">Layout of its output.</param>
    /// <param name="dy">Layout of the gradient of the output.</param>
    /// <param name="dx">Layout of the gradient of the input.</param>
    /// <param name="bits">Vector width.</param>
    public BlockedMaxGradient(
        PoolGeometry geometry,
        BlockedLayout x,
        BlockedLayout y,
        BlockedLayout dy,
        BlockedLayout dx,
        int bits
    )
    {
        (_x, _y, _dy, _dx) = (x, y, dy, dx);
        _rows =
        [
            .. Enumerable
                .Range(0, y.Rows)
                .Select(row =>
                    geometry
                        .Depth.Inside(row / y.Height)
                        .SelectMany(d => geometry.Height.Inside(row % y.Height).Select(h => (d * x.Height) + h))
                        .ToArray()
                ),
        ];
        _columns =
        [
            .. Enumerable
                .Range(0, y.Width)
                .Select(w => geometry.Width.Inside(w).Select(c => c * TileCall.Block).ToArray()),
        ];
        _window = bits switch
        {
            512 => &Windows<Vector512<float>, Simd512>.Row,
            256 => &Windows<Vector256<float>, Simd256>.Row,
            _ => &Windows<Vector128<float>, Simd128>.Row,
        };
    }

    /// <summary>Computes a channel block of an item. The halo of dx stays as it is.</summary>
    public void Run(float* x, float* y, float* dy, float* dx, int block)
    {
        x += (long)block * _x.Plane;
        y += (long)block * _y.Plane;
        dy += (long)block * _dy.Plane;
        dx += (long)block * _dx.Plane;
        for (int row = 0; row < _dx.Rows; row++)
        {
            new Span<float>(dx + _dx.RowStart(row), _dx.Width * TileCall.Block).Clear();
        }

        float* left = stackalloc float[TileCall.Block]; // of dy, what no value of the window took yet
        for (int row = 0; row < _y.Rows; row++)
        {
            float* yRow = y + _y.RowStart(row),
                dyRow = dy + _dy.RowStart(row);
            for (int w = 0; w < _y.Width; w++, yRow += TileCall.Block, dyRow += TileCall.Block)
            {
                new ReadOnlySpan<float>(dyRow, TileCall.Block).CopyTo(new Span<float>(left, TileCall.Block));
                fixed (int* columns = _columns[w])
                {
                    foreach (int from in _rows[row])
                    {
                        _window(
                            x + _x.RowStart(from),
                            dx + _dx.RowStart(from),
                            yRow,
                            columns,
                            _columns[w].Length,
                            left
                        );
                    }
                }
            }
        }
    }

    private static class Windows<TVec, TSimd>
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        /// <summary>The values of a window in one row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Row(float* x, float* dx, float* y, int* columns, int count, float* left)
        {
            for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
            {
                TVec most = TSimd.Load(y + lane),
                    g = TSimd.Load(left + lane);
                for (int c = 0; c < count; c++)
                {
                    float* to = dx + columns[c] + lane;
                    TVec wins = TSimd.Equal(TSimd.Load(x + columns[c] + lane), most);
                    TSimd.Store(TSimd.Add(TSimd.Load(to), TSimd.Select(wins, g, TSimd.Zero)), to);
                    g = TSimd.Select(wins, TSimd.Zero, g);
                }

                TSimd.Store(g, left + lane);
            }
        }
    }
}
