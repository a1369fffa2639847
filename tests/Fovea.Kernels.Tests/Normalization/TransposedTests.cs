namespace Fovea.Kernels.Tests;

public sealed unsafe class TransposedTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(17, 16)]
    [InlineData(33, 5)]
    public void Copy_AnySize_SwapsRowAndColumn(int rows, int columns)
    {
        int[] x = [.. Enumerable.Range(0, rows * columns)],
            y = new int[rows * columns];
        fixed (
            int* px = x,
                py = y
        )
        {
            Transposed.Copy(px, rows, columns, py);
        }

        Assert.Equal(Enumerable.Range(0, rows * columns).Select(i => (i % rows * columns) + (i / rows)), y);
    }
}
