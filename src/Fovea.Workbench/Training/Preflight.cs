using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What became of learning a few items by heart.</summary>
/// <param name="First">The loss at first.</param>
/// <param name="Lowest">The lowest loss seen.</param>
/// <param name="Items">Items to learn.</param>
/// <param name="Right">The most of them predicted right at once; null where nothing is right or wrong.</param>
/// <param name="Updates">Updates made.</param>
/// <param name="Learned">Whether they were learned.</param>
/// <param name="InTime">Whether there was time for all updates, or the outcome was clear before.</param>
internal sealed record PreflightResult(
    double First,
    double Lowest,
    int Items,
    int? Right,
    int Updates,
    bool Learned,
    bool InTime
)
{
    /// <summary>Whether all updates were made in vain. Neither this nor <see cref="Learned"/>: the time was too short
    /// to tell.</summary>
    public bool IsStuck => InTime && !Learned;

    /// <summary>What to tell the user; null where all is well.</summary>
    public string? Describe() =>
        Learned ? null
        : !InTime
            ? FormattableString.Invariant(
                $"Check before training: there was time for {Updates} updates only, too few to tell whether the network can learn {Items} items by heart."
            )
        : FormattableString.Invariant(
            $"Check before training: {Items} items could not be learned by heart in {Updates} updates: the loss went from {First:G4} to {Lowest:G4}{(Right is { } right ? $", at best {right} were right" : "")}. A learning rate too low or too high (--lr), wrong labels, or a network that cannot learn these items would explain it. Training goes on."
        );
}

/// <summary>A check before training: a network that cannot learn a few items by heart has a fault that no amount of
/// data mends.</summary>
/// <remarks>
/// The advice is Karpathy's (A Recipe for Training Neural Networks, 2019: "overfit a single batch"). Items and targets
/// are plain: no augmentation,
/// no mixup, no label smoothing, no dropout. They count as learned when all are predicted right, or when the
/// cross-entropy is below a tenth of
/// ln(classes), the loss of knowing nothing; of a loss of the user's own only the first is asked. Samples of several
/// tensors, where nothing is right or wrong, count as learned when the loss has fallen by a tenth. The numbers are ours.
/// </remarks>
internal static class Preflight
{
    private const int Items = 16;
    private const int Updates = 120;
    private const int WarmUp = 10;
    private const double Bar = 0.1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Tries it within a few seconds, and leaves no trace: weights, buffers and generators are as before to
    /// the bit.</summary>
    public static PreflightResult Run(
        TrainingSession session,
        TimeProvider time,
        IProgress<double>? progress,
        CancellationToken cancel
    )
    {
        Module model = session.Model;
        Dictionary<string, Tensor> weights = model.StateDict().ToDictionary(t => t.Key, t => t.Value.Clone());
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(model);
        try
        {
            foreach ((_, Module module) in model.NamedModules().Where(m => m.Module is RandomDrop))
            {
                module.Eval();
            }

            return Learn(session, time, progress, cancel);
        }
        finally
        {
            model.LoadStateDict(weights);
            SessionCheckpoint.RestoreRandom(model, random);
            model.ZeroGrad();
            model.Train();
        }
    }

    private static PreflightResult Learn(
        TrainingSession session,
        TimeProvider time,
        IProgress<double>? progress,
        CancellationToken cancel
    )
    {
        long start = time.GetTimestamp();
        Batch batch = Few(session);
        int items = batch.Indices.Count;
        Optimizer optimizer = Optimizer.Parse(session.Options.Optimizer, session.Model, session.Options.LearningRate);
        double first = double.NaN,
            lowest = double.PositiveInfinity;
        int? most = null;
        for (int update = 0; ; update++)
        {
            session.Model.ZeroGrad();
            IReadOnlyList<Tensor> outputs = session.Model.ForwardAll(batch.AllInputs);
            Tensor value = session.Task.Loss(outputs, batch, plain: true);
            double now = value.Item();
            int? right = session.Task.Correct(outputs, batch);
            first = update == 0 ? now : first;
            lowest = Math.Min(lowest, now);
            most = right is null ? null : Math.Max(most ?? 0, right.Value);
            double enough = session.Task.LearnedLoss ?? (first - (Bar * Math.Abs(first)));
            bool learned =
                double.IsFinite(now)
                && (right == items || now < enough || (now == 0.0 && session.Task.LearnedLoss is null));
            bool over = learned || update == Updates || !double.IsFinite(now);
            if (over || cancel.IsCancellationRequested || time.GetElapsedTime(start) > Limit)
            {
                return new PreflightResult(first, lowest, items, most, update, learned, InTime: over);
            }

            value.Backward();
            Step(session, optimizer, update);
            progress?.Report(Math.Max((update + 1.0) / Updates, time.GetElapsedTime(start) / Limit));
        }
    }

    /// <summary>One update, clipped as in training; the learning rate rises over the first ones, as few items bear less
    /// at once than a whole batch.</summary>
    private static void Step(TrainingSession session, Optimizer optimizer, int update)
    {
        if (session.Options.ClipNorm > 0)
        {
            GradientClipping.ByNorm(session.Model.Parameters(), session.Options.ClipNorm);
        }

        optimizer.LearningRate = session.Options.LearningRate * Math.Min(1, (update + 1.0) / WarmUp);
        optimizer.Step();
    }

    /// <summary>The first items of the first epoch, as they are but for the normalization.</summary>
    private static Batch Few(TrainingSession session) =>
        session
            .Task.Load(
                new LoaderOptions
                {
                    BatchSize = Math.Min(Items, session.Task.Count),
                    Shuffle = true,
                    Seed = session.Options.Seed,
                    Workers = 0,
                },
                augment: false
            )
            .Epoch(0)
            .First();
}
