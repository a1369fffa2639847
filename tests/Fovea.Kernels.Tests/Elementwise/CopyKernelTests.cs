namespace Fovea.Kernels.Tests;

public sealed unsafe class CopyKernelTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 33)]
    [InlineData(40, 17)]
    [InlineData(300, 129)]
    public void Permute_Transpose_MovesEveryElement(int rows, int columns)
    {
        uint[] x = [.. Enumerable.Range(0, 3 * rows * columns).Select(i => (uint)i)],
            y = new uint[x.Length];
        fixed (
            uint* px = x,
                py = y
        )
        {
            CopyKernel.Permute(px, py, [3, columns, rows], [rows * columns, 1, columns]);
        }

        for (int i = 0; i < y.Length; i++)
        {
            int b = i / (rows * columns),
                c = i / rows % columns,
                r = i % rows;
            Assert.True(y[i] == x[(((b * rows) + r) * columns) + c], $"{rows} x {columns}, element {i}: got {y[i]}");
        }
    }
}
