using System.Text.Json.Serialization;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What a user asks of a training run. Null means: the model's usual value (see
/// <see cref="Fovea.Models.Recipe"/>), or the rule beside the member.</summary>
public sealed record TrainingRequest
{
    /// <summary>A model as text: a name such as <c>resnet20</c>, a file of network text, or network text; null for a
    /// small network that fits the data.</summary>
    public string? Model { get; init; }

    /// <summary>A data set's name, file or folder; null for the built-in <c>shapes</c>.</summary>
    public string? Data { get; init; }

    /// <summary>Use only the first so many training items.</summary>
    public int? TrainCount { get; init; }

    /// <summary>Use only the first so many test items.</summary>
    public int? TestCount { get; init; }

    /// <summary>Missing values of a series: <c>refuse</c> or <c>interpolate</c>; null refuses.</summary>
    public string? Missing { get; init; }

    /// <summary>Series of different lengths: <c>refuse</c>, <c>pad</c> or <c>truncate</c>; null refuses.</summary>
    public string? Unequal { get; init; }

    /// <summary>Image folders: the size pictures are brought to, as text such as <c>3x224x224</c>; null for that the model
    /// was designed for.</summary>
    public string? Input { get; init; }

    /// <summary>Image folders: refuse damaged pictures instead of leaving them out.</summary>
    public bool Strict { get; init; }

    /// <summary>Times through the training items, 1 or more. A run that is continued may have more than it was started
    /// with.</summary>
    public int? Epochs { get; init; }

    /// <summary>Items a batch, 1 or more; at most the number of training items is used.</summary>
    public int? Batch { get; init; }

    /// <summary>Batches whose gradients add up to one update, 1 or more; 1 where null.</summary>
    public int? Accumulation { get; init; }

    /// <summary>The learning rate that the schedule scales, above 0.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Whether a range test before training finds the learning rate (<see cref="RateSearch"/>), where
    /// <see cref="LearningRate"/> is null. The schedule is then <c>onecycle</c> unless another is asked for.</summary>
    public bool FindLearningRate { get; init; }

    /// <summary>Whether the learning rate is searched.</summary>
    internal bool SearchesRate => FindLearningRate && LearningRate is null;

    /// <summary>An optimizer as text, e.g. <c>sgd,momentum=0.9</c>.</summary>
    public string? Optimizer { get; init; }

    /// <summary>A schedule as text, e.g. <c>cosine</c>.</summary>
    public string? Schedule { get; init; }

    /// <summary>An augmentation as text; <c>none</c> for none.</summary>
    public string? Augment { get; init; }

    /// <summary>Fraction 0-1 of the target spread over all classes.</summary>
    public double? LabelSmoothing { get; init; }

    /// <summary>Largest gradient norm, above 0; 0 switches clipping off.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Decay of the moving average of the weights, in [0, 1); 0 switches it off.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Fraction of the training items held out to choose the best epoch, in [0, 1); null for 0.1 from 1000
    /// items on, else 0.</summary>
    public double? Validation { get; init; }

    /// <summary>Stop after so many epochs without a better one; null for never.</summary>
    public int? Patience { get; init; }

    /// <summary>Weights to start from: a run folder, a checkpoint, or a file of safetensors, PyTorch, NumPy or ONNX. What
    /// fits by name and shape is taken; null for first values by the seed.</summary>
    public string? Init { get; init; }

    /// <summary>Which state of a checkpoint of PyTorch to start from, where it has several; null for the only one.</summary>
    public string? InitState { get; init; }

    /// <summary>Parts of the network that are not trained: paths of modules with commas between them, <c>*</c> for any
    /// text.</summary>
    public string? Freeze { get; init; }

    /// <summary>Seed of everything random; 0 where null.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The run folder; null for a new one below <c>runs</c>.</summary>
    public string? Out { get; init; }

    /// <summary>Seconds between checkpoints within an epoch; 60 where null. An epoch's end always saves one.</summary>
    public double? CheckpointSeconds { get; init; }

    /// <summary>Updates between checkpoints within an epoch; null for none by number.</summary>
    public int? CheckpointSteps { get; init; }

    /// <summary>Whether to try first, for a few seconds, that a few items can be learned by heart.</summary>
    public bool Preflight { get; init; } = true;

    /// <summary>How much evidence is collected; null for all.</summary>
    [JsonIgnore]
    public WatchLevel? Watch { get; init; }

    /// <summary>Steps that looks at the end may cost; null for the usual.</summary>
    internal double? LooksAtTheEnd { get; init; }

    /// <summary>Stop at the first answer with this verdict or a worse one; null goes on.</summary>
    [JsonIgnore]
    public Verdict? StopOn { get; init; }

    /// <summary>Threads that read and prepare items ahead of training, 0 to 64; null for as many as the data need.</summary>
    [JsonIgnore]
    public int? Workers { get; init; }

    /// <summary>What is written for other programs to show: <c>none</c>, or <c>tensorboard</c> for event files in the run
    /// folder. Null for none, and in a resumed run for what it began with.</summary>
    public string? Log { get; init; }

    /// <summary>How the data is to be opened.</summary>
    /// <exception cref="ArgumentException">A word for missing values or lengths is unknown, or the input is no size of
    /// pictures.</exception>
    public DataOptions ToDataOptions() =>
        new()
        {
            TrainCount = TrainCount,
            TestCount = TestCount,
            MissingValues = Word<MissingValues>("missing values", Missing),
            UnequalLength = Word<UnequalLength>("unequal lengths", Unequal),
            ItemShape = Input is null ? null : PictureInput.Parse(Input),
            Strict = Strict,
        };

    private static T Word<T>(string what, string? text)
        where T : struct, Enum
    {
        string[] names = Enum.GetNames<T>();
        int index = text is null ? 0 : Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw new ArgumentException(
                $"TrainingRequest: {what} must be one of {string.Join(", ", names).ToLowerInvariant()}, got '{text}'."
            );
    }
}
