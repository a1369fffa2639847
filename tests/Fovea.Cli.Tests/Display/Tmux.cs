using System.Diagnostics;
using System.Globalization;
using Fovea.Workbench;

namespace Fovea.Cli.Tests.Display;

/// <summary>A pseudo-terminal that a person might sit at: tmux runs a command in it, types, changes its size and reads
/// the screen.</summary>
internal sealed class Tmux : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _socket;

    /// <summary>Opens a window and runs the tool in it; behind it stands <c>status N</c>.</summary>
    /// <param name="folder">The current folder.</param>
    /// <param name="columns">Width.</param>
    /// <param name="environment">Variables as NAME=VALUE, besides a UTF-8 locale.</param>
    /// <param name="args">Arguments of the tool.</param>
    public Tmux(string folder, int columns, string environment, params string[] args)
    {
        _socket = Path.Combine(Path.GetTempPath(), $"fovea-tmux-{Guid.NewGuid():N}");
        string tool = string.Join(
            ' ',
            new[] { Cli.Host, typeof(CommandLine).Assembly.Location }.Concat(args).Select(ShellText.Quote)
        );
        Call(
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            Text(columns),
            "-y",
            "24",
            "-c",
            folder,
            $"trap : INT; env -u NO_COLOR -u CI LC_ALL=C.UTF-8 {environment} {tool}; echo \"status $?\"; exec cat"
        );
    }

    /// <summary>Whether these tests can run here.</summary>
    public static bool IsHere => !OperatingSystem.IsWindows();

    /// <summary>The screen's rows, without those at the end that are empty; rows that only the terminal broke are
    /// whole.</summary>
    public string[] Screen(bool codes = false) =>
        [
            .. Call(["capture-pane", "-p", "-J", .. codes ? new[] { "-e" } : []])
                .TrimEnd()
                .Split('\n')
                .Select(l => l.TrimEnd()),
        ];

    /// <summary>Reads the screen until it fulfils a condition.</summary>
    public string[] Wait(string what, Func<string[], bool> condition, bool codes = false)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            string[] screen = Screen(codes);
            if (condition(screen))
            {
                return screen;
            }

            Assert.True(watch.Elapsed < Limit, $"no {what} within {Limit}; the screen:\n{string.Join('\n', screen)}");
            Thread.Yield();
        }
    }

    /// <summary>Reads the screen until a text stands in it.</summary>
    public string[] WaitFor(string text) =>
        Wait($"'{text}'", s => s.Any(l => l.Contains(text, StringComparison.Ordinal)));

    /// <summary>Presses Ctrl-C.</summary>
    public void CtrlC() => Call("send-keys", "C-c");

    /// <summary>Changes the window's width.</summary>
    public void Resize(int columns) => Call("resize-window", "-x", Text(columns), "-y", "24");

    /// <summary>Whether the cursor is shown.</summary>
    public bool IsCursorShown => Call("display-message", "-p", "#{cursor_flag}").Trim() == "1";

    public void Dispose() => Call("kill-server");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Call(params string[] args)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo("tmux", ["-S", _socket, "-u", .. args])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"tmux {string.Join(' ', args)}: {error.Result}");
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Fail("tmux is missing; it reads the screen in these tests. Install it: apt-get install tmux");
            throw;
        }
    }
}
