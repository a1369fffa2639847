using System.Globalization;
using Fovea.Workbench;

namespace Fovea.Cli.Display;

/// <summary>Shows training as it goes: a live block on a terminal, else a plain line every few seconds.</summary>
internal sealed class TrainingDisplay : TrainingObserver, IDisposable
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly LiveScreen _screen;
    private volatile State _state = new(null, null, null, null);

    private TrainingDisplay(Terminal terminal) => _screen = new LiveScreen(terminal, () => Lines(_state), Delay);

    /// <summary>Runs training with the display that fits.</summary>
    public static T Show<T>(Terminal terminal, Func<TrainingObserver, T> train)
    {
        if (!terminal.IsInteractive)
        {
            return train(new PlainProgress(terminal.Note, TimeProvider.System));
        }

        using TrainingDisplay display = new(terminal);
        return train(display);
    }

    /// <summary>Removes the block.</summary>
    public void Dispose() => _screen.Dispose();

    /// <inheritdoc/>
    public override void Started(TrainingPlan plan)
    {
        _state = _state with { Plan = plan };
        _screen.Line(TrainingText.Describe(plan));
        _screen.Show();
    }

    /// <inheritdoc/>
    public override void Notice(string text) => _screen.Line(text);

    /// <inheritdoc/>
    public override void Found(Answer answer) => _screen.Line(TrainingText.Describe(answer));

    /// <inheritdoc/>
    public override void Advanced(TrainingStage stage, double share) => _state = _state with { Stage = (stage, share) };

    /// <inheritdoc/>
    public override void Progressed(TrainingProgress progress) =>
        _state = _state with { Progress = progress, Stage = null };

    /// <inheritdoc/>
    public override void EpochEnded(Metrics metrics, bool isBest)
    {
        _state = _state with { Last = metrics };
        _screen.Line(TrainingText.Describe(metrics, _state.Plan!.Options.Epochs, isBest));
    }

    /// <summary>The block's lines.</summary>
    internal static IReadOnlyList<BlockLine> Lines(State state)
    {
        if (state.Plan is null)
        {
            return [new BlockLine(["preparing data and network"])];
        }

        List<BlockLine> lines = [];
        if (state.Stage is { } stage)
        {
            lines.Add(new BlockLine([TrainingText.Describe(stage.Stage)], stage.Share));
        }

        if (state.Progress is not { } p)
        {
            return lines.Count > 0 ? lines : [new BlockLine(["first batch"])];
        }

        if (state.Stage is null)
        {
            lines.Add(
                new BlockLine(
                    [$"epoch {p.Epoch}/{p.Epochs}", $"batch {p.Batch}/{p.Batches}"],
                    (double)p.Batch / p.Batches
                )
            );
        }

        lines.Add(new BlockLine([.. Figures(p, state.Last)]));
        lines.Add(
            new BlockLine([
                string.Create(Culture, $"{p.ItemsPerSecond:N0} items/s"),
                $"left: epoch {Duration.Text(p.EpochRemaining)}, run {Duration.Text(p.Remaining)}",
            ])
        );
        return lines;
    }

    private static IEnumerable<string> Figures(TrainingProgress p, Metrics? last)
    {
        yield return string.Create(Culture, $"loss {p.Loss:F4}");
        if (p.Accuracy is { } accuracy)
        {
            yield return string.Create(Culture, $"accuracy {100 * accuracy:F1} %");
        }

        if (last?.ValidationAccuracy is { } held)
        {
            yield return string.Create(Culture, $"held out {100 * held:F1} %");
        }
        else if (last?.ValidationLoss is { } loss)
        {
            yield return string.Create(Culture, $"held out {loss:F4}");
        }

        yield return string.Create(Culture, $"lr {p.LearningRate:G3}");
    }

    /// <summary>The newest numbers; replaced as a whole, so that the thread that draws reads what belongs
    /// together.</summary>
    internal sealed record State(
        TrainingPlan? Plan,
        TrainingProgress? Progress,
        Metrics? Last,
        (TrainingStage Stage, double Share)? Stage
    );
}
