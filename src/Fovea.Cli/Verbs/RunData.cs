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
    /// <param name="strict">Refuse damaged pictures.</param>
    /// <exception cref="ArgumentException">None was asked for, and the run's is not known.</exception>
    public static DataSource Open(TrainedModel model, string? asked, int? testItems = null, bool strict = false)
    {
        TrainingRequest? run = ReadRequest(model, needed: asked is null);
        string data =
            asked
            ?? (
                run is not null
                    ? run.Data ?? Trainer.DefaultData
                    : throw new ArgumentException(
                        $"{model.Path}: which data this network was trained on is not known here; name a data set with --data."
                    )
            );
        bool own = asked is null || (run?.Data is { } trained && Same(asked, trained));
        DataOptions options = Options(model, run) with
        {
            TestCount = testItems ?? (asked is null ? run!.TestCount : null),
            Strict = strict,
            AllForTest = !own,
        };
        return Datasets.Open(data, options);
    }

    /// <summary>How files are read for a network: missing values and lengths as for training, pictures brought to its size
    /// and matched with its classes.</summary>
    public static DataOptions Options(TrainedModel model) => Options(model, ReadRequest(model, needed: false));

    private static DataOptions Options(TrainedModel model, TrainingRequest? run)
    {
        DataOptions options = (
            (run ?? new TrainingRequest()) with
            {
                TrainCount = null,
                TestCount = null,
            }
        ).ToDataOptions();
        return !ImageInput.IsPicture(model.ItemShape)
            ? options
            : options with
            {
                ItemShape = model.ItemShape,
                Sizing = model.Preprocessing.Sizing ?? ImageSizing.Stretch,
                Classes = model.HasClassNames ? model.Classes : null,
            };
    }

    private static bool Same(string path, string other) =>
        string.Equals(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(other)),
            StringComparison.Ordinal
        );

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
