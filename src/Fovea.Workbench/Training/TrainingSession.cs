using System.Globalization;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Everything a training run consists of while it runs: network, optimizer, schedule, data, and where it
/// stands.</summary>
internal sealed class TrainingSession
{
    // No optimizer here is used with a higher one to begin with.
    private const double HighestAdvice = 0.1;

    private readonly IReadOnlyList<Parameter> _parameters;

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
    }

    public Module Model { get; }

    public TrainingOptions Options { get; }

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

    /// <summary>Does one update from the next batches.</summary>
    /// <returns>Null, or where and how numbers stopped being finite; the weights are then those before the
    /// update.</returns>
    public string? Update(IEnumerator<Batch> batches, TrainingObserver observer)
    {
        bool wasCompiled = Compiler.Reason is null;
        int group = Math.Min(Options.Accumulation, Loader.BatchesPerEpoch - State.Batch);
        Optimizer.ZeroGrad();
        Watch?.Begin(State.Updates);
        UpdateShares shares = new(Task, Options.Batch, group);
        for (int i = 0; i < group; i++)
        {
            batches.MoveNext();
            if (Learn(batches.Current, shares) is { } problem)
            {
                return problem;
            }
        }

        if (wasCompiled && Compiler.Reason is { } reason)
        {
            observer.Notice($"The training step is not compiled but run layer by layer, more slowly: {reason}");
        }

        shares.Complete(_parameters);
        double norm =
            Options.ClipNorm > 0
                ? GradientClipping.ByNorm(_parameters, Options.ClipNorm)
                : GradientClipping.Norm(_parameters);
        if (!double.IsFinite(norm))
        {
            Watch?.Failed(null, null, norm, State.LearningRate);
            return Place(
                $"the gradient norm is {norm.ToString(CultureInfo.InvariantCulture)}",
                NonFiniteSearch.Describe(Model, null)
            );
        }

        Optimizer.LearningRate = State.LearningRate = Options.LearningRate * Schedule.Factor(State.Updates);
        observer.GradientsReady(Model, State.Updates);
        Watch?.Ready(norm, Options.ClipNorm);
        Optimizer.Step();
        Watch?.Updated(State.LearningRate);
        Average?.Update();
        State.Updates++;
        State.Batch += group;
        return null;
    }

    /// <summary>Runs one batch forward and backward, adding its share to the gradients.</summary>
    private string? Learn(Batch batch, UpdateShares shares)
    {
        try
        {
            CompiledTrainingStep? step = Compiler.For(batch, State.Epoch);
            Tensor?[] before = step is null ? [] : [.. _parameters.Select(p => p.Grad)];
            (Tensor loss, IReadOnlyList<Tensor> outputs) =
                step?.Run(batch.AllInputs, batch.AllTargets) ?? Forward(batch);
            double value = loss.Item();
            if (!double.IsFinite(value))
            {
                PutBack(before);
                Watch?.Failed(batch, value, double.NaN, State.LearningRate);
                return Place(
                    $"the loss is {value.ToString(CultureInfo.InvariantCulture)}",
                    NonFiniteSearch.Describe(Model, batch.AllInputs)
                );
            }

            (double share, double factor, double divisor) = shares.Add(outputs, batch);
            if (step is null)
            {
                loss.Backward(Tensor.Full(loss.Shape, share, loss.DType));
            }
            else
            {
                AddShare(before, share);
            }

            int? right = Task.Correct(outputs, batch);
            Count(right, batch, value * factor, divisor);
            Watch?.Learned(batch, outputs, value, right, share);
            return null;
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidOperationException(
                $"Training: a batch {string.Join(", ", batch.AllInputs.Select(t => t.Shape))} does not fit the memory. Use --batch {Math.Max(1, Options.Batch / 2)} --accumulation {Options.Accumulation * 2}, which computes the same updates but for batch normalization.",
                e
            );
        }
    }

    /// <summary>Learns from a batch once and forgets its gradients: loss and outputs.</summary>
    public (Tensor Loss, IReadOnlyList<Tensor> Outputs) Try(Batch batch)
    {
        CompiledTrainingStep? step = Compiler.For(batch, State.Epoch);
        (Tensor loss, IReadOnlyList<Tensor> outputs) = step?.Run(batch.AllInputs, batch.AllTargets) ?? Forward(batch);
        if (step is null)
        {
            loss.Backward();
        }

        Model.ZeroGrad();
        return (loss, outputs);
    }

    /// <summary>Runs a batch forward, layer by layer.</summary>
    private (Tensor Loss, IReadOnlyList<Tensor> Outputs) Forward(Batch batch)
    {
        IReadOnlyList<Tensor> outputs = Model.ForwardAll(batch.AllInputs);
        Task.Check(outputs, batch);
        return (Task.Loss(outputs, batch), outputs);
    }

    /// <summary>Takes back the gradients of a batch, which say nothing of where numbers stopped being finite.</summary>
    private void PutBack(Tensor?[] before)
    {
        for (int i = 0; i < before.Length; i++)
        {
            _parameters[i].Grad = before[i];
        }
    }

    /// <summary>Makes of the gradients of a batch its share, and adds those of the batches before.</summary>
    private void AddShare(Tensor?[] before, double share)
    {
        using NoGrad quiet = NoGrad.Enter();
        for (int i = 0; i < before.Length; i++)
        {
            if (_parameters[i].Grad is not { } own || ReferenceEquals(own, before[i]))
            {
                continue;
            }

            own = share == 1.0 ? own : own * share;
            if (before[i] is not { } sofar)
            {
                _parameters[i].Grad = own;
                continue;
            }

            sofar.CopyFrom(sofar + own); // where it lies, as Backward does: another tensor would be a gradient that was cleared
            _parameters[i].Grad = sofar;
        }
    }

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

    private static TrainingOptions Checked(TrainingOptions options)
    {
        options.Check();
        return options;
    }

    private void Count(int? right, Batch batch, double loss, double weight)
    {
        State.Correct += right ?? 0;
        State.Seen += batch.Indices.Count;
        State.LossSum += loss;
        State.LossWeight += weight;
    }

    private string Place(string what, string where) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{what} in epoch {State.Epoch + 1}, batch {State.Batch + 1}; {where}. Try a learning rate of {Math.Min(Options.LearningRate / 10, HighestAdvice):G3} (--lr)"
        );
}
