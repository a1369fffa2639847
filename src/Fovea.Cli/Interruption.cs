using System.Runtime.InteropServices;

namespace Fovea.Cli;

/// <summary>Ctrl-C, termination and a closed terminal: where there is something to save, the first asks to finish the
/// batch and save; any other stops at once.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>What is said where there is nothing to save.</summary>
    public const string Stopped = "Stopped before the end: there is no result.";

    private const string StoppedAtOnce = "Stopped at once; the newest checkpoint stays.";

    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Terminal _terminal;
    private readonly bool _saves;
    private readonly Action<int> _exit;
    private int _signals;

    /// <summary>Starts to listen.</summary>
    /// <param name="terminal">Where to say so.</param>
    /// <param name="saves">Whether the verb saves its work when it is asked to stop.</param>
    /// <param name="outer">Another reason to stop.</param>
    /// <param name="exit">Ends the process with a status; <see cref="Environment.Exit"/> where left out.</param>
    public Interruption(Terminal terminal, bool saves, CancellationToken outer, Action<int>? exit = null)
    {
        _terminal = terminal;
        _saves = saves;
        _exit = exit ?? Environment.Exit;
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s =>
                PosixSignalRegistration.Create(s, Heard)
            ),
        ];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    /// <summary>Does what a signal asks for.</summary>
    internal void Hear()
    {
        if (Interlocked.Increment(ref _signals) > 1 || !_saves)
        {
            _terminal.Note(_saves ? StoppedAtOnce : Stopped);
            _terminal.Screen?.Dispose(); // the block goes, the cursor returns
            _exit(ExitCode.Stopped); // a save in progress is safe: the checkpoint before it stays
            return;
        }

        _terminal.Note("Stopping after this batch, saving what there is. Once more stops at once.");
        _source.Cancel();
    }

    private void Heard(PosixSignalContext context)
    {
        context.Cancel = true;
        Hear();
    }
}
