using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>The data to measure or label: what was asked for, else what the run was trained on.</summary>
internal static class RunData
{
    /// <summary>Opens it; of a run's own data as many test items as the run used.</summary>
    /// <param name="model">The trained network.</param>
    /// <param name="asked">A data set asked for, or null.</param>
    /// <param name="testItems">Use only the first so many test items; null for no such wish.</param>
    /// <exception cref="ArgumentException">None was asked for, and the run's is not known.</exception>
    public static DataSource Open(TrainedModel model, string? asked, int? testItems = null)
    {
        TrainingRequest? run = ReadRequest(model, needed: asked is null);
        if (asked is not null)
        {
            // Missing values and lengths are treated as they were for training.
            return Datasets.Open(
                asked,
                ((run ?? new TrainingRequest()) with { TrainCount = null, TestCount = testItems }).ToDataOptions()
            );
        }

        return run is null
            ? throw new ArgumentException(
                $"{model.Path}: which data this network was trained on is not known here; name a data set with --data."
            )
            : Datasets.Open(
                run.Data ?? Trainer.DefaultData,
                (run with { TrainCount = null, TestCount = testItems ?? run.TestCount }).ToDataOptions()
            );
    }

    private static TrainingRequest? ReadRequest(TrainedModel model, bool needed)
    {
        try
        {
            return model.ReadRequest();
        }
        catch (Exception e) when (!needed && e is IOException or InvalidDataException)
        {
            return null; // data was named: a damaged run.json is no reason not to measure
        }
    }
}
