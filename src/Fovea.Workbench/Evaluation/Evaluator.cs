using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Measures a network on labelled items.</summary>
public static class Evaluator
{
    private const int DefaultBatch = 128;

    /// <summary>Runs every item through the network, in evaluation behaviour, and counts.</summary>
    /// <param name="model">The network; items [C, ...] as a batch [N, C, ...] to class scores [N, classes]. Its
    /// training behaviour is restored afterwards.</param>
    /// <param name="data">The items.</param>
    /// <param name="preprocessing">What is done to items first; null for nothing.</param>
    /// <param name="batch">Items at a time, 1 or more.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="ShapeException">The items do not fit the network, or it gives another number of scores than
    /// there are classes.</exception>
    public static EvaluationResult Run(
        Module model,
        IDataset data,
        Preprocessing? preprocessing = null,
        int batch = DefaultBatch,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        bool training = model.IsTraining;
        model.Eval();
        try
        {
            using (NoGrad.Enter())
            {
                return Count(model, data, preprocessing, batch, cancel);
            }
        }
        finally
        {
            model.Train(training);
        }
    }

    private static EvaluationResult Count(
        Module model,
        IDataset data,
        Preprocessing? preprocessing,
        int batch,
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
            }
        );
        CrossEntropy loss = new();
        long[] items = new long[data.Classes.Count],
            correct = new long[data.Classes.Count];
        double lossSum = 0;
        foreach (Batch part in loader.Epoch(0))
        {
            cancel.ThrowIfCancellationRequested();
            Tensor scores = model.Forward(part.Inputs);
            Predictions.CheckScores(scores, part.Inputs, data.Classes.Count);
            lossSum += loss.Forward(scores, part.Targets).Item() * part.Indices.Count;
            int[] labels = Predictions.Labels(part.Targets);
            int[] predicted = Predictions.Highest(scores);
            for (int i = 0; i < labels.Length; i++)
            {
                items[labels[i]]++;
                correct[labels[i]] += predicted[i] == labels[i] ? 1 : 0;
            }
        }

        ClassResult[] perClass = [.. data.Classes.Select((name, i) => new ClassResult(name, items[i], correct[i]))];
        return new EvaluationResult(
            items.Sum(),
            Proportion.Wilson(correct.Sum(), items.Sum()),
            lossSum / items.Sum(),
            perClass
        );
    }
}
