using System.Globalization;

namespace Fovea.Cli.Display;

/// <summary>Work that may take long: a block on a terminal after a second, else a plain line every few seconds.</summary>
internal sealed class Work : IProgress<long>, IProgress<double>, IDisposable
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly IDisposable _display;
    private volatile State _state;

    private Work(Terminal terminal, string what, TimeProvider time)
    {
        (_time, _state) = (time, new State(what, null, 0, 0, time.GetTimestamp()));
        _display = terminal.IsInteractive
            ? new LiveScreen(terminal, () => Lines(_state, Elapsed), Delay)
            : time.CreateTimer(_ => terminal.Note(Plain(_state, Elapsed)), null, PlainPause, PlainPause);
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_state.Start);

    /// <summary>Begins.</summary>
    /// <param name="terminal">Where it shows.</param>
    /// <param name="what">What is done, e.g. <c>reading the run</c>.</param>
    /// <param name="time">The clock; the system's where left out.</param>
    public static Work Start(Terminal terminal, string what, TimeProvider? time = null) =>
        new(terminal, what, time ?? TimeProvider.System);

    /// <summary>Goes on to the next part.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="count">How many of something are done one after another; 0 where a share is reported.</param>
    /// <param name="unit">Of what, e.g. <c>items</c>.</param>
    public void Next(string what, long count = 0, string unit = "items") =>
        _state = new State(what, count > 0 ? unit : null, count, 0, _time.GetTimestamp());

    /// <summary>How many are done.</summary>
    public void Report(long value) => _state = _state with { Done = value };

    /// <summary>The share that is done, 0 to 1.</summary>
    public void Report(double value) => _state = _state with { Done = value };

    /// <summary>Removes the block.</summary>
    public void Dispose() => _display.Dispose();

    /// <summary>The block's lines.</summary>
    internal static IReadOnlyList<BlockLine> Lines(State state, TimeSpan elapsed) =>
        state.Share is { } share
            ? [new BlockLine([state.What], share), new BlockLine([.. Figures(state, elapsed)])]
            : [new BlockLine([state.What, Duration.Text(elapsed)])];

    /// <summary>The plain line.</summary>
    internal static string Plain(State state, TimeSpan elapsed) =>
        state.Share is { } share
            ? string.Join("  ", [$"{state.What}: {(int)(100 * share)} %", .. Figures(state, elapsed)])
            : $"{state.What}: {Duration.Text(elapsed)} so far";

    private static IEnumerable<string> Figures(State state, TimeSpan elapsed)
    {
        double speed = state.Done / Math.Max(1e-9, elapsed.TotalSeconds);
        if (state.Unit is { } unit)
        {
            yield return string.Create(Culture, $"{state.Done:N0} of {state.Count:N0} {unit}");
            yield return string.Create(Culture, $"{speed:N0} {unit}/s");
        }

        double all = state.Unit is null ? 1 : state.Count;
        yield return $"{Duration.Text(TimeSpan.FromSeconds(Math.Clamp((all - state.Done) / speed, 0, 1e9)))} left";
    }

    /// <summary>How far it is; replaced as a whole.</summary>
    /// <param name="What">What is done.</param>
    /// <param name="Unit">What is counted; null where a share is reported.</param>
    /// <param name="Count">How many there are.</param>
    /// <param name="Done">How many, or which share, is done.</param>
    /// <param name="Start">When it began.</param>
    internal sealed record State(string What, string? Unit, long Count, double Done, long Start)
    {
        /// <summary>The share that is done; null where nothing was reported yet.</summary>
        public double? Share =>
            Done <= 0 ? null
            : Unit is null ? Math.Min(1, Done)
            : Math.Min(1, Done / Math.Max(1, Count));
    }
}
