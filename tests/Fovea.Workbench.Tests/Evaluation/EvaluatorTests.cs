using Fovea.Data;

namespace Fovea.Workbench.Tests;

public sealed class EvaluatorTests
{
    [Fact]
    public void Run_NetworkThatAlwaysSaysOneClass_CountsByClass()
    {
        EvaluationResult result = Evaluator.Run(new AlwaysFirst(), new CornerImages(10, 1));

        Assert.Equal(10, result.N);
        Assert.Equal(0.4, result.Accuracy.Value, 12);
        Assert.Equal([1.0, 0.0, 0.0], result.PerClass.Select(c => c.Accuracy));
        Assert.Equal([4L, 3L, 3L], result.PerClass.Select(c => c.N));
        Assert.Equal(
            [
                [4L, 0L, 0L],
                [3L, 0L, 0L],
                [3L, 0L, 0L],
            ],
            result.Confusion
        );

        // Scores (2, 0, 0): -log softmax is ln(1 + 2 e^-2) for the first class and 2 more for the others.
        double first = Math.Log(1 + (2 * Math.Exp(-2)));
        Assert.Equal(first + (0.6 * 2), result.Loss, 5);
    }

    [Fact]
    public void Run_AnyBatchSize_GivesTheSameCounts()
    {
        Module model = TinyNet.Create();
        EvaluationResult whole = Evaluator.Run(model, new CornerImages(17, 1)),
            parts = Evaluator.Run(model, new CornerImages(17, 1), batch: 3);

        Assert.Equal(whole.PerClass, parts.PerClass);
        Assert.Equal(whole.Loss, parts.Loss, 6);
    }

    [Fact]
    public void Run_ModuleInTraining_IsInTrainingAfterwards()
    {
        Module model = TinyNet.Create();

        Evaluator.Run(model, new CornerImages(3, 1));
        Assert.True(model.IsTraining);
        Evaluator.Run(model.Eval(), new CornerImages(3, 1));
        Assert.False(model.IsTraining);
    }

    [Fact]
    public void Run_Cancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(() =>
            Evaluator.Run(TinyNet.Create(), new CornerImages(3, 1), cancel: new CancellationToken(canceled: true))
        );

    [Fact]
    public void Probabilities_LargeScores_SumToOne()
    {
        double[] p = Predictions.Probabilities([1000f, 999f, -1000f]);

        Assert.Equal(1.0, p.Sum(), 12);
        Assert.Equal(1 / (1 + Math.Exp(-1)), p[0], 12);
    }

    private sealed class AlwaysFirst : Module
    {
        public override Tensor Forward(Tensor x)
        {
            float[] scores = new float[x.Shape[0] * 3];
            for (int i = 0; i < scores.Length; i += 3)
            {
                scores[i] = 2;
            }

            return Tensor.From(scores, [x.Shape[0], 3]);
        }
    }
}
