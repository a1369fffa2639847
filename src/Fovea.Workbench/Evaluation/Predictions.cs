namespace Fovea.Workbench;

/// <summary>Reads class scores.</summary>
internal static class Predictions
{
    /// <summary>Refuses scores that are not one row an item and one column a class.</summary>
    /// <exception cref="ShapeException">Says what the network gave.</exception>
    public static void CheckScores(Tensor scores, Tensor inputs, int classes)
    {
        if (scores.Rank != 2 || scores.Shape[0] != inputs.Shape[0] || scores.Shape[1] != classes)
        {
            throw new ShapeException(
                $"Network: class scores must be [items, classes] = [{inputs.Shape[0]}, {classes}], got {scores.Shape} for inputs {inputs.Shape}. Give the last layer {classes} outputs."
            );
        }
    }

    /// <summary>The class of each item: its index, or of mixed items the class with the largest share.</summary>
    public static int[] Labels(Tensor targets) =>
        targets.DType == DType.Int64 ? targets.ToArray<int>() : Highest(targets);

    /// <summary>The column of the highest score of each row; of equal ones the first.</summary>
    public static int[] Highest(Tensor scores)
    {
        float[] values = scores.ToArray<float>();
        int classes = scores.Shape[1];
        int[] highest = new int[scores.Shape[0]];
        for (int row = 0; row < highest.Length; row++)
        {
            ReadOnlySpan<float> line = values.AsSpan(row * classes, classes);
            for (int c = 1; c < classes; c++)
            {
                highest[row] = line[c] > line[highest[row]] ? c : highest[row];
            }
        }

        return highest;
    }

    /// <summary>Probabilities from one row of scores: softmax, in double.</summary>
    public static double[] Probabilities(ReadOnlySpan<float> scores)
    {
        double highest = double.NegativeInfinity,
            sum = 0;
        foreach (float score in scores)
        {
            highest = Math.Max(highest, score);
        }

        double[] result = new double[scores.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Math.Exp(scores[i] - highest);
            sum += result[i];
        }

        for (int i = 0; i < result.Length; i++)
        {
            result[i] /= sum;
        }

        return result;
    }
}
