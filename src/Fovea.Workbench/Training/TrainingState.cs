namespace Fovea.Workbench;

/// <summary>Where a training run stands, apart from tensors: with them, enough to continue to the same bits. Holds no
/// time.</summary>
internal sealed class TrainingState
{
    /// <summary>Whole epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches done of the current epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Updates done since the start.</summary>
    public long Updates { get; set; }

    /// <summary>The learning rate of the last update.</summary>
    public double LearningRate { get; set; }

    /// <summary>Sum of the losses of the current epoch, undivided.</summary>
    public double LossSum { get; set; }

    /// <summary>What that is divided by for the mean: items, or the total weight of labels.</summary>
    public double LossWeight { get; set; }

    /// <summary>Items of the current epoch predicted right.</summary>
    public long Correct { get; set; }

    /// <summary>Items of the current epoch seen.</summary>
    public long Seen { get; set; }

    /// <summary>Lines of the metrics file.</summary>
    public int MetricsLines { get; set; }

    /// <summary>The best epoch so far, from 1; 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Accuracy of the best epoch on the held-out part; 0 without one.</summary>
    public double BestAccuracy { get; set; }

    /// <summary>Loss of the best epoch: on the held-out part, or in training without one.</summary>
    public double BestLoss { get; set; }

    /// <summary>Why training ended before its last epoch; null while it has not.</summary>
    public string? Ended { get; set; }

    /// <summary>Notes an epoch's result; the higher held-out accuracy is better, at equal accuracy the lower
    /// loss, and any number rather than NaN.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool IsBest(double accuracy, double loss)
    {
        bool lower = loss < BestLoss || (double.IsNaN(BestLoss) && !double.IsNaN(loss));
        if (BestEpoch != 0 && (accuracy < BestAccuracy || (accuracy == BestAccuracy && !lower)))
        {
            return false;
        }

        (BestEpoch, BestAccuracy, BestLoss) = (Epoch + 1, accuracy, loss);
        return true;
    }

    /// <summary>A copy of it.</summary>
    public TrainingState Copy() => (TrainingState)MemberwiseClone();

    /// <summary>Moves to the start of the next epoch.</summary>
    public void NextEpoch()
    {
        Epoch++;
        Batch = 0;
        LossSum = 0;
        LossWeight = 0;
        Correct = 0;
        Seen = 0;
    }
}
