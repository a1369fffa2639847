using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Measures a network on labelled items.</summary>
public static class Evaluator
{
    internal const int DefaultBatch = 128;

    /// <summary>Runs every item through the network, in evaluation behaviour, and counts.</summary>
    /// <param name="model">The network; items [C, ...] as a batch [N, C, ...] to class scores [N, classes]. Its
    /// training behaviour is restored afterwards.</param>
    /// <param name="data">The items.</param>
    /// <param name="preprocessing">What is done to items first; null for nothing.</param>
    /// <param name="batch">Items at a time, 1 or more.</param>
    /// <param name="progress">Hears after each batch how many are measured; null for nobody.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="ShapeException">The items do not fit the network, or it gives another number of scores than
    /// there are classes.</exception>
    public static EvaluationResult Run(
        Module model,
        IDataset data,
        Preprocessing? preprocessing = null,
        int batch = DefaultBatch,
        IProgress<long>? progress = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        return InEvaluation(model, () => Count(model.Forward, data, preprocessing, batch, progress, cancel));
    }

    /// <summary>Runs every sample through a network of several tensors, in evaluation behaviour, and measures a
    /// loss.</summary>
    /// <param name="model">The network. Its training behaviour is restored afterwards.</param>
    /// <param name="data">The samples.</param>
    /// <param name="loss">All outputs and all targets of a batch to its mean loss, one number.</param>
    /// <param name="metrics">What else to measure over all samples; null for nothing. They are reset first.</param>
    /// <param name="batch">Samples at a time, 1 or more.</param>
    /// <param name="progress">Hears after each batch how many are measured; null for nobody.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The mean loss; without an accuracy, as nothing is right or wrong.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="ArgumentException">Two metrics have one name.</exception>
    /// <exception cref="ShapeException">The samples do not fit the network, or a metric.</exception>
    public static EvaluationResult Run(
        Module model,
        ISampleSet data,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        IReadOnlyList<Metric>? metrics = null,
        int batch = DefaultBatch,
        IProgress<long>? progress = null,
        CancellationToken cancel = default
    ) => Measure(model, data, new SampleLoss(loss), metrics, batch, progress, cancel);

    /// <summary>Runs every sample through a network, in evaluation behaviour, and measures a loss of its first
    /// output.</summary>
    /// <param name="model">The network. Its training behaviour is restored afterwards.</param>
    /// <param name="data">The samples.</param>
    /// <param name="loss">Of the first output and the first target. The means of batches are put together by
    /// <see cref="Loss.Divisor"/>, so that ignored labels and weights count as in one batch of all.</param>
    /// <param name="metrics">What else to measure over all samples; null for nothing. They are reset first.</param>
    /// <param name="batch">Samples at a time, 1 or more.</param>
    /// <param name="progress">Hears after each batch how many are measured; null for nobody.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The mean loss; without an accuracy, as nothing is right or wrong.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="ArgumentException">Two metrics have one name.</exception>
    /// <exception cref="ShapeException">The samples do not fit the network, or a metric.</exception>
    public static EvaluationResult Run(
        Module model,
        ISampleSet data,
        Loss loss,
        IReadOnlyList<Metric>? metrics = null,
        int batch = DefaultBatch,
        IProgress<long>? progress = null,
        CancellationToken cancel = default
    ) => Measure(model, data, new SampleLoss(loss), metrics, batch, progress, cancel);

    /// <summary>Measures a network on labelled items by the compiled network.</summary>
    internal static EvaluationResult RunCompiled(
        Module model,
        IDataset data,
        Preprocessing preprocessing,
        IProgress<long>? progress,
        CancellationToken cancel
    ) =>
        InEvaluation(
            model,
            () => Count(Compiled(model, data.ItemShape), data, preprocessing, DefaultBatch, progress, cancel)
        );

    /// <summary>What computes class scores of batches with the present weights: the compiled network, or the module itself where
    /// it cannot be compiled, as it reads values or draws numbers in evaluation too.</summary>
    internal static Func<Tensor, Tensor> Compiled(Module model, Shape item)
    {
        try
        {
            return model.Compile(item).Run;
        }
        catch (InvalidOperationException)
        {
            return model.Forward;
        }
    }

    /// <summary>Threads that prepare items: decoding pictures takes all processors.</summary>
    internal static int Workers(IDataset data) =>
        data.Sizing is null ? 1 : Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Runs every sample through a network and gathers loss and metrics.</summary>
    internal static EvaluationResult Measure(
        Module model,
        ISampleSet data,
        SampleLoss loss,
        IReadOnlyList<Metric>? metrics,
        int batch,
        IProgress<long>? progress,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        MetricSet set = new(metrics);
        set.Reset();
        return InEvaluation(
            model,
            () =>
            {
                double sum = 0,
                    weight = 0;
                long items = 0;
                LoaderOptions options = new() { BatchSize = Math.Clamp(batch, 1, Math.Max(1, data.Count)) };
                foreach (Batch part in new Loader(data, options).Epoch(0))
                {
                    cancel.ThrowIfCancellationRequested();
                    IReadOnlyList<Tensor> outputs = model.ForwardAll(part.AllInputs);
                    double value = loss.Forward(outputs, part.AllTargets).Item(),
                        divisor = loss.Divisor(outputs, part.AllTargets, part.Indices.Count);
                    sum += value * (loss.IsSum || divisor == 0 ? 1 : divisor);
                    weight += divisor;
                    set.Add(outputs, part.AllTargets);
                    items += part.Indices.Count;
                    progress?.Report(items);
                }

                return new EvaluationResult(items, Proportion.Wilson(0, 0), sum / weight, [])
                {
                    Metrics = set.Values(),
                };
            }
        );
    }

    private static EvaluationResult InEvaluation(Module model, Func<EvaluationResult> measure)
    {
        using (model.KeepModes())
        {
            model.Eval();
            return NoGrad.Run(measure);
        }
    }

    /// <summary>Runs every item through a function to class scores, and counts.</summary>
    private static EvaluationResult Count(
        Func<Tensor, Tensor> model,
        IDataset data,
        Preprocessing? preprocessing,
        int batch,
        IProgress<long>? progress,
        CancellationToken cancel
    )
    {
        Loader loader = new(
            data,
            new LoaderOptions
            {
                BatchSize = Math.Clamp(batch, 1, Math.Max(1, data.Count)),
                Shuffle = false,
                Preprocessing = preprocessing,
                Workers = Workers(data),
            }
        );
        CrossEntropy loss = new();
        long[][] confusion = [.. data.Classes.Select(_ => new long[data.Classes.Count])];
        double lossSum = 0,
            itemSum = 0,
            itemSquares = 0;
        long measured = 0;
        foreach (Batch part in loader.Epoch(0))
        {
            cancel.ThrowIfCancellationRequested();
            Tensor scores = model(part.Inputs);
            Predictions.CheckScores(scores, part.Inputs, data.Classes.Count);
            lossSum += loss.Forward(scores, part.Targets).Item() * part.Indices.Count;
            int[] labels = Predictions.Labels(part.Targets);
            int[] predicted = Predictions.Highest(scores);
            for (int i = 0; i < labels.Length; i++)
            {
                confusion[labels[i]][predicted[i]]++;
            }

            foreach (double item in ItemLosses.Of(scores, labels))
            {
                itemSum += item;
                itemSquares += item * item;
            }

            measured += labels.Length;
            progress?.Report(measured);
        }

        ClassResult[] perClass =
        [
            .. data.Classes.Select((name, i) => new ClassResult(name, confusion[i].Sum(), confusion[i][i])),
        ];
        return new EvaluationResult(
            measured,
            Proportion.Wilson(perClass.Sum(c => c.Correct), measured),
            lossSum / measured,
            perClass
        )
        {
            Confusion = confusion,
            LossError = ItemLosses.Error(itemSum, itemSquares, measured),
        };
    }
}
