namespace Fovea.Kernels;

/// <summary>The left matrix of a product, laid out for <see cref="Microkernel{TVec, TSimd}"/>: tiles of rows, each
/// [k][tileRows], missing rows zero.</summary>
internal static unsafe class PackedRows
{
    /// <summary>Floats needed.</summary>
    public static long Size(int rows, int k, int tileRows) => (long)((rows + tileRows - 1) / tileRows) * tileRows * k;

    /// <summary>Packs: element (row, i) is source[row * rowStride + i * stride].</summary>
    public static void Pack(
        float* source,
        int rows,
        int k,
        long rowStride,
        long stride,
        int tileRows,
        float* destination
    )
    {
        for (int first = 0; first < rows; first += tileRows)
        {
            for (int r = 0; r < tileRows; r++)
            {
                float* d = destination + ((long)first * k) + r;
                if (first + r < rows)
                {
                    float* s = source + ((first + r) * rowStride);
                    for (int i = 0; i < k; i++)
                    {
                        d[(long)i * tileRows] = s[i * stride];
                    }
                }
                else
                {
                    for (int i = 0; i < k; i++)
                    {
                        d[(long)i * tileRows] = 0;
                    }
                }
            }
        }
    }
}
