namespace Fovea.Kernels;

/// <summary>A matrix product cut into rectangles of the result, each with its whole sums: the units that threads
/// share.</summary>
/// <remarks>
/// The blocks of Goto and van de Geijn (Anatomy of high-performance matrix multiplication, 2008): some rows of the left
/// matrix and some columns of the right one, some products deep, lie in the second cache, and a tile's
/// columns of them in the first. Results that are written once and are larger than any cache go past the caches.
/// </remarks>
internal sealed unsafe class GemmUnits<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    private const int MostDeep = 512; // products of a part of a sum, where columns of the right matrix lie together
    private const int LeastDeep = 128; // where its rows do, which are read where they lie
    private const int Tall = 128; // rows of a unit
    private const int Panel = 1024; // products times tiles across of a unit
    private const int MostTilesAcross = 32;
    private const long Streamed = 32L << 20; // bytes of a result that no cache keeps until it is read

    private readonly int _m;
    private readonly int _n;
    private readonly int _k;
    private readonly int _deep;
    private readonly int _tileRows;
    private readonly int _widest;
    private readonly int _wide;
    private readonly int _down;
    private readonly bool _mayStream;

    /// <summary>Cuts a product.</summary>
    /// <param name="m">Rows of the result, 1 or more.</param>
    /// <param name="n">Columns of the result, 1 or more.</param>
    /// <param name="k">Products a sum; may be 0.</param>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="isRightTransposed">Whether the right matrix is stored by columns.</param>
    public GemmUnits(int m, int n, int k, int tileRows, bool isRightTransposed)
    {
        (IsRightTransposed, _deep) = (isRightTransposed, Math.Min(k, isRightTransposed ? MostDeep : LeastDeep));
        (_m, _n, _k, _tileRows) = (m, n, k, tileRows);
        _widest = Microkernel<TVec, TSimd>.WidestTile(tileRows);
        if (!isRightTransposed && n > int.MaxValue / LeastDeep)
        {
            throw new ArgumentException(
                $"MatMul: the right matrix must have at most {int.MaxValue / LeastDeep} columns, got {k} x {n}."
            );
        }

        _wide = _widest * Math.Clamp(Panel / Math.Max(1, _deep), 1, MostTilesAcross);
        _down = (m + Tall - 1) / Tall;
        Count = checked(_down * ((n + _wide - 1) / _wide));
        _mayStream = k <= _deep && (long)m * n * sizeof(float) >= Streamed && n % TSimd.Count == 0;
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>The left matrix, see <see cref="PackedRows"/>.</summary>
    public required float* Left { get; init; }

    /// <summary>The right matrix, [k, n], or [n, k] where it is transposed.</summary>
    public required float* Right { get; init; }

    /// <summary>Whether the right matrix is stored by columns.</summary>
    public bool IsRightTransposed { get; }

    /// <summary>The result, [m, n].</summary>
    public required float* Result { get; init; }

    /// <summary>n values that are added; null for none.</summary>
    public required float* Bias { get; init; }

    private bool Streams => _mayStream && (nuint)Result % (nuint)(TSimd.Count * sizeof(float)) == 0;

    /// <summary>Computes one.</summary>
    public void Run(int unit)
    {
        (int across, int down) = Math.DivRem(unit, _down);
        Unit at = new(down * Tall, Math.Min(_m, (down + 1) * Tall), across * _wide, Math.Min(_n, (across + 1) * _wide));
        int stride = IsRightTransposed ? _widest : _n;
        using Scratch panel = new(IsRightTransposed ? (long)_deep * _widest : 1);
        int* offsets = stackalloc int[MostDeep];
        for (int i = 0; i < _deep; i++)
        {
            offsets[i] = i * stride;
        }

        int first = 0;
        do
        {
            int deep = Math.Min(_deep, _k - first);
            for (int column = at.Column; column < at.EndColumn; )
            {
                (int vectors, int width) = TileAt(column, at.EndColumn);
                float* right = Right + ((long)first * _n) + column;
                if (IsRightTransposed)
                {
                    right = panel.Pointer;
                    BlockTranspose.Copy(Right + ((long)column * _k) + first, _k, width, deep, right, _widest);
                }

                Column(at, first, deep, column, vectors, width, right, offsets);
                column += width;
            }

            first += deep;
        } while (first < _k);
        if (Streams)
        {
            Interlocked.MemoryBarrier(); // stores past the caches are not ordered by themselves
        }
    }

    /// <summary>The tiles of some columns.</summary>
    private void Column(Unit at, int first, int deep, int column, int vectors, int width, float* right, int* offsets)
    {
        float* tile = stackalloc float[_widest * _tileRows],
            zeros = stackalloc float[8];
        new Span<float>(zeros, 8).Clear();
        bool isLast = first + deep == _k,
            isWhole = width == vectors * TSimd.Count && first == 0 && (Bias == null || !isLast) && !Streams;
        for (int row = at.Row; row < at.EndRow; row += _tileRows)
        {
            float* left = Left + ((long)row * _k) + ((long)first * _tileRows),
                to = Result + ((long)row * _n) + column;
            int rows = Math.Min(_tileRows, at.EndRow - row);
            if (isWhole && rows == _tileRows)
            {
                Microkernel<TVec, TSimd>.Run(_tileRows, vectors, left, right, offsets, deep, zeros, to, _n);
                continue;
            }

            Microkernel<TVec, TSimd>.Run(_tileRows, vectors, left, right, offsets, deep, zeros, tile, _widest);
            for (int r = 0; r < rows; r++)
            {
                Store(tile + (r * _widest), to + ((long)r * _n), isLast ? column : -1, width, first > 0);
            }
        }
    }

    /// <summary>A row of a tile to its place.</summary>
    private void Store(float* tile, float* to, int biasColumn, int width, bool adds)
    {
        float* bias = biasColumn < 0 || Bias == null ? null : Bias + biasColumn;
        int i = 0;
        for (; i + TSimd.Count <= width; i += TSimd.Count)
        {
            TVec sum = TSimd.Load(tile + i);
            sum = adds ? TSimd.Add(TSimd.Load(to + i), sum) : sum;
            sum = bias == null ? sum : TSimd.Add(sum, TSimd.Load(bias + i));
            if (Streams)
            {
                TSimd.Stream(sum, to + i);
            }
            else
            {
                TSimd.Store(sum, to + i);
            }
        }

        for (; i < width; i++)
        {
            float sum = adds ? to[i] + tile[i] : tile[i];
            to[i] = bias == null ? sum : sum + bias[i];
        }
    }

    /// <summary>Vectors and columns of the next tile.</summary>
    private (int Vectors, int Width) TileAt(int column, int end)
    {
        int vectors = Microkernel<TVec, TSimd>.TileVectors(_tileRows, (end - column + TSimd.Count - 1) / TSimd.Count);
        return (vectors, Math.Min(vectors * TSimd.Count, end - column));
    }

    /// <summary>A rectangle of the result.</summary>
    private readonly record struct Unit(int Row, int EndRow, int Column, int EndColumn);
}
