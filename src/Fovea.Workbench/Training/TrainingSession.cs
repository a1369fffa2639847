using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Everything a training run consists of while it runs: network, optimizer, schedule, data, and where it
/// stands.</summary>
internal sealed partial class TrainingSession
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly NumericGuard _guard;
    private bool _saidReason;

    public TrainingSession(Module model, DataSource data, TrainingOptions options, Func<Tensor, Tensor, Tensor>? loss)
        : this(model, Checked(options), new ClassTask(data, options, loss)) { }

    public TrainingSession(
        Module model,
        SampleSource data,
        TrainingOptions options,
        SampleLoss loss,
        IReadOnlyList<Metric>? metrics = null
    )
        : this(model, Checked(options), new SampleTask(data, options, loss, metrics)) { }

    private TrainingSession(Module model, TrainingOptions options, TrainingTask task)
    {
        (Model, Options, Task) = (model, options, task);
        Frozen = options.Freeze is { } parts ? FrozenParts.Freeze(model, parts) : null;
        int batch = Math.Min(options.Batch, task.Count);
        Loader = task.Load(
            new LoaderOptions
            {
                BatchSize = batch,
                Shuffle = true,
                Seed = options.Seed,
                DropLast = batch > 1 && task.Count % batch == 1, // a batch of one has no variance to normalize by
            },
            augment: true
        );
        _parameters = model.Parameters();
        Compiler = new StepCompiler(model, task, options.Compile);
        Optimizer = Optimizer.Parse(options.Optimizer, model, options.LearningRate);
        Schedule = Schedule.Parse(options.Schedule, UpdatesPerEpoch * (long)options.Epochs, UpdatesPerEpoch);
        Average = options.AverageDecay > 0 ? new WeightAverage(model, options.AverageDecay) : null;
        _guard = new NumericGuard(this);
    }

    public Module Model { get; }

    public TrainingOptions Options { get; private set; }

    /// <summary>What is frozen, in words; null where nothing was asked for.</summary>
    public string? Frozen { get; }

    /// <summary>What is learned.</summary>
    public TrainingTask Task { get; }

    public Loader Loader { get; }

    public Optimizer Optimizer { get; }

    public Schedule Schedule { get; }

    public WeightAverage? Average { get; }

    public TrainingState State { get; set; } = new();

    /// <summary>Compiles the step.</summary>
    public StepCompiler Compiler { get; }

    /// <summary>Collects evidence; null where none is wanted.</summary>
    public EvidenceCollector? Watch { get; set; }

    public int UpdatesPerEpoch => (Loader.BatchesPerEpoch + Options.Accumulation - 1) / Options.Accumulation;

    public bool IsDone => State.Epoch >= Options.Epochs || State.Ended is not null;

    /// <summary>Refuses data whose items or classes do not fit the network, before anything is written.</summary>
    /// <exception cref="ShapeException">Says which layer and why.</exception>
    public void CheckFit()
    {
        Model.Eval();
        Batch one = Task.One();
        using (NoGrad.Enter())
        {
            Task.CheckFit(Model.ForwardAll(one.AllInputs), one);
        }

        Model.Train();
    }

    /// <summary>The network's graph in evaluation; null for a network that reads values, which cannot be traced.</summary>
    public Graph? Trace()
    {
        GraphInput[] inputs =
        [
            .. Task.One()
                .AllInputs.Select((x, i) => GraphInput.OfItems($"input{i}", Shape.Create(x.Shape.Sizes[1..]), x.DType)),
        ];
        try
        {
            return Graph.Trace(Model, inputs);
        }
        catch (Exception e) when (e is InvalidOperationException or ShapeException or OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Mean loss and accuracy of the current epoch so far; the accuracy is null where nothing is right or
    /// wrong.</summary>
    public (double Loss, double? Accuracy) Running =>
        (
            State.LossWeight > 0 ? State.LossSum / State.LossWeight : 0,
            Task is ClassTask ? (double)State.Correct / Math.Max(1, State.Seen) : null
        );

    /// <summary>Measures the held-out items with the averaged weights where there are any; null without held-out
    /// items.</summary>
    public EvaluationResult? Validate(TrainingObserver observer, CancellationToken cancel) =>
        Task.HeldOutCount == 0
            ? null
            : WithAverage(() =>
                Task.Validate(Model, new StageProgress(observer, TrainingStage.Validation, Task.HeldOutCount), cancel)
            );

    /// <summary>Runs a function while the network holds the averaged weights, where there are any.</summary>
    public T WithAverage<T>(Func<T> function)
    {
        Average?.Apply();
        try
        {
            return function();
        }
        finally
        {
            Average?.Restore();
        }
    }

    /// <summary>Takes the learning rate that was found before the first update.</summary>
    public void Take(double rate) => Options = Options with { LearningRate = rate };

    private static TrainingOptions Checked(TrainingOptions options)
    {
        options.Check();
        return options;
    }
}
