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
        request = ModelText.WithWeights(request); // and the run's folder says so
        PreparedRun run = PreparedRun.Of(request);
        string path = request.Out ?? RunName.Unique("runs", run.NameOf(request.Model), TimeProvider.System);
        observer ??= TrainingObserver.Of();
        foreach (string notice in RequestData.Notices(run.Source!, run.Session.Options))
        {
            observer.Notice($"{run.Data.Name}: {notice}");
        }

        return RunStart.Train(run, request, path, observer, TimeProvider.System, null, cancel);
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
        PreparedRun run = PreparedRun.Of(model, data, options, loss);
        return RunStart.Train(
            run,
            null,
            options.Out,
            observer ?? TrainingObserver.Of(),
            TimeProvider.System,
            null,
            cancel
        );
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
        observer ??= TrainingObserver.Of();
        if (request.Init is not null)
        {
            throw new ArgumentException("--init is for a new run: a run that is continued has its own weights.");
        }

        RunFolder run = RunFolder.Open(folder);
        using RunLock held = RunLock.Take(folder, observer.Notice);
        Checkpoint checkpoint = RunContinuation.Newest(run, observer.Notice);
        TrainingRequest original =
            run.ReadRequest()
            ?? throw new ArgumentException(
                $"{folder}: the run trains a module of a program of its own; continue it there, with Trainer.ResumeFit."
            );
        if (request.FindLearningRate && !original.FindLearningRate)
        {
            throw new ArgumentException(
                "--lr auto is for a new run: this one was started with a learning rate, which it keeps."
            );
        }

        request = request with { FindLearningRate = false }; // the rate that was found stands in the checkpoint
        string modelText = SessionCheckpoint.ReadText(checkpoint, "model");
        DataSource data = RequestData.Open(
            request with
            {
                Data = request.Data ?? original.Data,
                TrainCount = request.TrainCount ?? original.TrainCount,
                TestCount = request.TestCount ?? original.TestCount,
                Missing = request.Missing ?? original.Missing,
                Unequal = request.Unequal ?? original.Unequal,
                Model = modelText,
                Input = request.Input ?? original.Input,
                Strict = request.Strict || original.Strict,
            }
        );
        TrainingOptions options = RunContinuation.RequireSame(
            folder,
            checkpoint,
            DataIdentity.Of(data),
            request.Model is { } asked ? ModelText.Resolve(asked) : modelText,
            o => o.With(request with { Out = folder, Log = request.Log ?? original.Log })
        );
        Module model = ModelText.Create(modelText, data.Train.ItemShape, data.Train.Classes.Count);
        PreparedRun prepared = new(new TrainingSession(model, data, options, null), modelText, DataIdentity.Of(data))
        {
            Request = original,
        };
        return RunContinuation.Train(prepared, run, checkpoint, observer, cancel);
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
        return ResumeFit(PreparedRun.Of(model, data, options, loss), observer, cancel);
    }

    /// <summary>Runs one batch forward and backward and writes nothing.</summary>
    /// <param name="request">What would be trained.</param>
    /// <exception cref="ArgumentException">A model, option or combination does not exist.</exception>
    /// <exception cref="IOException">Data cannot be read.</exception>
    /// <exception cref="ShapeException">The items do not fit the model.</exception>
    public static DryRunResult DryRun(TrainingRequest request)
    {
        PreparedRun run = PreparedRun.Of(request);
        return DryRunResult.Of(run.Session, run.Plan(null));
    }
}
