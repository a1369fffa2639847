namespace Fovea.Workbench.Tests;

/// <summary>An update from several batches is the update of one batch of all their items.</summary>
public sealed class AccumulationTests
{
    private const int Items = 112;

    [Theory]
    [InlineData(64, 2)] // 32 and 32, 32 and 16 items
    [InlineData(72, 3)] // three of 24, 24 and 16
    [InlineData(80, 4)] // four of 20, 20 and 12
    [InlineData(180, 4)] // 45, 45 and 22
    [InlineData(48, 3)] // full ones alone
    public void Fit_ShortLastBatch_IsWeighedByItsItems(int together, int parts) =>
        AssertSame(together, parts, 0.1, null);

    [Fact]
    public void Fit_ClassWeightsAndIgnoredLabel_AreWeighedByTheirTotalWeight()
    {
        CrossEntropy weighted = new(labelSmoothing: 0.1)
        {
            ClassWeights = Tensor.From<float>([0.2f, 3f, 1f], [3]),
            IgnoredLabel = 2,
        };
        AssertSame(64, 2, 0.1, weighted.Forward);
        AssertSame(6, 6, 0.1, weighted.Forward); // single items: some batches are all ignored
    }

    [Fact]
    public void Fit_SumOfLosses_IsAdded() =>
        AssertSame(64, 2, 0.002, new CrossEntropy { Reduction = LossReduction.Sum }.Forward);

    [Fact]
    public void Fit_FunctionOfOnesOwn_IsWeighedByItsItems()
    {
        CrossEntropy entropy = new();
        AssertSame(64, 2, 0.1, (scores, targets) => entropy.Forward(scores * 2.0, targets));
    }

    private static void AssertSame(int together, int parts, double rate, Func<Tensor, Tensor, Tensor>? loss)
    {
        (List<Metrics> whole, float[] expected) = Train(together, 1, rate, loss);
        (List<Metrics> accumulated, float[] actual) = Train(together / parts, parts, rate, loss);
        for (int epoch = 0; epoch < whole.Count; epoch++)
        {
            Assert.True(
                Math.Abs(whole[epoch].Loss - accumulated[epoch].Loss) < 1e-6,
                $"epoch {epoch + 1}: loss {whole[epoch].Loss:R} of batches of {together}, {accumulated[epoch].Loss:R} in {parts} parts"
            );
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) < 1e-6,
                $"weight {i}: {expected[i]:R} of batches of {together}, {actual[i]:R} in {parts} parts"
            );
        }
    }

    private static (List<Metrics> Epochs, float[] Weights) Train(
        int batch,
        int parts,
        double rate,
        Func<Tensor, Tensor, Tensor>? loss
    )
    {
        Linear head = new(64, 3);
        Module model = new Sequential(new Flatten(), head).Initialize(3);
        TrainingOptions options = new()
        {
            Epochs = 3,
            Batch = batch,
            Accumulation = parts,
            LearningRate = rate,
            Optimizer = "sgd",
            Schedule = "constant",
            Preflight = false,
            Validation = 0,
        };
        using StopAfter observer = new(long.MaxValue);
        Trainer.Fit(model, CornerImages.Source(Items, 12), options, loss, observer);
        return (observer.Epochs, head.Weight.ToArray());
    }
}
