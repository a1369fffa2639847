namespace Fovea.Workbench.Tests;

/// <summary>Metrics against the examples of scikit-learn's documentation, in batches of every size, and their empty
/// cases.</summary>
public sealed class MetricTests
{
    private static readonly double[] True1 = [3, -0.5, 2, 7];
    private static readonly double[] Guess1 = [2.5, 0, 2, 8];
    private static readonly double[] True2 = [0.5, 1, -1, 1, 7, -6];
    private static readonly double[] Guess2 = [0, 2, -1, 2, 8, -5];
    private static readonly double[] Labels = [0, 0, 0, 1, 1, 1, 0, 1, 1];
    private static readonly double[] Found = [-1, -2, -1, 1, 3, 1, 1, 2, -1];
    private static readonly double[] Scores = [0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1];

    public static TheoryData<string, Metric, double[], int[], double[], int[], double> Documented =>
        new()
        {
            { "mean_absolute_error", new MeanAbsoluteError(), Guess1, [4], True1, [4], 0.5 },
            { "mean_absolute_error, 2 outputs", new MeanAbsoluteError(), Guess2, [3, 2], True2, [3, 2], 0.75 },
            { "rmse", new RootMeanSquaredError(), Guess1, [4], True1, [4], Math.Sqrt(1.5 / 4) },
            {
                "rmse, 2 outputs",
                new RootMeanSquaredError(),
                Guess2,
                [3, 2],
                True2,
                [3, 2],
                (Math.Sqrt(1.25 / 3) + 1) / 2
            },
            {
                "rmse, pooled",
                new RootMeanSquaredError { IsPooled = true },
                Guess2,
                [3, 2],
                True2,
                [3, 2],
                Math.Sqrt(4.25 / 6)
            },
            { "r2_score", new CoefficientOfDetermination(), Guess1, [4], True1, [4], 1 - (1.5 / 29.1875) },
            {
                "r2_score, 2 outputs",
                new CoefficientOfDetermination(),
                Guess2,
                [3, 2],
                True2,
                [3, 2],
                (1 - (1.25 / (217.0 / 6)) + (1 - (3 / (98.0 / 3)))) / 2
            },
            { "r2_score, the mean", new CoefficientOfDetermination(), [2, 2, 2], [3], [1, 2, 3], [3], 0 },
            { "r2_score, reversed", new CoefficientOfDetermination(), [3, 2, 1], [3], [1, 2, 3], [3], -3 },
            { "r2_score, constant", new CoefficientOfDetermination(), [-2, -2, -2], [3], [-2, -2, -2], [3], 1 },
            {
                "r2_score, constant, nearly",
                new CoefficientOfDetermination(),
                [-2, -2, -2 + 1e-8],
                [3],
                [-2, -2, -2],
                [3],
                0
            },
            { "r2_score, 1 item", new CoefficientOfDetermination(), [1], [1], [1], [1], double.NaN },
            { "1 - hamming_loss", new BinaryAccuracy(), Found, [3, 3], Labels, [3, 3], 7.0 / 9 },
            {
                "accuracy_score",
                new BinaryAccuracy { IsSubset = true },
                Found,
                [3, 3],
                Labels,
                [3, 3],
                2.0 / 3
            },
            { "probability above 0.9", new BinaryAccuracy(0.9), Found, [3, 3], Labels, [3, 3], 5.0 / 9 },
            { "f1_score macro", new F1(), Found, [3, 3], Labels, [3, 3], ((2.0 / 3) + 1 + (2.0 / 3)) / 3 },
            { "f1_score micro", new F1(LabelAverage.Micro), Found, [3, 3], Labels, [3, 3], 0.8 },
            { "f1_score, absent label", new F1(), [1, -1, 1, -1], [2, 2], [1, 0, 1, 0], [2, 2], 0.5 },
            { "f1_score, none", new F1(LabelAverage.Micro), [-1, -1], [2, 1], [0, 0], [2, 1], 0 },
            { "top_k_accuracy_score", new TopKAccuracy(2), Scores, [4, 3], [0, 1, 2, 2], [4], 0.75 },
            { "top_k_accuracy_score, all", new TopKAccuracy(7), Scores, [4, 3], [0, 1, 2, 2], [4], 1 },
            { "top 1", new TopKAccuracy(1), Scores, [4, 3], [0, 1, 2, 2], [4], 0.5 },
            {
                "jaccard_score macro",
                new MeanIntersectionOverUnion(),
                [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1],
                [4, 3],
                [0, 1, 2, 2],
                [4],
                (1 + 0 + (1.0 / 3)) / 3
            },
            { "jaccard, absent class", new MeanIntersectionOverUnion(), [1, 0, 0, 2, 0, 0], [2, 3], [0, 0], [2], 1 },
        };

    [Theory, MemberData(nameof(Documented))]
    public void Value_OfDocumentedExamples_IsThatOfScikitLearnInBatchesOfEverySize(
        string example,
        Metric metric,
        double[] output,
        int[] outputShape,
        double[] target,
        int[] targetShape,
        double expected
    )
    {
        Tensor a = Tensor.From<double>(output, Shape.Create(outputShape)),
            b = Tensor.From<double>(target, Shape.Create(targetShape));
        b = metric is ClassMetric ? b.To(DType.Int64) : b;
        for (int size = 1; size <= a.Shape[0]; size++)
        {
            metric.Reset();
            for (int start = 0; start < a.Shape[0]; start += size)
            {
                int length = Math.Min(size, a.Shape[0] - start);
                metric.Add([a.Narrow(0, start, length)], [b.Narrow(0, start, length)]);
            }

            Assert.True(
                metric.Value.Equals(expected) || Math.Abs(metric.Value - expected) < 1e-12,
                $"{example}, batches of {size}: expected {expected:R}, got {metric.Value:R}"
            );
        }
    }

    [Fact]
    public void PixelMetrics_OfAMapByHand_LeaveTheIgnoredLabelOut()
    {
        // Taken: 0 1 / 1 1. Labels: 0 1 / 0 ignored. Class 0: 1 of 2; class 1: 1 of 2; class 2 is nowhere.
        Tensor scores = Tensor.From<float>([9, 0, 0, 0, 1, 9, 9, 9, 0, 0, 0, 0], [1, 3, 2, 2]);
        Tensor labels = Tensor.From<long>([0, 1, 0, 255], [1, 2, 2]);
        PixelAccuracy accuracy = new() { IgnoredLabel = 255 };
        MeanIntersectionOverUnion overlap = new() { IgnoredLabel = 255 };
        accuracy.Add([scores], [labels]);
        overlap.Add([scores], [labels]);

        Assert.Equal(2.0 / 3, accuracy.Value, 1e-15);
        Assert.Equal(0.5, overlap.Value, 1e-15);
        Assert.Contains(
            "labels must be 0 to 2, one of the 3 scores, got 255. Set IgnoredLabel",
            Assert.Throws<ArgumentException>(() => new PixelAccuracy().Add([scores], [labels])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void ClassMetrics_EqualOrNoNumbers_TakeTheLowerClassAndAreNeverRight()
    {
        TopKAccuracy first = new(1);
        first.Add([Tensor.From<float>([1, 1, 1, 1], [2, 2])], [Tensor.From<long>([0, 1], [2])]);
        Assert.Equal(0.5, first.Value);

        PixelAccuracy broken = new();
        broken.Add([Tensor.From<float>([float.NaN, float.NaN], [1, 2])], [Tensor.From<long>([0], [1])]);
        Assert.Equal(0, broken.Value);
    }

    [Fact]
    public void Value_WithoutItems_IsNotANumber()
    {
        Metric[] all =
        [
            new MeanAbsoluteError(),
            new RootMeanSquaredError(),
            new CoefficientOfDetermination(),
            new BinaryAccuracy(),
            new BinaryAccuracy { IsSubset = true },
            new F1(),
            new TopKAccuracy(),
            new PixelAccuracy(),
            new MeanIntersectionOverUnion(),
        ];
        Assert.All(all, m => Assert.True(double.IsNaN(m.Value), $"{m.Name}: {m.Value}"));
        Assert.Equal("MeanAbsoluteError", all[0].Name);
        Assert.Equal("Top5Accuracy", all[6].Name);
        Assert.Equal("depth", new MeanAbsoluteError { Name = "depth" }.Name);
    }

    [Fact]
    public void Add_WhatDoesNotFit_SaysWhy()
    {
        Tensor two = Tensor.Zeros([3, 2]);
        Contains("must have the same shape [items, ...], got [3, 2] and [3]", new F1(), two, Tensor.Zeros([3]));
        Contains("Output is 1, but there are 1 outputs", new F1 { Output = 1 }, two, two);
        Contains("Target is 2, but there are 1 targets", new PixelAccuracy { Target = 2 }, two, two);
        Contains("Int64 labels [items, ...], got [3, 2] and Float32 [3]", new TopKAccuracy(), two, Tensor.Zeros([3]));
        CoefficientOfDetermination columns = new();
        columns.Add([two], [two]);
        Contains(
            "as many values as those before, 2, got 4 in [1, 4]",
            columns,
            Tensor.Zeros([1, 4]),
            Tensor.Zeros([1, 4])
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKAccuracy(0));
        Assert.Contains(
            "above 0 and below 1, got 1.",
            Assert.Throws<ArgumentException>(() => new BinaryAccuracy(1)).Message,
            StringComparison.Ordinal
        );

        static void Contains(string text, Metric metric, Tensor output, Tensor target) =>
            Assert.Contains(
                text,
                Assert.Throws<ShapeException>(() => metric.Add([output], [target])).Message,
                StringComparison.Ordinal
            );
    }
}
