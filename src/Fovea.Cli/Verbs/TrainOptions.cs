using System.CommandLine;
using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What <c>fovea train</c> can be asked.</summary>
internal static partial class TrainOptions
{
    private static readonly Argument<string?> Model = new("MODEL")
    {
        Description =
            "A model such as resnet20, a file of network text, network text, or an ONNX file; left out, a small network that fits the data.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string?> Data = CommonOptions.Text(
        "--data",
        "D",
        "A built-in data set (see 'fovea data list'), a folder or a file; shapes where left out."
    );
    private static readonly Option<int?> TrainItems = CommonOptions.Count(
        "--train-items",
        "N",
        "Use only the first N training items."
    );
    private static readonly Option<int?> TestItems = CommonOptions.Count(
        "--test-items",
        "N",
        "Use only the first N test items."
    );
    private static readonly Option<int?> Epochs = CommonOptions.Count(
        "--epochs",
        "N",
        "Times through the training items; with --resume more than before continue the run for longer."
    );
    private static readonly Option<int?> Batch = CommonOptions.Count("--batch", "N", "Items a batch.");
    private static readonly Option<int?> Accumulation = CommonOptions.Count(
        "--accumulation",
        "N",
        "Batches whose gradients add up to one update."
    );
    private static readonly Option<NumberOrWord?> LearningRate = CommonOptions.NumberOr(
        "--lr",
        "RATE",
        "auto",
        "Learning rate; the schedule scales it. auto finds one by a range test, and trains with onecycle.",
        rule: "above 0 and finite",
        holds: v => v > 0 && double.IsFinite(v)
    );
    private static readonly Option<string?> Optimizer = CommonOptions.Text(
        "--optimizer",
        "O",
        "E.g. sgd,momentum=0.9,nesterov,decay=5e-4 or adam."
    );
    private static readonly Option<string?> Schedule = CommonOptions.Text(
        "--schedule",
        "S",
        "E.g. cosine,warmup=1ep or constant."
    );
    private static readonly Option<string?> Augment = CommonOptions.Text(
        "--augment",
        "A",
        $"E.g. crop=4,flip; none for none. There are {string.Join(", ", Augmentation.Available.Select(a => a.Name))}."
    );
    private static readonly Option<double?> Smoothing = CommonOptions.Number<double>(
        "--label-smoothing",
        "F",
        "Fraction 0-1 of the target spread over all classes.",
        rule: "at least 0 and below 1",
        holds: v => v is >= 0 and < 1
    );
    private static readonly Option<double?> ClipNorm = CommonOptions.Number<double>(
        "--clip-norm",
        "X",
        "Largest gradient norm; 0 for no clipping.",
        rule: "0 (off) or more, and finite",
        holds: v => v >= 0 && double.IsFinite(v)
    );
    private static readonly Option<double?> Ema = CommonOptions.Number<double>(
        "--ema",
        "D",
        "Decay of a moving average of the weights to evaluate with, e.g. 0.999; 0 for none.",
        rule: "at least 0 (off) and below 1",
        holds: v => v is >= 0 and < 1
    );
    private static readonly Option<double?> Validation = CommonOptions.Number<double>(
        "--validation",
        "F",
        "Fraction of the training items held out to choose the best epoch; with 0 the lowest training loss decides.",
        rule: "at least 0 and below 1",
        holds: v => v is >= 0 and < 1
    );
    private static readonly Option<int?> Patience = CommonOptions.Number<int>(
        "--patience",
        "N",
        "Stop after N epochs without a better one.",
        rule: "0 (off) or more",
        holds: v => v >= 0
    );
    private static readonly Option<string?> Init = CommonOptions.Text(
        "--init",
        "RUN|FILE",
        "Start from the weights of a run, a checkpoint, or a safetensors, PyTorch, NumPy or ONNX file: what fits by name and shape."
    );
    private static readonly Option<string?> State = CommonOptions.State();
    private static readonly Option<string?> Freeze = CommonOptions.Text(
        "--freeze",
        "PATTERN",
        "Parts not to train, e.g. conv1,layer1*: paths of modules; * is any text."
    );
    private static readonly Option<ulong?> Seed = CommonOptions.Number<ulong>(
        "--seed",
        "N",
        "Seed of everything random; 0 where left out."
    );
    private static readonly Option<string?> Out = CommonOptions.Text(
        "--out",
        "DIR",
        "The run folder, new or empty; a new one below runs where left out."
    );
    public static readonly Option<string?> Resume = CreateResume();
    private static readonly Option<double?> CheckpointSeconds = CommonOptions.Number<double>(
        "--checkpoint-seconds",
        "S",
        "Seconds between checkpoints within an epoch; 60 where left out.",
        rule: "above 0",
        holds: v => v > 0
    );
    private static readonly Option<int?> CheckpointSteps = CommonOptions.Number<int>(
        "--checkpoint-steps",
        "N",
        "Updates between checkpoints within an epoch.",
        rule: "0 (off) or more",
        holds: v => v >= 0
    );
    private static readonly Option<int?> Workers = CommonOptions.Number<int>(
        "--workers",
        "N",
        "Threads that read and prepare items ahead of training; left out, as many as processors for pictures, else 1. It changes no bit.",
        rule: "0 (the training thread does it) to 64",
        holds: v => v is >= 0 and <= 64
    );
    private static readonly Option<string?> Missing = CommonOptions.Missing();
    private static readonly Option<string?> Unequal = CommonOptions.Unequal();
    private static readonly Option<string?> Input = CommonOptions.Text(
        "--input",
        "CxHxW",
        "Size that the pictures of an image folder are brought to; what the model was designed for where left out."
    );
    private static readonly Option<bool> Strict = CommonOptions.Strict();
    public static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Run one batch, print shapes, loss and time, write nothing.",
    };
    private static readonly Option<string> Preflight = CreatePreflight();
    private static readonly Option<string?> Log = CommonOptions.Text(
        "--log",
        "tensorboard|none",
        "Write event files for TensorBoard into the run folder; a resumed run goes on with what it began with."
    );
    private static readonly Option<string?> Watch = CommonOptions
        .Text(
            "--watch",
            "full|light|off",
            "How much evidence is collected for the answers: all (a few percent of the time), losses and norms with rare looks at signals, or nothing. It changes no bit of training."
        )
        .AcceptOnlyFromAmong("full", "light", "off");
    private static readonly Option<string?> StopOn = CommonOptions
        .Text("--stop-on", "fix|look", "Stop at the first answer that is so bad or worse; everything is saved.")
        .AcceptOnlyFromAmong("fix", "look");

    /// <summary>The options of a check-up: those that decide what is trained, on what, and how.</summary>
    public static IReadOnlyList<Option> OfCheckUps { get; } =
    [
        Data,
        Batch,
        LearningRate,
        Optimizer,
        Schedule,
        Augment,
        Seed,
        Init,
        State,
        Freeze,
        Validation,
        Smoothing,
        ClipNorm,
        Accumulation,
        TrainItems,
        TestItems,
        Input,
        Strict,
        Missing,
        Unequal,
        Preflight,
    ];

    /// <summary>Adds all of them to a command, in the order of its help.</summary>
    public static void AddTo(Command command) =>
        AddTo(
            command,
            [
                Data,
                Epochs,
                Batch,
                LearningRate,
                Optimizer,
                Schedule,
                Augment,
                Seed,
                Out,
                Init,
                State,
                Freeze,
                Resume,
                DryRun,
                Validation,
                Patience,
                Smoothing,
                ClipNorm,
                Ema,
                Accumulation,
                TrainItems,
                TestItems,
                Input,
                Strict,
                Missing,
                Unequal,
                CheckpointSeconds,
                CheckpointSteps,
                Workers,
                Preflight,
                Log,
                Watch,
                StopOn,
            ]
        );

    /// <summary>Adds some of them to a command, in their order.</summary>
    public static void AddTo(Command command, IReadOnlyList<Option> options)
    {
        command.Arguments.Add(Model);
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
    }

    private static Option<string?> CreateResume()
    {
        Option<string?> option = CommonOptions.Text(
            "--resume",
            "DIR",
            "Continue the run in this folder (that of --out where left out), to the same bits as without the interruption."
        );
        option.Arity = ArgumentArity.ZeroOrOne;
        return option;
    }

    private static Option<string> CreatePreflight()
    {
        Option<string> option = new("--preflight")
        {
            Description = "Check first, for a few seconds, that a few items can be learned by heart.",
            HelpName = "on|off",
            DefaultValueFactory = _ => "on",
        };
        return option.AcceptOnlyFromAmong("on", "off");
    }
}
