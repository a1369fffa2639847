using System.Globalization;
using Fovea.Models;
using Fovea.Workbench;
using Spectre.Console;

namespace Fovea.Cli;

/// <summary>Shows training as it goes: a live bar on a terminal, else a plain line every few seconds.</summary>
internal static class Progress
{
    /// <summary>Runs training with the display that fits.</summary>
    public static TrainingResult Show(Terminal terminal, Func<TrainingObserver, TrainingResult> train)
    {
        if (!terminal.IsInteractive)
        {
            return train(new PlainProgress(terminal.Note, TimeProvider.System));
        }

        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) }
        );
        TrainingResult? result = null;
        console
            .Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn()
            )
            .Start(context => result = train(new LiveProgress(console, context)));
        return result!;
    }

    /// <summary>The first line of a training run.</summary>
    public static string Describe(TrainingPlan plan)
    {
        string held =
            plan.ValidationItems > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $", {plan.ValidationItems:N0} held out to choose the best epoch"
                )
                : "";
        string from =
            plan.FirstEpoch > 0
                ? string.Create(CultureInfo.InvariantCulture, $" from epoch {plan.FirstEpoch + 1}")
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Training {ModelSource.Title(plan.Model)} ({plan.Parameters:N0} parameters) on {plan.Data}: {plan.TrainItems:N0} items{held}; {plan.Options.Epochs} epochs{from} of {plan.BatchesPerEpoch} batches; run folder {plan.Folder}"
        );
    }

    /// <summary>The line of a finished epoch.</summary>
    public static string Describe(Metrics m, int epochs, bool isBest)
    {
        string held = m.ValidationAccuracy is { } accuracy
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"  held out: loss {m.ValidationLoss:F4} accuracy {100 * accuracy:F1} %"
            )
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {m.Epoch}/{epochs}  loss {m.Loss:F4}  accuracy {100 * m.Accuracy:F1} %{held}{(isBest ? "  best so far" : "")}  {Duration.Text(TimeSpan.FromSeconds(m.Seconds))}"
        );
    }

    private sealed class LiveProgress(IAnsiConsole console, ProgressContext context) : TrainingObserver
    {
        private ProgressTask? _task;
        private int _epochs;

        public override void Started(TrainingPlan plan)
        {
            console.WriteLine(Describe(plan));
            _epochs = plan.Options.Epochs;
            _task = context.AddTask("starting", maxValue: (double)plan.Options.Epochs * plan.BatchesPerEpoch);
        }

        public override void Notice(string text) => console.WriteLine(text);

        public override void Progressed(TrainingProgress p)
        {
            _task!.Value = ((p.Epoch - 1.0) * p.Batches) + p.Batch;
            _task.Description = string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {p.Epoch}/{p.Epochs}  loss {p.Loss:F4}  accuracy {100 * p.Accuracy:F1} %  {p.ItemsPerSecond:F0}/s  {Duration.Text(p.Remaining)} left"
            );
        }

        public override void EpochEnded(Metrics metrics, bool isBest) =>
            console.WriteLine(Describe(metrics, _epochs, isBest));
    }
}

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
        write(Progress.Describe(plan));
    }

    public override void Notice(string text) => write(text);

    public override void Progressed(TrainingProgress p)
    {
        _progress = p;
        if (p.Batch < p.Batches && time.GetElapsedTime(_written) >= BatchPause)
        {
            _written = time.GetTimestamp();
            write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {p.Epoch}/{p.Epochs}  batch {p.Batch}/{p.Batches}  loss {p.Loss:F4}  accuracy {100 * p.Accuracy:F1} %{Speed(p)}"
                )
            );
        }
    }

    public override void EpochEnded(Metrics metrics, bool isBest)
    {
        if (metrics.Epoch == _epochs || _epochWritten == 0 || time.GetElapsedTime(_epochWritten) >= EpochPause)
        {
            _epochWritten = _written = time.GetTimestamp();
            string speed = _progress is { } p && p.Epoch == metrics.Epoch ? Speed(p) : "";
            write(Progress.Describe(metrics, _epochs, isBest) + speed);
        }
    }

    /// <summary>Speed, and the time left where there is any.</summary>
    private static string Speed(TrainingProgress p)
    {
        string left = p.Epoch == p.Epochs && p.Batch == p.Batches ? "" : $"  {Duration.Text(p.Remaining)} left";
        return string.Create(CultureInfo.InvariantCulture, $"  {p.ItemsPerSecond:F0} items/s{left}");
    }
}
