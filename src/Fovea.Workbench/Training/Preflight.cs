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

/// <summary>The check before training: the probe <c>one-batch</c> on the first items of the first epoch, plain: no augmentation,
/// no mixup, no label smoothing, no dropout.</summary>
internal static class Preflight
{
    /// <summary>Tries it within a few seconds, and leaves no trace: weights, buffers and generators are as before to
    /// the bit.</summary>
    public static PreflightResult Run(
        TrainingSession session,
        TimeProvider time,
        IProgress<double>? progress,
        CancellationToken cancel
    )
    {
        Batch batch = Few(session);
        ProbeContext context = new()
        {
            Model = session.Model,
            Optimizer = session.Optimizer,
            Loss = (outputs, _) => session.Task.Loss(outputs, batch, plain: true),
            Classes = session.Task.Classes,
            Train = [batch],
        };
        OneBatchProbe probe = new()
        {
            Time = time,
            Progress = progress,
            Cancel = cancel,
            Choices = (session.Options.LearningRate, session.Options.ClipNorm, session.Task.ChanceLoss),
        };
        MeasuredProbe found = ProbeRunner.Run(probe, context)[0];
        return new PreflightResult(
            found["first"],
            found["lowest"],
            (int)found["items"],
            double.IsNaN(found["right"]) ? null : (int)found["right"],
            (int)found["updates"],
            found["learned"] == 1,
            found["inTime"] == 1
        );
    }

    /// <summary>The first items of the first epoch, as they are but for the normalization.</summary>
    private static Batch Few(TrainingSession session) =>
        session
            .Task.Load(
                new LoaderOptions
                {
                    BatchSize = Math.Min(OneBatchProbe.Items, session.Task.Count),
                    Shuffle = true,
                    Seed = session.Options.Seed,
                    Workers = 0,
                },
                augment: false
            )
            .Epoch(0)
            .First();
}
