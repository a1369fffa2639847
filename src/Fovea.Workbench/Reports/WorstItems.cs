using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Finds the items that a network gets most wrong.</summary>
public static class WorstItems
{
    /// <summary>The most that a page shows.</summary>
    public const int Shown = 200;

    /// <summary>Runs every item through a network in evaluation behaviour and keeps the wrong ones of the highest
    /// loss.</summary>
    /// <param name="model">The network; items [C, ...] as a batch [N, C, ...] to class scores [N, classes]. Its training
    /// behaviour is restored afterwards.</param>
    /// <param name="data">The items.</param>
    /// <param name="preprocessing">What is done to items first; null for nothing.</param>
    /// <param name="most">Keep at most so many, 1 or more.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>Worst first; equal ones in the order of the data. Each with its <see cref="Thumbnail"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is less than 1.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="ShapeException">The items do not fit the network, or it gives another number of scores than there are
    /// classes.</exception>
    public static IReadOnlyList<ReportedItem> Find(
        Module model,
        IDataset data,
        Preprocessing? preprocessing = null,
        int most = Shown,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        using (model.KeepModes())
        {
            model.Eval();
            return NoGrad.Run(() => Find(Evaluator.Compiled(model, data.ItemShape), data, preprocessing, most, cancel));
        }
    }

    private static IReadOnlyList<ReportedItem> Find(
        Func<Tensor, Tensor> model,
        IDataset data,
        Preprocessing? preprocessing,
        int most,
        CancellationToken cancel
    )
    {
        Loader loader = new(
            data,
            new LoaderOptions
            {
                BatchSize = Math.Clamp(Evaluator.DefaultBatch, 1, Math.Max(1, data.Count)),
                Shuffle = false,
                Preprocessing = preprocessing,
                Workers = Evaluator.Workers(data),
            }
        );
        PriorityQueue<ReportedItem, (double Loss, int Index)> worst = new(); // the mildest comes out first
        foreach (Batch part in loader.Epoch(0))
        {
            cancel.ThrowIfCancellationRequested();
            Tensor scores = model(part.Inputs);
            Predictions.CheckScores(scores, part.Inputs, data.Classes.Count);
            foreach (ReportedItem item in Wrong(scores, part, data.Classes))
            {
                worst.Enqueue(item, (item.Loss, -item.Index));
                if (worst.Count > most)
                {
                    worst.Dequeue();
                }
            }
        }

        float[] values = new float[data.ItemShape.Count];
        return
        [
            .. worst
                .UnorderedItems.OrderByDescending(i => i.Priority)
                .Select(i =>
                {
                    data.Read(i.Element.Index, values);
                    return i.Element with { Picture = Thumbnail.Of(values, data.ItemShape) };
                }),
        ];
    }

    private static IEnumerable<ReportedItem> Wrong(Tensor scores, Batch part, IReadOnlyList<string> classes)
    {
        int[] labels = Predictions.Labels(part.Targets),
            predicted = Predictions.Highest(scores);
        float[] all = scores.ToArray<float>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == predicted[i])
            {
                continue;
            }

            ReadOnlySpan<float> row = all.AsSpan(i * classes.Count, classes.Count);
            double probability = Predictions.Probabilities(row)[predicted[i]],
                loss = row[predicted[i]] - row[labels[i]] - Math.Log(probability); // finite where that of the label is 0
            yield return new ReportedItem(
                part.Indices[i],
                classes[labels[i]],
                classes[predicted[i]],
                probability,
                double.IsNaN(loss) ? double.PositiveInfinity : loss
            );
        }
    }
}
