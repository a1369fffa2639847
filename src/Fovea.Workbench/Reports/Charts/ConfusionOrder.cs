namespace Fovea.Workbench.Reports;

/// <summary>Orders the classes of a confusion matrix so that those taken for each other are neighbours.</summary>
internal static class ConfusionOrder
{
    private const int Most = 1500; // the work grows with the square

    /// <summary>A chain from the class that is confused most, always to the one left that is most often confused with the
    /// last.</summary>
    public static int[] Of(IReadOnlyList<IReadOnlyList<long>> confusion)
    {
        int classes = confusion.Count;
        if (classes > Most)
        {
            return [.. Enumerable.Range(0, classes)];
        }

        List<int> left = [.. Enumerable.Range(0, classes)];
        List<int> order = [];
        int at = left.MaxBy(i => confusion[i].Sum() - confusion[i][i]);
        while (true)
        {
            order.Add(at);
            left.Remove(at);
            if (left.Count == 0)
            {
                return [.. order];
            }

            at = left.MaxBy(i => confusion[at][i] + confusion[i][at]);
        }
    }
}
