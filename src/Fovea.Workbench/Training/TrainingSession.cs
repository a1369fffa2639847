using System.Globalization;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Everything a training run consists of while it runs: network, optimizer, schedule, data, and where it
/// stands.</summary>
internal sealed class TrainingSession
{
    private readonly IReadOnlyList<Parameter> _parameters;

    public TrainingSession(Module model, DataSource data, TrainingOptions options, Func<Tensor, Tensor, Tensor>? loss)
    {
        options.Check();
        Model = model;
        Options = options;
        Data = data;
        (IDataset train, HeldOut) = HeldOutSplit.Of(data.Train, options.Validation, options.Seed);
        Preprocessing = Preprocessing.Fit(train);
        int batch = Math.Min(options.Batch, train.Count);
        Loader = new Loader(
            train,
            new LoaderOptions
            {
                BatchSize = batch,
                Shuffle = true,
                Seed = options.Seed,
                DropLast = batch > 1 && train.Count % batch == 1, // a batch of one has no variance to normalize by
                Preprocessing = Preprocessing,
                Augmentation = Augmentation.Parse(options.Augment),
            }
        );
        Train = train;
        _parameters = model.Parameters();
        Optimizer = Optimizer.Parse(options.Optimizer, model, options.LearningRate);
        Schedule = Schedule.Parse(options.Schedule, UpdatesPerEpoch * (long)options.Epochs, UpdatesPerEpoch);
        Average = options.AverageDecay > 0 ? new WeightAverage(model, options.AverageDecay) : null;
        CrossEntropy entropy = new(labelSmoothing: options.LabelSmoothing);
        OwnLoss = loss;
        Loss = loss ?? entropy.Forward;
    }

    public Module Model { get; }

    public DataSource Data { get; }

    public TrainingOptions Options { get; }

    public IDataset? HeldOut { get; }

    public Preprocessing Preprocessing { get; }

    public Loader Loader { get; }

    /// <summary>The items learned from.</summary>
    public IDataset Train { get; }

    /// <summary>The loss of the user's own, where there is one.</summary>
    public Func<Tensor, Tensor, Tensor>? OwnLoss { get; }

    /// <summary>From scores and targets to a scalar.</summary>
    public Func<Tensor, Tensor, Tensor> Loss { get; }

    public Optimizer Optimizer { get; }

    public Schedule Schedule { get; }

    public WeightAverage? Average { get; }

    public TrainingState State { get; set; } = new();

    public int UpdatesPerEpoch => (Loader.BatchesPerEpoch + Options.Accumulation - 1) / Options.Accumulation;

    public bool IsDone => State.Epoch >= Options.Epochs || State.Ended is not null;

    /// <summary>Does one update from the next batches.</summary>
    /// <returns>Null, or where and how numbers stopped being finite; the weights are then those before the
    /// update.</returns>
    public string? Update(IEnumerator<Batch> batches, TrainingObserver observer)
    {
        int group = Math.Min(Options.Accumulation, Loader.BatchesPerEpoch - State.Batch);
        Optimizer.ZeroGrad();
        UpdateShares shares = new(Loss, Options.Batch, group);
        for (int i = 0; i < group; i++)
        {
            batches.MoveNext();
            if (Learn(batches.Current, shares) is { } problem)
            {
                return problem;
            }
        }

        shares.Complete(_parameters);
        double norm =
            Options.ClipNorm > 0
                ? GradientClipping.ByNorm(_parameters, Options.ClipNorm)
                : GradientClipping.Norm(_parameters);
        if (!double.IsFinite(norm))
        {
            return Place(
                $"the gradient norm is {norm.ToString(CultureInfo.InvariantCulture)}",
                NonFiniteSearch.Describe(Model, null)
            );
        }

        Optimizer.LearningRate = State.LearningRate = Options.LearningRate * Schedule.Factor(State.Updates);
        observer.GradientsReady(Model, State.Updates);
        Optimizer.Step();
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
            Tensor scores = Model.Forward(batch.Inputs);
            Predictions.CheckScores(scores, batch.Inputs, Data.Train.Classes.Count);
            Tensor loss = Loss(scores, batch.Targets);
            double value = loss.Item();
            if (!double.IsFinite(value))
            {
                return Place(
                    $"the loss is {value.ToString(CultureInfo.InvariantCulture)}",
                    NonFiniteSearch.Describe(Model, batch.Inputs)
                );
            }

            (double share, double factor, double divisor) = shares.Add(scores, batch);
            loss.Backward(Tensor.Full(loss.Shape, share, loss.DType));
            Count(scores, batch, value * factor, divisor);
            return null;
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidOperationException(
                $"Training: a batch {batch.Inputs.Shape} does not fit the memory. Use --batch {Math.Max(1, Options.Batch / 2)} --accumulation {Options.Accumulation * 2}, which computes the same updates but for batch normalization.",
                e
            );
        }
    }

    /// <summary>Refuses data whose items or classes do not fit the network, before anything is written.</summary>
    /// <exception cref="ShapeException">Says which layer and why.</exception>
    public void CheckFit()
    {
        Model.Eval();
        Tensor one = Tensor.Zeros([1, .. Data.Train.ItemShape.Sizes]);
        Predictions.CheckScores(NoGrad.Run(() => Model.Forward(one)), one, Data.Train.Classes.Count);
        Model.Train();
    }

    /// <summary>Mean loss and accuracy of the current epoch so far.</summary>
    public (double Loss, double Accuracy) Running =>
        (State.LossWeight > 0 ? State.LossSum / State.LossWeight : 0, (double)State.Correct / Math.Max(1, State.Seen));

    /// <summary>Measures the held-out items with the averaged weights where there are any; null without held-out
    /// items.</summary>
    public EvaluationResult? Validate(CancellationToken cancel) =>
        HeldOut is null ? null : WithAverage(() => Evaluator.Run(Model, HeldOut, Preprocessing, cancel: cancel));

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

    private void Count(Tensor scores, Batch batch, double loss, double weight)
    {
        int[] predicted = Predictions.Highest(scores);
        int[] labels = Predictions.Labels(batch.Targets);
        for (int i = 0; i < labels.Length; i++)
        {
            State.Correct += predicted[i] == labels[i] ? 1 : 0;
        }

        State.Seen += labels.Length;
        State.LossSum += loss;
        State.LossWeight += weight;
    }

    private string Place(string what, string where) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{what} in epoch {State.Epoch + 1}, batch {State.Batch + 1}; {where}. Try a learning rate of {Options.LearningRate / 10:G3} (--lr)"
        );
}
