namespace Fovea.Workbench.Tests;

public sealed class SymmetricEigenvaluesTests
{
    // The square of 1e-157 has an inverse that is no finite number.
    [Fact]
    public void Of_NextToNothingBesideTheDiagonal_IsTheDiagonal() =>
        Assert.Equal(
            [3.0, 2.0, 1.0],
            SymmetricEigenvalues.Of(
                new double[,]
                {
                    { 1, 0, 0 },
                    { 1e-157, 2, 0 },
                    { 1e-157, 0, 3 },
                }
            )
        );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void Of_SecondDifferences_AreKnownInClosedForm(int n)
    {
        // 2 on the diagonal and -1 beside it: 2 - 2 cos(k pi / (n + 1)).
        double[,] matrix = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            matrix[i, i] = 2;
            if (i > 0)
            {
                matrix[i, i - 1] = matrix[i - 1, i] = -1;
            }
        }

        double[] values = SymmetricEigenvalues.Of(matrix);

        for (int k = 0; k < n; k++)
        {
            Assert.Equal(2 - (2 * Math.Cos((n - k) * Math.PI / (n + 1))), values[k], 12);
        }
    }

    [Fact]
    public void Of_FullMatrixOfKnownFactors_GivesThem()
    {
        // Q diag(9, 4, 1, 0, -2) Q', Q = 1 - 2 vv' / v'v.
        double[] known = [9, 4, 1, 0, -2],
            v = [1, -2, 3, 0.5, 2];
        double square = v.Sum(x => x * x);
        double[,] q = new double[5, 5],
            matrix = new double[5, 5];
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                q[i, j] = (i == j ? 1 : 0) - (2 * v[i] * v[j] / square);
            }
        }

        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                matrix[i, j] = Enumerable.Range(0, 5).Sum(k => q[i, k] * known[k] * q[j, k]);
            }
        }

        Assert.All(known.Zip(SymmetricEigenvalues.Of(matrix)), pair => Assert.Equal(pair.First, pair.Second, 12));
    }

    [Fact]
    public void Of_OneDirection_LeavesTheOthersAtZero()
    {
        double[,] matrix = new double[6, 6];
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < 6; j++)
            {
                matrix[i, j] = (i + 1) * (j + 1);
            }
        }

        double[] values = SymmetricEigenvalues.Of(matrix);

        Assert.Equal(91, values[0], 10); // 1 + 4 + ... + 36
        Assert.All(values.Skip(1), v => Assert.True(Math.Abs(v) < 1e-12, $"{v}"));
    }

    [Fact]
    public void Of_NotANumberOrNotSquare_IsRefused()
    {
        Assert.Throws<ArgumentException>(() =>
            SymmetricEigenvalues.Of(
                new double[,]
                {
                    { double.NaN },
                }
            )
        );
        ArgumentException e = Assert.Throws<ArgumentException>(() => SymmetricEigenvalues.Of(new double[2, 3]));
        Assert.Contains("must be square, got 2 x 3", e.Message, StringComparison.Ordinal);
    }
}
