using Fovea.Data;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>A trained network with what it needs to be used: preprocessing and class names.</summary>
public sealed class TrainedModel
{
    internal TrainedModel(Module model, string name, Preprocessing preprocessing, string path)
    {
        (Model, Name, Preprocessing, Path) = (model, name, preprocessing, path);
    }

    /// <summary>The network, with its weights, in evaluation behaviour.</summary>
    public Module Model { get; }

    /// <summary>The model as text.</summary>
    public string Name { get; }

    /// <summary>What is done to items before the network sees them.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Where it was loaded from.</summary>
    public string Path { get; }

    /// <summary>Shape of an item.</summary>
    public Shape ItemShape => Preprocessing.ItemShape;

    /// <summary>Class names.</summary>
    public IReadOnlyList<string> Classes => Preprocessing.Classes;

    /// <summary>Whether <see cref="Classes"/> are names: numbers stand there for those of an ONNX file that has none, and data
    /// of as many classes fits.</summary>
    public bool HasClassNames { get; internal init; } = true;

    /// <summary>Loads the best weights of a run, a checkpoint, or a classifier of an ONNX file.</summary>
    /// <param name="runOrCheckpoint">A run folder (its <c>best</c>, or before the end of the first epoch its
    /// <c>last</c>), a checkpoint file, or an ONNX file. A file that says nothing of preprocessing and classes, as other tools
    /// write it, gets items with values of 0 to 1.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <exception cref="IOException">There is no such run or checkpoint, or it is damaged.</exception>
    /// <exception cref="ArgumentException">The model is not in the zoo, or its network text is wrong.</exception>
    public static TrainedModel Load(string runOrCheckpoint, Action<string>? notice = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(runOrCheckpoint);
        if (ModelText.IsOnnxFile(runOrCheckpoint))
        {
            return OnnxClassifier.Load(runOrCheckpoint, notice);
        }

        (string path, Checkpoint checkpoint) = Read(runOrCheckpoint, notice);
        return Load(
            path,
            checkpoint,
            preprocessing =>
                ModelText.Create(
                    SessionCheckpoint.ReadText(checkpoint, "model"),
                    preprocessing.ItemShape,
                    preprocessing.Classes.Count
                )
        );
    }

    /// <summary>Loads the best weights of a run of a module of the user's own
    /// (<see cref="Trainer.Fit(Module, DataSource, TrainingOptions, Func{Tensor, Tensor, Tensor}, TrainingObserver, CancellationToken)"/>)
    /// into a module built as for training.</summary>
    /// <param name="runOrCheckpoint">A run folder (its <c>best</c>, or before the end of the first epoch its
    /// <c>last</c>), or a checkpoint file.</param>
    /// <param name="model">The module; its weights are replaced, and it is in evaluation behaviour afterwards.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <exception cref="IOException">There is no such run or checkpoint, or it is damaged.</exception>
    /// <exception cref="ShapeException">The checkpoint's tensors are not those of the module; it is
    /// unchanged.</exception>
    public static TrainedModel Load(string runOrCheckpoint, Module model, Action<string>? notice = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(runOrCheckpoint);
        ArgumentNullException.ThrowIfNull(model);
        (string path, Checkpoint checkpoint) = Read(runOrCheckpoint, notice);
        return Load(path, checkpoint, _ => model);
    }

    private static TrainedModel Load(string path, Checkpoint checkpoint, Func<Preprocessing, Module> create)
    {
        Preprocessing preprocessing = Preprocessing.FromJson(
            SessionCheckpoint.ReadNode(checkpoint, "preprocessing").ToJsonString(),
            path
        );
        Module model = create(preprocessing);
        model.LoadStateDict(SessionCheckpoint.Weights(checkpoint), assign: true); // nobody else has the checkpoint
        return new TrainedModel(model.Eval(), SessionCheckpoint.ReadText(checkpoint, "model"), preprocessing, path);
    }

    /// <summary>What was asked of the training run, e.g. its data; null where the run folder is not around the
    /// checkpoint, or the network is a module of a program of its own.</summary>
    /// <exception cref="InvalidDataException">The run folder's <c>run.json</c> is damaged.</exception>
    public TrainingRequest? ReadRequest() =>
        System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))) is { } run
        && RunFolder.Is(run)
            ? RunFolder.Open(run).ReadRequest()
            : null;

    /// <summary>Measures the network on the test items of a data set.</summary>
    /// <param name="data">A data set with the same item shape and classes.</param>
    /// <param name="progress">Hears after each batch how many are measured; null for nobody.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="ShapeException">Item shape or classes are others.</exception>
    public EvaluationResult Evaluate(
        DataSource data,
        IProgress<long>? progress = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(data);
        bool fits = HasClassNames ? data.Test.Classes.SequenceEqual(Classes) : data.Test.Classes.Count == Classes.Count;
        if (data.Test.ItemShape != ItemShape || !fits)
        {
            throw new ShapeException(
                $"{Path}: the network was trained on items {ItemShape} of the classes {string.Join(", ", Classes)}; {data.Name} has items {data.Test.ItemShape} of {string.Join(", ", data.Test.Classes)}. Pass data of the same kind."
            );
        }

        return Evaluator.RunCompiled(Model, data.Test, Preprocessing, progress, cancel);
    }

    /// <summary>Reads the best checkpoint of a run, or a checkpoint file.</summary>
    internal static (string Path, Checkpoint Checkpoint) Read(string path, Action<string>? notice)
    {
        if (File.Exists(path))
        {
            ForeignModel.Refuse(path);
            return (path, CheckpointStore.Read(path));
        }

        RunFolder run = RunFolder.Open(path);
        string name = run.Checkpoints.Exists(SessionCheckpoint.Best) ? SessionCheckpoint.Best : SessionCheckpoint.Last;
        return (run.Checkpoints.PathOf(name), run.Checkpoints.Load(name, notice));
    }
}
