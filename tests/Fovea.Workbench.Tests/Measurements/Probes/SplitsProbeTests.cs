using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class SplitsProbeTests
{
    [Fact]
    public void Try_ClassesRenamed_AreRightOnceTheyAreNamedAnew()
    {
        // The scores say class 1, 2, 0, 1 of items of class 0, 1, 2, 1: all wrong but the last; with 0 and 1 and 2 moved on three
        // of four are right.
        Tensor scores = Tensor.From([0f, 1f, 0f, 0f, 0f, 1f, 1f, 0f, 0f, 0f, 1f, 0f], [4, 3]);

        MeasuredProbe line = One(new SplitsProbe(), Labelled(new Lambda(x => x), 3, BatchOf(scores, [0, 1, 2, 1])));

        Assert.Equal(
            (0.25, 0.75, 3.0, 4.0),
            (line["accuracy"], line["permutedAccuracy"], line["moved"], line["items"])
        );
    }

    [Fact]
    public void Try_RightNames_StayAsTheyAre()
    {
        MeasuredProbe line = One(new SplitsProbe(), Labelled(new Lambda(x => x), 3, BatchOf(Tensor.Eye(3), [0, 1, 2])));

        Assert.Equal((1.0, 1.0, 0.0), (line["accuracy"], line["permutedAccuracy"], line["moved"]));
    }

    [Fact]
    public void Largest_RandomMatrices_IsTheBestOfAllPermutations()
    {
        Rng rng = new(7);
        for (int trial = 0; trial < 300; trial++)
        {
            int n = 1 + rng.Next(6);
            double[,] gains = new double[n, n];
            for (int i = 0; i < n * n; i++)
            {
                gains[i / n, i % n] = trial % 2 == 0 ? rng.Next(4) : rng.NextNormal();
            }

            int[] found = Assignment.Largest(gains);

            Assert.Equal(Enumerable.Range(0, n), found.Order());
            Assert.Equal(Best(gains, 0, []), found.Select((column, row) => gains[row, column]).Sum(), 1e-9);
        }
    }

    private static double Best(double[,] gains, int row, HashSet<int> taken)
    {
        int n = gains.GetLength(0);
        double best = row == n ? 0 : double.NegativeInfinity;
        for (int column = 0; row < n && column < n; column++)
        {
            if (taken.Add(column))
            {
                best = Math.Max(best, gains[row, column] + Best(gains, row + 1, taken));
                taken.Remove(column);
            }
        }

        return best;
    }
}
