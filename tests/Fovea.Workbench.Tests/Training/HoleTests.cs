using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>Items of NaN in parts that are not learned from.</summary>
public sealed class HoleTests
{
    [Fact]
    public void Fit_HeldOutItemOfNaN_EndsAndIsNamed()
    {
        DataSource healthy = PlantedSet.Shapes(60, 20);
        using TemporaryFolder folder = new();
        int hole = Enumerable.Range(0, 60).First(i => !Learned(healthy.Train, i));
        DataSource source = PlantedSet.With(
            healthy,
            train: new PlantedSet(healthy.Train) { Change = (i, x) => x[3] = i == hole ? float.NaN : x[3] }
        );

        TrainingResult result = Trainer.Fit(
            new Sequential(new Flatten(), new Linear(1024, 10)).Initialize(1),
            source,
            new TrainingOptions
            {
                Epochs = 3,
                Batch = 10,
                Validation = 0.2,
                Seed = 1,
                Preflight = false,
                Out = Path.Combine(folder.Path, "run"),
            }
        );

        Assert.Contains(result.Answers, a => a is { Verdict: Verdict.Fix, Cause: Cause.NonFinite });
    }

    /// <summary>Whether the split of seed 1 learns from an item.</summary>
    private static bool Learned(IDataset data, int item)
    {
        IDataset train = HeldOutSplit.Of(data, 0.2, 1).Train;
        return Enumerable.Range(0, train.Count).Any(i => train.SourceIndex(i) == item);
    }
}
