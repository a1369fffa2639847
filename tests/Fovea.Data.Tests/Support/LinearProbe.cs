namespace Fovea.Data.Tests;

/// <summary>Classifiers without any feature: what they cannot do, a network must.</summary>
internal static class LinearProbe
{
    /// <summary>Test accuracy of multinomial logistic regression on normalized pixels, trained by plain stochastic
    /// gradient descent.</summary>
    public static double Accuracy(DataSource source, int passes)
    {
        (float[][] train, float[][] test) = (Items(source.Train, source.Train), Items(source.Test, source.Train));
        int classes = source.Train.Classes.Count,
            size = train[0].Length;
        float[][] weights = [.. Enumerable.Range(0, classes).Select(_ => new float[size])];
        for (int pass = 0; pass < passes; pass++)
        {
            float rate = 0.003f / (1 + pass);
            foreach (int i in new Rng(1).Split((ulong)pass).Permutation(train.Length))
            {
                double[] scores = Scores(weights, train[i]);
                double largest = scores.Max(),
                    sum = scores.Sum(s => Math.Exp(s - largest));
                for (int c = 0; c < classes; c++)
                {
                    float step =
                        rate * (float)((c == source.Train.Label(i) ? 1 : 0) - (Math.Exp(scores[c] - largest) / sum));
                    for (int k = 0; k < size; k++)
                    {
                        weights[c][k] += step * train[i][k];
                    }
                }
            }
        }

        return Share(source.Test, test, item => Scores(weights, item));
    }

    /// <summary>Test accuracy of taking the class whose mean is nearest.</summary>
    public static double NearestCentroid(DataSource source)
    {
        (float[][] train, float[][] test) = (Items(source.Train, source.Train), Items(source.Test, source.Train));
        float[][] means =
        [
            .. Enumerable
                .Range(0, source.Train.Classes.Count)
                .Select(label =>
                {
                    float[][] members = [.. train.Where((_, i) => source.Train.Label(i) == label)];
                    return Enumerable.Range(0, train[0].Length).Select(k => members.Average(item => item[k])).ToArray();
                }),
        ];
        return Share(
            source.Test,
            test,
            item => [.. means.Select(mean => -mean.Zip(item, (m, v) => (double)(m - v) * (m - v)).Sum())]
        );
    }

    private static double[] Scores(float[][] weights, float[] item)
    {
        double[] scores = new double[weights.Length];
        for (int c = 0; c < weights.Length; c++)
        {
            float sum = 0;
            for (int k = 0; k < item.Length; k++)
            {
                sum += weights[c][k] * item[k];
            }

            scores[c] = sum;
        }

        return scores;
    }

    private static double Share(IDataset data, float[][] items, Func<float[], double[]> scores) =>
        (double)
            Enumerable
                .Range(0, data.Count)
                .Count(i =>
                {
                    double[] of = scores(items[i]);
                    return Array.IndexOf(of, of.Max()) == data.Label(i);
                }) / data.Count;

    private static float[][] Items(IDataset data, IDataset training)
    {
        Preprocessing fitted = Preprocessing.Fit(training);
        return
        [
            .. Enumerable
                .Range(0, data.Count)
                .Select(i =>
                {
                    float[] item = SeriesText.Item(data, i);
                    fitted.Apply(item);
                    return item;
                }),
        ];
    }
}
