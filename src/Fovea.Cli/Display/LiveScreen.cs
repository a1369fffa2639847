using System.Collections.Concurrent;
using Spectre.Console;

namespace Fovea.Cli.Display;

/// <summary>A block of lines at the bottom of the terminal that shows how far the work is, with whole lines above it.
/// One thread draws; all others leave numbers and lines.</summary>
internal sealed class LiveScreen : IDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private readonly Terminal _terminal;
    private readonly Func<IReadOnlyList<BlockLine>> _block;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly long _appears;
    private volatile bool _over;
    private volatile bool _now;
    private volatile bool _gone;

    /// <summary>Starts the thread that draws.</summary>
    /// <param name="terminal">The terminal; its notes go above the block from now on.</param>
    /// <param name="block">Makes the block's lines.</param>
    /// <param name="delay">Short work shows no block: it appears after so long.</param>
    public LiveScreen(Terminal terminal, Func<IReadOnlyList<BlockLine>> block, TimeSpan delay)
    {
        (_terminal, _block) = (terminal, block);
        _appears = Environment.TickCount64 + (long)delay.TotalMilliseconds;
        _thread = new Thread(Draw) { IsBackground = true, Name = "screen" };
        terminal.Screen = this;
        _thread.Start();
    }

    /// <summary>Shows the block without further delay.</summary>
    public void Show()
    {
        _now = true;
        _wake.Set();
    }

    /// <summary>Writes a line above the block.</summary>
    public void Line(string text)
    {
        _lines.Enqueue(text);
        _wake.Set();
        if (_gone)
        {
            WriteLines(_terminal.WriteError);
        }
    }

    /// <summary>Removes the block, with all lines written and the cursor as it was.</summary>
    public void Dispose()
    {
        _over = true;
        _wake.Set();
        _thread.Join(LongestGoodbye); // a terminal that takes nothing more must not hold the end
        if (_terminal.Screen == this)
        {
            _terminal.Screen = null;
        }
    }

    private void Draw()
    {
        try
        {
            while (!_over && !_now && Environment.TickCount64 < _appears)
            {
                WriteLines(_terminal.WriteError);
                _wake.WaitOne(Frame);
            }

            if (!_over)
            {
                Live();
            }
        }
        catch (Exception e) when (e is IOException or ArgumentException or ObjectDisposedException)
        {
            // The terminal was closed, or is one that cannot be drawn on; the work goes on, with plain lines.
            _terminal.Screen = null;
        }

        _gone = true;
        WriteLines(_terminal.WriteError);
    }

    private void Live()
    {
        IAnsiConsole console = FrameOutput.Live(_terminal);
        new LiveDisplay(console, new LiveBlock(_block, _terminal)) { AutoClear = true }.Start(context =>
        {
            while (!_over)
            {
                if (!WriteLines(text => console.Write(new Text(text + "\n")), pad: true))
                {
                    context.Refresh();
                }

                console.Profile.Out.Writer.Flush();
                _wake.WaitOne(Frame);
            }
        });
        console.Profile.Out.Writer.Flush();
    }

    /// <summary>Writes what waits, folded to the window.</summary>
    /// <param name="write">Writes rows.</param>
    /// <param name="pad">Whether rows are as wide as the block: they are drawn over it, and Spectre erases nothing.</param>
    /// <returns>Whether there was anything.</returns>
    private bool WriteLines(Action<string> write, bool pad = false)
    {
        bool any = false;
        while (_lines.TryDequeue(out string? text))
        {
            int width = _terminal.TextWidth;
            IEnumerable<string> rows = text.Length <= width ? [text] : TextLayout.Wrap(text, width, indent: 2);
            write(string.Join('\n', rows.Select(r => r.PadRight(pad ? LiveBlock.WidthIn(width + 1) : 0))));
            any = true;
        }

        return any;
    }
}
