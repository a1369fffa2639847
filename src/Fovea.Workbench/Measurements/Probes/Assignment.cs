namespace Fovea.Workbench;

/// <summary>Assigns each row of a square matrix a column of its own.</summary>
internal static class Assignment
{
    /// <summary>The assignment of the largest sum: for each row its column.</summary>
    /// <remarks>Shortest augmenting paths over reduced costs, O(n³) (Kuhn 1955; Jonker and Volgenant 1987). Rows are added one by
    /// one; <c>rowPrice + columnPrice</c> never exceeds a cost, and equals it on the assignment.</remarks>
    /// <param name="gains">[n, n].</param>
    public static int[] Largest(double[,] gains)
    {
        int n = gains.GetLength(0);
        double[] rowPrice = new double[n],
            columnPrice = new double[n];
        int[] rowOf = new int[n];
        Array.Fill(rowOf, -1);
        for (int row = 0; row < n; row++)
        {
            Augment(gains, row, rowPrice, columnPrice, rowOf);
        }

        int[] columnOf = new int[n];
        for (int column = 0; column < n; column++)
        {
            columnOf[rowOf[column]] = column;
        }

        return columnOf;
    }

    /// <summary>Gives one more row a column, along the shortest path that ends at a free one.</summary>
    private static void Augment(double[,] gains, int added, double[] rowPrice, double[] columnPrice, int[] rowOf)
    {
        int n = rowOf.Length,
            row = added,
            nearest = -1;
        double[] distance = new double[n];
        int[] before = new int[n]; // the column through which a column was reached; -1 for the added row itself
        bool[] done = new bool[n];
        Array.Fill(distance, double.PositiveInfinity);
        double reached = 0;
        do
        {
            int last = nearest;
            nearest = -1;
            for (int column = 0; column < n; column++)
            {
                if (done[column])
                {
                    continue;
                }

                double through = reached - gains[row, column] - rowPrice[row] - columnPrice[column];
                (distance[column], before[column]) =
                    through < distance[column] ? (through, last) : (distance[column], before[column]);
                nearest = nearest < 0 || distance[column] < distance[nearest] ? column : nearest;
            }

            (done[nearest], reached, row) = (true, distance[nearest], rowOf[nearest]);
        } while (row >= 0);

        Reprice(added, distance, done, reached, (rowPrice, columnPrice), rowOf);
        for (int column = nearest; column >= 0; column = before[column])
        {
            rowOf[column] = before[column] < 0 ? added : rowOf[before[column]];
        }
    }

    private static void Reprice(
        int added,
        double[] distance,
        bool[] done,
        double reached,
        (double[] Row, double[] Column) prices,
        int[] rowOf
    )
    {
        prices.Row[added] += reached;
        for (int column = 0; column < rowOf.Length; column++)
        {
            if (done[column] && rowOf[column] >= 0)
            {
                prices.Row[rowOf[column]] += reached - distance[column];
                prices.Column[column] -= reached - distance[column];
            }
        }
    }
}
