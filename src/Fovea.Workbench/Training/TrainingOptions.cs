using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>Every choice of a training run, decided. Checked when training starts.</summary>
public sealed record TrainingOptions
{
    internal const string None = "none";
    internal const string OneCycle = "onecycle";
    internal const string TensorBoard = "tensorboard";

    private const int MostWorkers = 64;

    // Below this a tenth held out is too few to choose by, and too many to do without.
    private const int FewItems = 1000;

    /// <summary>Times through the training items, 1 or more.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Items a batch, 1 or more; at most the number of training items is used.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Batches whose gradients add up to one update, 1 or more: that of one batch of all their items, a short
    /// last batch weighed by its items.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The learning rate that the schedule scales, above 0.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>An optimizer as text.</summary>
    public string Optimizer { get; init; } = "adam";

    /// <summary>A schedule as text.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>An augmentation as text, or <c>none</c>.</summary>
    public string Augment { get; init; } = None;

    /// <summary>Fraction 0-1 of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Largest gradient norm; 0 for no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Decay of the moving average of the weights, in [0, 1); 0 for none.</summary>
    public double AverageDecay { get; init; }

    /// <summary>Fraction of the training items held out to choose the best epoch, in [0, 1). With 0 the lowest training
    /// loss decides. The test items never do.</summary>
    public double Validation { get; init; }

    /// <summary>Stop after so many epochs without a better one; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Parts of the network that are not trained, with commas between them: paths of modules, <c>*</c> for any
    /// text. Null: all is trained that is not frozen already.</summary>
    public string? Freeze { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>The run folder; null keeps nothing on disk.</summary>
    [JsonIgnore]
    public string? Out { get; init; }

    /// <summary>Seconds between checkpoints within an epoch, above 0.</summary>
    [JsonIgnore]
    public double CheckpointSeconds { get; init; } = 60;

    /// <summary>Updates between checkpoints within an epoch; 0 for none by number.</summary>
    [JsonIgnore]
    public int CheckpointSteps { get; init; }

    /// <summary>Whether to try first, for a few seconds, that a few items can be learned by heart.</summary>
    [JsonIgnore]
    public bool Preflight { get; init; } = true;

    /// <summary>Whether the training step is compiled (<see cref="CompiledTrainingStep"/>), which is some times as fast. A network
    /// that cannot be traced is run layer by layer in any case. Switch it off for one whose Forward depends on numbers that change
    /// within an epoch. Sums have another order then, so weights differ by rounding.</summary>
    public bool Compile { get; init; } = true;

    /// <summary>Threads that read and prepare items ahead of training, 0 to 64; with 0 the training thread does it. Null: as
    /// many as processors for pictures (up to 8), else 1. It changes no bit.</summary>
    [JsonIgnore]
    public int? Workers { get; init; }

    /// <summary>What is written for other programs to show, besides the run's own files: <c>none</c>, or
    /// <c>tensorboard</c> for event files in the run folder (<see cref="TensorBoardLog"/>).</summary>
    [JsonIgnore]
    public string Log { get; init; } = None;

    /// <summary>How much evidence is collected, for the measured questions. It changes no bit of training.</summary>
    [JsonIgnore]
    public WatchLevel Watch { get; init; } = WatchLevel.Full;

    /// <summary>Steps that the probes of <see cref="Probe.AtTheEnd"/> may cost in a short run.</summary>
    internal double LooksAtTheEnd { get; init; } = 26;

    /// <summary>Stop at the first answer with this verdict or a worse one; null goes on whatever is found.</summary>
    [JsonIgnore]
    public Verdict? StopOn { get; init; }

    /// <summary>A model's usual choices for a number of training items; pictures of a folder are changed as such.</summary>
    internal static TrainingOptions From(Recipe recipe, int trainItems, bool pictures = false) =>
        new()
        {
            Epochs = recipe.Epochs,
            Batch = recipe.Batch,
            LearningRate = recipe.LearningRate,
            Optimizer = recipe.Optimizer,
            Schedule = recipe.Schedule,
            Augment = pictures ? PictureInput.Augment : recipe.Augment ?? None,
            LabelSmoothing = recipe.LabelSmoothing,
            ClipNorm = recipe.ClipNorm ?? 0,
            AverageDecay = recipe.AverageDecay ?? 0,
            Validation = trainItems >= FewItems ? 0.1 : 0,
        };

    /// <summary>The same choices, but for those a request makes.</summary>
    internal TrainingOptions With(TrainingRequest request) =>
        this with
        {
            Watch = request.Watch ?? Watch,
            LooksAtTheEnd = request.LooksAtTheEnd ?? LooksAtTheEnd,
            StopOn = request.StopOn ?? StopOn,
            Epochs = request.Epochs ?? Epochs,
            Batch = request.Batch ?? Batch,
            Accumulation = request.Accumulation ?? Accumulation,
            LearningRate = request.LearningRate ?? LearningRate,
            Optimizer = request.Optimizer ?? Optimizer,
            Schedule = request.Schedule ?? (request.SearchesRate ? OneCycle : Schedule),
            Augment = request.Augment ?? Augment,
            LabelSmoothing = request.LabelSmoothing ?? LabelSmoothing,
            ClipNorm = request.ClipNorm ?? ClipNorm,
            AverageDecay = request.AverageDecay ?? AverageDecay,
            Validation = request.Validation ?? Validation,
            Patience = request.Patience ?? Patience,
            Freeze = request.Freeze ?? Freeze,
            Seed = request.Seed ?? Seed,
            Out = request.Out ?? Out,
            CheckpointSeconds = request.CheckpointSeconds ?? CheckpointSeconds,
            CheckpointSteps = request.CheckpointSteps ?? CheckpointSteps,
            Preflight = request.Preflight,
            Log = request.Log ?? Log,
            Workers = request.Workers ?? Workers,
        };

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentException">Names the option, its range, and the value.</exception>
    internal void Check()
    {
        Require(Epochs >= 1, "epochs", "1 or more", Epochs);
        Require(Batch >= 1, "batch", "1 or more", Batch);
        Require(Accumulation >= 1, "accumulation", "1 or more", Accumulation);
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "lr", "above 0", LearningRate);
        Require(LabelSmoothing is >= 0 and < 1, "label-smoothing", "at least 0 and below 1", LabelSmoothing);
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), "clip-norm", "0 (off) or more", ClipNorm);
        Require(AverageDecay is >= 0 and < 1, "ema", "at least 0 (off) and below 1", AverageDecay);
        Require(Validation is >= 0 and < 1, "validation", "at least 0 and below 1", Validation);
        Require(Patience >= 0, "patience", "0 (off) or more", Patience);
        Require(CheckpointSeconds > 0, "checkpoint-seconds", "above 0", CheckpointSeconds);
        Require(CheckpointSteps >= 0, "checkpoint-steps", "0 (off) or more", CheckpointSteps);
        Require(Workers is null or (>= 0 and <= MostWorkers), "workers", "0 to 64", Workers ?? 0);
        if (Log is not (None or TensorBoard))
        {
            throw new ArgumentException($"Training: log must be {None} or {TensorBoard}, got '{Log}'.");
        }
    }

    /// <summary>The options that decide the result and differ, one line each: <c>batch: the run has 64, asked for
    /// 32</c>.</summary>
    internal static IReadOnlyList<string> Differences(TrainingOptions run, TrainingOptions asked)
    {
        List<string> lines = [];
        JsonObject a = RunJson.Indented.ToNode(run)!.AsObject(),
            b = RunJson.Indented.ToNode(asked)!.AsObject();
        foreach ((string name, JsonNode? value) in a)
        {
            if (!JsonNode.DeepEquals(value, b[name]))
            {
                lines.Add($"{name}: the run has {value}, asked for {b[name]}");
            }
        }

        return lines;
    }

    private static void Require(bool holds, string option, string rule, double value)
    {
        if (!holds)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Training: {option} must be {rule}, got {value}.")
            );
        }
    }
}
