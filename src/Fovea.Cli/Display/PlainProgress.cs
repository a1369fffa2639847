using System.Globalization;
using Fovea.Workbench;

namespace Fovea.Cli.Display;

/// <summary>Plain lines for logs: within an epoch one every few seconds, of epochs at most one a second, and the last
/// epoch's always.</summary>
internal sealed class PlainProgress(Action<string> write, TimeProvider time) : TrainingObserver
{
    private static readonly TimeSpan BatchPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EpochPause = TimeSpan.FromSeconds(1);

    private long _written;
    private long _epochWritten;
    private int _epochs;
    private TrainingProgress? _progress;

    public override void Started(TrainingPlan plan)
    {
        _epochs = plan.Options.Epochs;
        _written = time.GetTimestamp();
        write(TrainingText.Describe(plan));
    }

    public override void Notice(string text) => write(text);

    public override void Found(Answer answer) => write(TrainingText.Describe(answer));

    public override void Progressed(TrainingProgress p)
    {
        _progress = p;
        if (p.Batch < p.Batches && time.GetElapsedTime(_written) >= BatchPause)
        {
            _written = time.GetTimestamp();
            write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {p.Epoch}/{p.Epochs}  batch {p.Batch}/{p.Batches}  loss {p.Loss:F4}{(p.Accuracy is { } a ? FormattableString.Invariant($"  accuracy {100 * a:F1} %") : "")}{Speed(p)}"
                )
            );
        }
    }

    public override void Advanced(TrainingStage stage, double share)
    {
        if (time.GetElapsedTime(_written) >= BatchPause)
        {
            _written = time.GetTimestamp();
            write(string.Create(CultureInfo.InvariantCulture, $"{TrainingText.Describe(stage)}: {100 * share:F0} %"));
        }
    }

    public override void EpochEnded(Metrics metrics, bool isBest)
    {
        if (metrics.Epoch == _epochs || _epochWritten == 0 || time.GetElapsedTime(_epochWritten) >= EpochPause)
        {
            _epochWritten = _written = time.GetTimestamp();
            string speed = _progress is { } p && p.Epoch == metrics.Epoch ? Speed(p) : "";
            write(TrainingText.Describe(metrics, _epochs, isBest) + speed);
        }
    }

    /// <summary>Speed, and the time left where there is any.</summary>
    private static string Speed(TrainingProgress p)
    {
        string left = p.Epoch == p.Epochs && p.Batch == p.Batches ? "" : $"  {Duration.Text(p.Remaining)} left";
        return string.Create(CultureInfo.InvariantCulture, $"  {p.ItemsPerSecond:F0} items/s{left}");
    }
}
