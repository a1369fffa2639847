using Fovea.Data;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>Trains networks: from a request as the command line makes it, or a module of the user's own.</summary>
public static partial class Trainer
{
    /// <summary>The data set where none is asked for.</summary>
    public const string DefaultData = "shapes";

    /// <summary>Trains a model of the registry, into a run folder.</summary>
    /// <param name="request">What to train, on what, and how.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">A model, option or combination does not exist; nothing was
    /// written.</exception>
    /// <exception cref="IOException">Data cannot be read, or the run folder or a checkpoint not written.</exception>
    /// <exception cref="ShapeException">The items do not fit the model; nothing was written.</exception>
    public static TrainingResult Run(
        TrainingRequest request,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    )
    {
        Prepared run = Prepare(request);
        string name = $"{NameOf(request.Model, run.ModelText)}-{run.Data.Name}";
        string path = request.Out ?? RunName.Unique("runs", name, TimeProvider.System);
        observer ??= Silent.Instance;
        foreach (string notice in RequestData.Notices(run.Source!, run.Session.Options))
        {
            observer.Notice($"{run.Data.Name}: {notice}");
        }

        return Start(run, request, path, observer, TimeProvider.System, null, cancel);
    }

    /// <summary>Trains a network of the user's own, from the weights it has.</summary>
    /// <param name="model">A batch of items [N, C, ...] to class scores [N, classes]. It holds the best epoch's weights
    /// when training finished, else the newest.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">Every choice; <see cref="TrainingOptions.Out"/> null keeps nothing on disk.</param>
    /// <param name="loss">From scores and targets (Int64 [N], or class weights [N, classes] after mixup) to a scalar;
    /// null for cross-entropy with the options' label smoothing. Batches of one update weigh by
    /// <see cref="Loss.Divisor"/> where it is the <see cref="Loss.Forward"/> of a <see cref="Loss"/>, else by their
    /// items.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">An option is out of range or unknown.</exception>
    /// <exception cref="IOException">The run folder or a checkpoint cannot be written.</exception>
    /// <exception cref="ShapeException">The items do not fit the network.</exception>
    public static TrainingResult Fit(
        Module model,
        DataSource data,
        TrainingOptions options,
        Func<Tensor, Tensor, Tensor>? loss = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        Prepared run = new(
            new TrainingSession(model, data, options, loss),
            model.GetType().Name,
            DataIdentity.Of(data)
        );
        return Start(run, null, options.Out, observer ?? Silent.Instance, TimeProvider.System, null, cancel);
    }

    /// <summary>Continues a run of <see cref="Run"/> from its newest checkpoint, to the same bits as without the
    /// interruption.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="request">Further wishes: intervals of checkpoints may change; whatever decides the result must be
    /// left out or be the same. The epochs may be more: the schedule is that of a longer run then.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">Model, data or options are others than the run's; the message lists the
    /// differences.</exception>
    /// <exception cref="IOException">The folder is no run, is in use, or its checkpoints cannot be read.</exception>
    public static TrainingResult Resume(
        string folder,
        TrainingRequest? request = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    )
    {
        request ??= new TrainingRequest();
        observer ??= Silent.Instance;
        if (request.Init is not null)
        {
            throw new ArgumentException("--init is for a new run: a run that is continued has its own weights.");
        }

        RunFolder run = RunFolder.Open(folder);
        using RunLock held = RunLock.Take(folder, observer.Notice);
        Checkpoint checkpoint = Newest(run, observer);
        TrainingRequest original =
            run.ReadRequest()
            ?? throw new ArgumentException(
                $"{folder}: the run trains a module of a program of its own; continue it there, with Trainer.ResumeFit."
            );
        DataSource data = RequestData.Open(
            request with
            {
                Data = request.Data ?? original.Data,
                TrainCount = request.TrainCount ?? original.TrainCount,
                TestCount = request.TestCount ?? original.TestCount,
                Missing = request.Missing ?? original.Missing,
                Unequal = request.Unequal ?? original.Unequal,
                Model = original.Model,
                Input = request.Input ?? original.Input,
                Strict = request.Strict || original.Strict,
            }
        );
        string modelText = SessionCheckpoint.ReadText(checkpoint, "model");
        TrainingOptions options = RequireSame(
            folder,
            checkpoint,
            DataIdentity.Of(data),
            request.Model is { } asked ? ModelSource.Resolve(asked) : modelText,
            o => o.With(request with { Out = folder, Log = request.Log ?? original.Log })
        );
        Module model = ModelSource.Create(modelText, data.Train.ItemShape, data.Train.Classes.Count);
        Prepared prepared = new(new TrainingSession(model, data, options, null), modelText, DataIdentity.Of(data));
        return Continue(prepared, run, checkpoint, observer, cancel);
    }

    /// <summary>Continues a run of
    /// <see cref="Fit(Module, DataSource, TrainingOptions, Func{Tensor, Tensor, Tensor}, TrainingObserver, CancellationToken)"/>
    /// from its newest checkpoint, to the same bits as without the interruption.</summary>
    /// <param name="model">A module built as for the first part.</param>
    /// <param name="data">The same data.</param>
    /// <param name="options">The same choices; <see cref="TrainingOptions.Out"/> is the run folder.</param>
    /// <param name="loss">The same loss.</param>
    /// <param name="observer">Hears what happens; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch, with everything saved.</param>
    /// <exception cref="ArgumentException">Model, data or options are others than the run's; the message lists the
    /// differences.</exception>
    /// <exception cref="IOException">The folder is no run, is in use, or its checkpoints cannot be read.</exception>
    /// <exception cref="ShapeException">The checkpoint's tensors are not those of the model.</exception>
    public static TrainingResult ResumeFit(
        Module model,
        DataSource data,
        TrainingOptions options,
        Func<Tensor, Tensor, Tensor>? loss = null,
        TrainingObserver? observer = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return ResumeFit(
            new Prepared(new TrainingSession(model, data, options, loss), model.GetType().Name, DataIdentity.Of(data)),
            observer,
            cancel
        );
    }

    /// <summary>Runs one batch forward and backward and writes nothing.</summary>
    /// <param name="request">What would be trained.</param>
    /// <exception cref="ArgumentException">A model, option or combination does not exist.</exception>
    /// <exception cref="IOException">Data cannot be read.</exception>
    /// <exception cref="ShapeException">The items do not fit the model.</exception>
    public static DryRunResult DryRun(TrainingRequest request)
    {
        Prepared run = Prepare(request);
        return DryRunResult.Of(run.Session, run.Plan(null));
    }

    internal static TrainingResult Start(
        Prepared run,
        TrainingRequest? request,
        string? path,
        TrainingObserver observer,
        TimeProvider time,
        IFileSystem? files,
        CancellationToken cancel
    )
    {
        run.Session.CheckFit();
        using TensorBoardLog? log = TensorBoardLog.Of(run.Session, path);
        observer = log is null ? observer : TrainingObserver.Of(observer, log);
        RunFolder? folder = path is null ? null : RunFolder.Create(path, files);
        using RunLock? held = folder is null ? null : RunLock.Take(folder.FolderPath, observer.Notice);
        TrainingPlan plan = run.Plan(path);
        folder?.Checkpoints.Clean(observer.Notice);
        folder?.WriteRun(plan, request, run.Data, time);
        RunRecorder recorder = new(folder, run.ModelText, run.Data);
        recorder.SaveLast(run.Session); // from here on there is something to continue from
        observer.Started(plan);
        foreach (
            string notice in new[] { run.Begun, run.Session.Frozen }
                .OfType<string>()
                .Concat(TrainingRemarks.Choices(run.Session, request))
                .Concat(plan.Options.Preflight ? TrainingRemarks.Structure(run.Session) : [])
        )
        {
            observer.Notice(notice);
        }

        if (
            plan.Options.Preflight
            && Preflight.Run(run.Session, time, new StageProgress(observer, TrainingStage.Preflight), cancel).Describe()
                is { } doubt
        )
        {
            observer.Notice(doubt);
        }

        return new TrainingLoop(run.Session, recorder, observer, null, time, cancel).Run();
    }

    private static TrainingResult Continue(
        Prepared run,
        RunFolder folder,
        Checkpoint checkpoint,
        TrainingObserver observer,
        CancellationToken cancel
    )
    {
        SessionCheckpoint.Restore(run.Session, checkpoint);
        using TensorBoardLog? log = TensorBoardLog.Of(run.Session, folder.FolderPath);
        observer = log is null ? observer : TrainingObserver.Of(observer, log);
        int before = SessionCheckpoint.Read<TrainingOptions>(checkpoint, "options").Epochs;
        if (run.Session.Options.Epochs > before)
        {
            run.Session.State.Ended = null;
            observer.Notice(
                $"The run goes on to {run.Session.Options.Epochs} epochs instead of {before}: from here on its learning rate is that of a run of {run.Session.Options.Epochs}."
            );
        }

        folder.Checkpoints.Clean(observer.Notice);
        Metrics? last = MetricsLog.Truncate(folder.MetricsPath, run.Session.State.MetricsLines);
        if (folder.NoteResumed(TimeProvider.System) is { } otherMachine)
        {
            observer.Notice(otherMachine);
        }

        observer.Started(run.Plan(folder.FolderPath));
        return new TrainingLoop(
            run.Session,
            new RunRecorder(folder, run.ModelText, run.Data),
            observer,
            last,
            TimeProvider.System,
            cancel
        ).Run();
    }

    private static Checkpoint Newest(RunFolder run, TrainingObserver observer) =>
        run.Checkpoints.Exists(SessionCheckpoint.Last)
            ? run.Checkpoints.Load(SessionCheckpoint.Last, observer.Notice)
            : throw new CheckpointException(
                $"{run.Checkpoints.PathOf(SessionCheckpoint.Last)}: there is no checkpoint to continue from; start the run anew with another --out."
            );

    /// <summary>Refuses to continue with anything else than the run was started with.</summary>
    private static TrainingOptions RequireSame(
        string folder,
        Checkpoint checkpoint,
        DataIdentity data,
        string modelText,
        Func<TrainingOptions, TrainingOptions> asked
    )
    {
        TrainingOptions stored = SessionCheckpoint.Read<TrainingOptions>(checkpoint, "options");
        TrainingOptions options = asked(stored);
        string model = SessionCheckpoint.ReadText(checkpoint, "model");
        List<string> differences = [];
        if (!string.Equals(model, modelText, StringComparison.Ordinal))
        {
            differences.Add($"model: the run has {model}, asked for {modelText}");
        }

        differences.AddRange(SessionCheckpoint.Read<DataIdentity>(checkpoint, "data").Differences(data));
        bool grows = options.Epochs > stored.Epochs;
        differences.AddRange(
            TrainingOptions.Differences(grows ? stored with { Epochs = options.Epochs } : stored, options)
        );
        return differences.Count == 0
            ? options
            : throw new ArgumentException(
                $"{folder}: a run continues with what it was started with, but: {string.Join("; ", differences)}. Leave these options out, or start a new run with --out."
            );
    }

    private static Prepared Prepare(TrainingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DataSource data = RequestData.Open(request);
        RequestData.RequireEveryClass(data);
        string modelText = ModelSource.Resolve(request.Model ?? DefaultModel.For(data.Train.ItemShape));
        Module model = ModelSource
            .Create(modelText, data.Train.ItemShape, data.Train.Classes.Count)
            .Initialize(request.Seed ?? 0);
        List<string> notices = [];
        if (request.Init is { } source)
        {
            notices.Insert(0, StartingWeights.Load(model, source, notices.Add));
        }

        TrainingOptions options = TrainingOptions
            .From(ModelSource.Recipe(modelText, data.Train.Count), data.Train.Count, data.Train.Sizing is not null)
            .With(request);
        return new Prepared(new TrainingSession(model, data, options, null), modelText, DataIdentity.Of(data), data)
        {
            Begun = notices.Count > 0 ? string.Join(' ', notices) : null,
        };
    }

    /// <summary>What a run is called: network text by its file, or as such.</summary>
    private static string NameOf(string? model, string modelText) =>
        !ModelSource.IsNetworkText(modelText) ? modelText
        : model is not null && !ModelSource.IsNetworkText(model) ? Path.GetFileNameWithoutExtension(model)
        : "network";

    /// <summary>A session with its names.</summary>
    internal sealed record Prepared(
        TrainingSession Session,
        string ModelText,
        DataIdentity Data,
        DataSource? Source = null
    )
    {
        /// <summary>Which weights the run starts from, in words; null for first values.</summary>
        public string? Begun { get; init; }

        public TrainingPlan Plan(string? folder) =>
            new(
                ModelText,
                Data.Name,
                Session.Model.ParameterCount(),
                Session.Task.Count,
                Session.Task.HeldOutCount,
                Session.Loader.BatchesPerEpoch,
                Session.Options,
                folder,
                Session.State.Epoch
            )
            {
                FirstBatch = Session.State.Batch,
            };
    }

    private sealed class Silent : TrainingObserver
    {
        public static readonly Silent Instance = new();
    }
}
