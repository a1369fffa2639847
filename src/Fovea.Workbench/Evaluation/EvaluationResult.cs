using System.Collections.ObjectModel;

namespace Fovea.Workbench;

/// <summary>One class's share of an evaluation.</summary>
/// <param name="Name">The class.</param>
/// <param name="N">Its items.</param>
/// <param name="Correct">Those predicted right.</param>
public sealed record ClassResult(string Name, long N, long Correct)
{
    /// <summary>Correct over N, fraction 0-1; NaN without items.</summary>
    public double Accuracy => (double)Correct / N;
}

/// <summary>How a network does on labelled items, or on samples with a loss of the user's own.</summary>
/// <param name="N">Number of items.</param>
/// <param name="Accuracy">Fraction predicted right, with its 95 % interval; of samples, where nothing is right or wrong, its
/// value is NaN.</param>
/// <param name="Loss">Mean cross-entropy, in nats; of samples the mean of their loss.</param>
/// <param name="PerClass">The same by class, in the order of the classes; none of samples.</param>
public sealed record EvaluationResult(long N, Proportion Accuracy, double Loss, IReadOnlyList<ClassResult> PerClass)
{
    /// <summary>The values of the metrics that were asked for, by name; none of labelled items.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>How often items of a class (row) were taken for a class (column), in the order of <see cref="PerClass"/>; the
    /// diagonal is right. Empty for samples.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; } = [];

    /// <summary>Standard error of <see cref="Loss"/>, from the losses of the items; NaN for samples.</summary>
    public double LossError { get; init; } = double.NaN;

    /// <summary>The accuracy; null where nothing is right or wrong.</summary>
    internal double? AccuracyOrNone => PerClass.Count > 0 ? Accuracy.Value : null;
}
