namespace Fovea.Workbench;

/// <summary>The cross-entropy of each item of a batch, in double.</summary>
internal static class ItemLosses
{
    /// <summary>Computes them.</summary>
    /// <param name="scores">[N, classes].</param>
    /// <param name="labels">N labels.</param>
    public static double[] Of(Tensor scores, IReadOnlyList<int> labels)
    {
        int classes = scores.Shape[1];
        float[] values = scores.DType == DType.Float32 ? scores.ToArray() : scores.To(DType.Float32).ToArray();
        double[] losses = new double[labels.Count];
        for (int i = 0; i < losses.Length; i++)
        {
            ReadOnlySpan<float> row = values.AsSpan(i * classes, classes);
            double highest = double.NegativeInfinity,
                sum = 0;
            foreach (float value in row)
            {
                highest = Math.Max(highest, value);
            }

            foreach (float value in row)
            {
                sum += Math.Exp(value - highest);
            }

            losses[i] = labels[i] >= 0 && labels[i] < classes ? Math.Log(sum) + highest - row[labels[i]] : double.NaN;
        }

        return losses;
    }

    /// <summary>The standard error of a mean from a sum and a sum of squares; NaN below two.</summary>
    /// <param name="sum">Of the values.</param>
    /// <param name="squares">Of their squares.</param>
    /// <param name="count">How many there are.</param>
    public static double Error(double sum, double squares, long count) =>
        count < 2 ? double.NaN : Math.Sqrt(Math.Max(0.0, squares - (sum * sum / count)) / (count - 1) / count);
}
