using System.Runtime.InteropServices;

namespace Fovea.Cli;

/// <summary>Ctrl-C, termination and a closed terminal: the first asks to finish the batch and save, the second stops at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Terminal _terminal;
    private int _signals;

    public Interruption(Terminal terminal, CancellationToken outer)
    {
        _terminal = terminal;
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, Heard))];
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

    private void Heard(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(ExitCode.Stopped); // a save in progress is safe: the checkpoint before it stays
        }

        _terminal.Note("Stopping after this batch, saving what there is. Once more stops at once.");
        _source.Cancel();
    }
}
