namespace Fovea.Tests;

/// <summary>Losses as graphs with an open batch, and their second derivatives.</summary>
public sealed class LossGraphTests
{
    private static readonly Tensor Weights = Tensor.From<double>([0.4, 1.7, 0.9], [3]);

    private static readonly Dictionary<string, Func<LossReduction, Loss>> Losses = new()
    {
        ["CrossEntropy"] = r => new CrossEntropy { Reduction = r },
        ["CrossEntropy smoothed"] = r => new CrossEntropy(0.1) { Reduction = r },
        ["CrossEntropy ignoring"] = r => new CrossEntropy(0.1) { Reduction = r, IgnoredLabel = 1 },
        ["CrossEntropy weighted"] = r => new CrossEntropy { Reduction = r, ClassWeights = Weights },
        ["CrossEntropy both"] = r => new CrossEntropy
        {
            Reduction = r,
            ClassWeights = Weights,
            IgnoredLabel = 0,
        },
        ["CrossEntropy probabilities"] = r => new CrossEntropy(0.2) { Reduction = r, ClassWeights = Weights },
        ["BinaryCrossEntropyWithLogits"] = r => new BinaryCrossEntropyWithLogits { Reduction = r },
        ["BinaryCrossEntropyWithLogits weighted"] = r => new BinaryCrossEntropyWithLogits
        {
            Reduction = r,
            PositiveWeight = Weights.Reshape(3, 1),
        },
        ["Dice"] = r => new Dice { Reduction = r },
        ["Dice ignoring"] = r => new Dice { Reduction = r, IgnoredLabel = 1 },
        ["Dice probabilities"] = r => new Dice(0.3) { Reduction = r },
        ["Focal"] = r => new Focal { Reduction = r },
        ["Huber"] = r => new Huber(0.7) { Reduction = r },
        ["KullbackLeibler"] = r => new KullbackLeibler { Reduction = r },
        ["KullbackLeibler of logarithms"] = r => new KullbackLeibler { Reduction = r, LogTarget = true },
        ["L1"] = r => new L1 { Reduction = r },
        ["MeanSquaredError"] = r => new MeanSquaredError { Reduction = r },
    };

    public static TheoryData<string, LossReduction> Rows
    {
        get
        {
            TheoryData<string, LossReduction> rows = [];
            foreach (string name in Losses.Keys)
            {
                foreach (LossReduction reduction in Enum.GetValues<LossReduction>())
                {
                    rows.Add(name, reduction);
                }
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Forward_Traced_GivesTheEagerLossAtAnyBatch(string name, LossReduction reduction)
    {
        Loss loss = Losses[name](reduction);
        GraphInput[] inputs =
        [
            GraphInput.OfItems("prediction", [3, 4], DType.Float64),
            UsesLabels(name)
                ? GraphInput.OfItems("target", [4], DType.Int64)
                : GraphInput.OfItems("target", [3, 4], DType.Float64),
        ];
        Graph graph = GraphTracer.Trace(name, null, inputs, (_, x) => [loss.Forward(x[0], x[1])]);
        Assert.Equal(reduction == LossReduction.None, graph.Output.Shape.HasBatch);
        foreach (int batch in new[] { 0, 1, 2, 7 })
        {
            (Tensor prediction, Tensor target) = Data(name, batch);
            double[] eager = loss.Forward(prediction, target).ToArray<double>();
            double[] traced = TracedRule.Run(graph, batch, [prediction, target])[0].ToArray<double>();
            Assert.True(
                eager.SequenceEqual(traced),
                $"{name} {reduction}, batch {batch}: {Text(eager)}, {Text(traced)}"
            );
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Forward_DifferentiatedTwice_MatchesFiniteDifferences(string name, LossReduction reduction)
    {
        (Tensor prediction, Tensor target) = Data(name, 2);
        prediction.RequiresGrad = true;
        Assert.Null(
            GradientOfGradient.FirstDisagreement(i => Losses[name](reduction).Forward(i[0], target), [prediction])
        );
    }

    [Fact]
    public void GradientsOf_CrossEntropyTwice_IsTheHessianOfSoftmax()
    {
        Tensor x = Tensor.From<double>([0.3, -1.1, 0.8], [1, 3]);
        x.RequiresGrad = true;
        Tensor slope = new CrossEntropy().Forward(x, Tensor.From<long>([2], [1])).GradientsOf([x], createGraph: true)[
            0
        ]!;
        double[] p = x.Softmax().ToArray<double>();
        for (int i = 0; i < 3; i++)
        {
            double[] row = slope.Slice(1, i..(i + 1)).Sum().GradientsOf([x], retainGraph: true)[0]!.ToArray<double>();
            for (int j = 0; j < 3; j++)
            {
                double expected = p[i] * ((i == j ? 1.0 : 0.0) - p[j]); // diag(p) - p p^T
                Assert.True(Math.Abs(expected - row[j]) < 1e-14, $"[{i}, {j}]: {expected}, got {row[j]}");
            }
        }
    }

    private static bool UsesLabels(string name) =>
        (name.StartsWith("CrossEntropy", StringComparison.Ordinal) || name.StartsWith("Dice", StringComparison.Ordinal))
        && !name.EndsWith("probabilities", StringComparison.Ordinal);

    private static (Tensor Prediction, Tensor Target) Data(string name, int batch)
    {
        Tensor prediction = Tensor.Normal([batch, 3, 4], 0, 1.3, new Rng(11), DType.Float64);
        Tensor logits = Tensor.Normal([batch, 3, 4], 0, 1, new Rng(12), DType.Float64);
        return (
            prediction,
            UsesLabels(name) ? Tensor.Uniform([batch, 4], 0, 3, new Rng(13), DType.Float64).To(DType.Int64)
            : name.EndsWith("logarithms", StringComparison.Ordinal) ? logits.LogSoftmax(1)
            : logits.Softmax(1)
        );
    }

    private static string Text(double[] values) => string.Join(" ", values.Take(4));
}
