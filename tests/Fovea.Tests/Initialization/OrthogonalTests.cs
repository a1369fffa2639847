using Fovea.Kernels;

namespace Fovea.Tests;

[Collection("threads")]
public sealed class OrthogonalTests
{
    public static TheoryData<int[]> Shapes =>
        [
            new int[] { 5, 5 },
            new int[] { 1, 1 },
            new int[] { 1, 7 },
            new int[] { 7, 1 },
            new int[] { 16, 3, 3, 3 },
            new int[] { 40, 4, 3 },
            new int[] { 33, 100 },
            new int[] { 64, 2, 1, 1 },
            new int[] { 70, 70 },
        ];

    [Theory, MemberData(nameof(Shapes))]
    public void Fill_AnyShape_HasOrthonormalRowsOrColumns(int[] sizes)
    {
        Shape shape = Shape.Create(sizes);
        double[] w = InitializerTests.Filled(new Orthogonal(2), shape, DType.Float64, 3);
        int rows = sizes[0],
            columns = w.Length / rows,
            count = Math.Min(rows, columns),
            length = Math.Max(rows, columns);
        double At(int vector, int i) => rows <= columns ? w[(vector * columns) + i] : w[(i * columns) + vector];
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double dot = 0;
                for (int i = 0; i < length; i++)
                {
                    dot += At(a, i) * At(b, i);
                }

                Assert.True(
                    Math.Abs(dot - (a == b ? 4 : 0)) < 1e-10,
                    $"{shape}: product of vectors {a} and {b} is {dot:R}, expected {(a == b ? 4 : 0)}"
                );
            }
        }
    }

    [Fact]
    public void Fill_ManyDraws_AreHaar()
    {
        // Haar: no direction is preferred, so the mean of any element is 0 and that of its square 1/n. Without the sign
        // of R's diagonal the first row's mean is far off.
        const int Draws = 4000;
        double[] mean = new double[9],
            square = new double[9];
        double trace = 0;
        for (ulong draw = 0; draw < Draws; draw++)
        {
            double[] w = InitializerTests.Filled(new Orthogonal(), [3, 3], DType.Float64, draw);
            for (int i = 0; i < 9; i++)
            {
                mean[i] += w[i] / Draws;
                square[i] += w[i] * w[i] / Draws;
            }

            trace += Math.Pow(w[0] + w[4] + w[8], 2) / Draws;
        }

        Assert.All(mean, m => Assert.InRange(m, -0.04, 0.04));
        Assert.All(square, s => Assert.InRange(s, 0.31, 0.36));
        Assert.InRange(trace, 0.93, 1.07); // the mean squared trace of O(n) is 1 (Diaconis and Shahshahani 1994)
    }

    [Fact]
    public void Fill_OneToThreeThreads_GiveTheSameBits()
    {
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            double[] one = InitializerTests.Filled(new Orthogonal(), [60, 20, 3, 3], DType.Float64, 3);
            for (int threads = 2; threads <= 3; threads++)
            {
                WorkerPool.Threads = threads;
                Bits.AssertSame(
                    one,
                    InitializerTests.Filled(new Orthogonal(), [60, 20, 3, 3], DType.Float64, 3),
                    $"{threads} threads"
                );
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    [Fact]
    public void Fill_Vector_SaysThatItNeedsAMatrix() =>
        Assert.Equal(
            "Orthogonal: fills a matrix, or a weight that flattens to one [out, in * taps], got [5], which has 1 axes.",
            Assert.Throws<ShapeException>(() => new Orthogonal().Fill(Tensor.Zeros([5]), new Rng(1))).Message
        );
}
