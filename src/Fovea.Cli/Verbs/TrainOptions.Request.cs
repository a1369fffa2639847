using System.CommandLine;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <content>From options to a request.</content>
internal static partial class TrainOptions
{
    /// <summary>What a command line asks for.</summary>
    public static TrainingRequest Request(ParseResult parsed) =>
        new()
        {
            Model = parsed.GetValue(Model),
            Data =
                parsed.GetValue(Data) is { } data && Path.Exists(data) ? Path.GetFullPath(data) : parsed.GetValue(Data),
            TrainCount = parsed.GetValue(TrainItems),
            TestCount = parsed.GetValue(TestItems),
            Missing = parsed.GetValue(Missing),
            Unequal = parsed.GetValue(Unequal),
            Input = parsed.GetValue(Input),
            Strict = parsed.GetValue(Strict),
            Epochs = parsed.GetValue(Epochs),
            Batch = parsed.GetValue(Batch),
            Accumulation = parsed.GetValue(Accumulation),
            LearningRate = parsed.GetValue(LearningRate)?.Number,
            FindLearningRate = parsed.GetValue(LearningRate) is { Number: null },
            Optimizer = parsed.GetValue(Optimizer),
            Schedule = parsed.GetValue(Schedule),
            Augment = parsed.GetValue(Augment),
            LabelSmoothing = parsed.GetValue(Smoothing),
            ClipNorm = parsed.GetValue(ClipNorm),
            AverageDecay = parsed.GetValue(Ema),
            Validation = parsed.GetValue(Validation),
            Patience = parsed.GetValue(Patience),
            Init = parsed.GetValue(Init),
            InitState = parsed.GetValue(State),
            Freeze = parsed.GetValue(Freeze),
            Seed = parsed.GetValue(Seed),
            Out = parsed.GetValue(Out),
            CheckpointSeconds = parsed.GetValue(CheckpointSeconds),
            CheckpointSteps = parsed.GetValue(CheckpointSteps),
            Workers = parsed.GetValue(Workers),
            Preflight = parsed.GetValue(Preflight) == "on",
            Log = parsed.GetValue(Log),
            Watch = parsed.GetValue(Watch) is { } watch ? Enum.Parse<WatchLevel>(watch, ignoreCase: true) : null,
            StopOn = parsed.GetValue(StopOn) is { } verdict ? Enum.Parse<Verdict>(verdict, ignoreCase: true) : null,
        };
}
