using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>one-batch</c>: whether the network can learn a few items by heart; one that cannot has a fault that no amount of data
/// mends.</summary>
/// <remarks>
/// <para>The advice is Karpathy's (A recipe for training neural networks, 2019: "overfit a single batch"). Up to 16 items as they are in
/// evaluation, without label smoothing and without dropping units; 120 updates or 4 seconds, by an optimizer without history
/// at the rate of training, which rises over the first ten. They count as learned when all are predicted right, or when the
/// cross-entropy is below a tenth of ln(classes), the loss of knowing nothing; of another loss of labelled items only the first is asked.
/// Items where nothing is right or wrong count as learned when the loss has fallen by a tenth. The numbers are ours.</para>
/// <para>Values: <c>first</c>, the loss at first; <c>lowest</c>; <c>items</c>; <c>right</c>, the most predicted right at once, NaN
/// where nothing is; <c>updates</c>; <c>learned</c>, 1 or 0; <c>inTime</c>, 1 where there was time for all updates or the outcome was
/// clear before, else 0.</para>
/// </remarks>
public sealed class OneBatchProbe : Probe
{
    private const int Updates = 120;
    private const int WarmUp = 10;
    private const double Bar = 0.1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>The most items that are learned.</summary>
    internal const int Items = 16;

    /// <inheritdoc/>
    public override string Name => "one-batch";

    /// <inheritdoc/>
    public override double Cost => 60;

    /// <inheritdoc/>
    public override bool NeedsOptimizer => true;

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told how far it is, 0 to 1.</summary>
    internal IProgress<double>? Progress { get; init; }

    /// <summary>Ends it early.</summary>
    internal CancellationToken Cancel { get; init; }

    /// <summary>What is known of training where nothing was measured so far.</summary>
    internal (double LearningRate, double ClipNorm, double? ChanceLoss)? Choices { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Train.Count == 0)
        {
            return [];
        }

        long start = Time.GetTimestamp();
        (double rate, double clip, double? chance) = Choices ?? ChoicesOf(context);
        Optimizer optimizer = context.Optimizer!;
        optimizer.LoadStateDict(new Dictionary<string, Tensor> { ["steps"] = Tensor.Scalar(0, DType.Int64) });
        context.SetTraining(drops: false);
        Batch batch = Trials.First(context.Train[0], Items);
        Course course = new(batch.Indices.Count, context.Classes > 0, Bar, chance);
        for (int update = 0; ; update++)
        {
            context.Model.ZeroGrad();
            IReadOnlyList<Tensor> outputs = context.Model.ForwardAll(batch.AllInputs);
            Tensor loss = context.Loss(outputs, batch.AllTargets);
            course.Add(loss.Item(), context.Classes > 0 ? Right(outputs, batch) : 0);
            bool over = course.IsLearned || update == Updates || !double.IsFinite(course.Now);
            if (over || Cancel.IsCancellationRequested || Time.GetElapsedTime(start) > Limit)
            {
                return [Line(context, [.. course.Values(), ("updates", update), ("inTime", over ? 1 : 0)])];
            }

            loss.Backward();
            if (clip > 0)
            {
                GradientClipping.ByNorm(context.Model.Parameters(), clip);
            }

            optimizer.LearningRate = rate * Math.Min(1, (update + 1.0) / WarmUp); // few items bear less at once than a whole batch
            optimizer.Step();
            Progress?.Report(Math.Max((update + 1.0) / Updates, Time.GetElapsedTime(start) / Limit));
        }
    }

    private static (double LearningRate, double ClipNorm, double? ChanceLoss) ChoicesOf(ProbeContext context) =>
        context.Measured?.Run is { } run
            ? (run.LearningRate > 0 ? run.LearningRate : context.Optimizer!.LearningRate, run.ClipNorm, run.ChanceLoss)
            : (context.Optimizer!.LearningRate, 0, null);

    private static int Right(IReadOnlyList<Tensor> outputs, Batch batch) =>
        Predictions.Highest(outputs[0]).Zip(Predictions.Labels(batch.Targets)).Count(p => p.First == p.Second);

    /// <summary>How the loss went, and when that is enough.</summary>
    private sealed class Course(int items, bool hasClasses, double bar, double? chance)
    {
        private double? _first;
        private double _lowest = double.PositiveInfinity;
        private int _most;

        public double Now { get; private set; }

        public bool IsLearned { get; private set; }

        public void Add(double loss, int right)
        {
            Now = loss;
            double first = _first ??= loss;
            _lowest = Math.Min(_lowest, loss);
            _most = Math.Max(_most, right);
            double enough = hasClasses ? bar * chance ?? double.NegativeInfinity : first - (bar * Math.Abs(first));
            IsLearned =
                double.IsFinite(loss)
                && ((hasClasses && right == items) || loss < enough || (loss == 0.0 && !hasClasses));
        }

        public IEnumerable<(string Name, double Value)> Values() =>
            [
                ("first", _first ?? double.NaN),
                ("lowest", _lowest),
                ("items", items),
                ("right", hasClasses ? _most : double.NaN),
                ("learned", IsLearned ? 1 : 0),
            ];
    }
}
