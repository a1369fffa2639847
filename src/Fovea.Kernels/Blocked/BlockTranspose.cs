using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Kernels;

/// <summary>Transposes matrices, 4 by 4 floats at a time. So planes of pixels become pixels of channels. It uses
/// 128-bit vectors at every width, because their shuffles exist on every processor.</summary>
internal static unsafe class BlockTranspose
{
    private const int Side = 4;

    /// <summary>Writes to[column, row] = from[row, column].</summary>
    /// <param name="from">The first element.</param>
    /// <param name="fromStride">Floats between its rows.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="to">The first element of the result.</param>
    /// <param name="toStride">Floats between the result's rows.</param>
    public static void Copy(float* from, long fromStride, int rows, int columns, float* to, long toStride)
    {
        int wholeRows = rows / Side * Side,
            wholeColumns = columns / Side * Side;
        for (int row = 0; row < wholeRows; row += Side)
        {
            Squares(from + (row * fromStride), fromStride, wholeColumns, to + row, toStride);
        }

        OneByOne(from, fromStride, 0, wholeRows, wholeColumns, columns, to, toStride);
        OneByOne(from, fromStride, wholeRows, rows, 0, columns, to, toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Squares(float* from, long fromStride, int columns, float* to, long toStride)
    {
        for (int column = 0; column < columns; column += Side, from += Side, to += Side * toStride)
        {
            Vector128<float> a = Vector128.Load(from),
                b = Vector128.Load(from + fromStride),
                c = Vector128.Load(from + (2 * fromStride)),
                d = Vector128.Load(from + (3 * fromStride));
            Vector128<float> ac = FirstHalves(a, c),
                bd = FirstHalves(b, d);
            FirstHalves(ac, bd).Store(to);
            LastHalves(ac, bd).Store(to + toStride);
            (ac, bd) = (LastHalves(a, c), LastHalves(b, d));
            FirstHalves(ac, bd).Store(to + (2 * toStride));
            LastHalves(ac, bd).Store(to + (3 * toStride));
        }
    }

    private static void OneByOne(
        float* from,
        long fromStride,
        int firstRow,
        int endRow,
        int firstColumn,
        int endColumn,
        float* to,
        long toStride
    )
    {
        for (int row = firstRow; row < endRow; row++)
        {
            for (int column = firstColumn; column < endColumn; column++)
            {
                to[(column * toStride) + row] = from[(row * fromStride) + column];
            }
        }
    }

    /// <summary>a0 b0 a1 b1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FirstHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    /// <summary>a2 b2 a3 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LastHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
