using System.Text;
using Spectre.Console;

namespace Fovea.Cli.Display;

/// <summary>Where Spectre writes: what a terminal can do was decided once, by <see cref="Terminal"/>, and each frame
/// leaves in one piece, when whoever draws flushes the writer.</summary>
internal sealed class FrameOutput : IAnsiConsoleOutput
{
    private readonly Func<(int Width, int Height)> _size;

    private FrameOutput(TextWriter writer, Func<(int Width, int Height)> size) => (Writer, _size) = (writer, size);

    /// <inheritdoc/>
    public TextWriter Writer { get; }

    /// <inheritdoc/>
    public bool IsTerminal => true;

    /// <inheritdoc/>
    public int Width => _size().Width;

    /// <inheritdoc/>
    public int Height => _size().Height;

    /// <inheritdoc/>
    public void SetEncoding(Encoding encoding) { } // the terminal's own

    /// <summary>A console that draws on the error stream.</summary>
    public static IAnsiConsole Live(Terminal terminal) =>
        Create(new FrameOutput(new FrameWriter(terminal.Error), terminal.Size), terminal, ansi: true);

    /// <summary>A console of a fixed width.</summary>
    public static IAnsiConsole Console(TextWriter writer, Terminal terminal, int width, bool ansi) =>
        Create(new FrameOutput(writer, () => (width, short.MaxValue)), terminal, ansi);

    private static IAnsiConsole Create(FrameOutput output, Terminal terminal, bool ansi)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = output,
                Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = ansi && terminal.HasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No, // nobody is asked anything
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        console.Profile.Capabilities.Unicode = terminal.HasUnicode;
        console.Profile.Capabilities.Links = false;
        return console;
    }

    /// <summary>Collects what is written up to a flush and hands it on in one piece, marked as one update of the screen
    /// (mode 2026), where the terminal knows that.</summary>
    private sealed class FrameWriter(TextWriter inner) : TextWriter
    {
        private const string Begin = "\u001b[?2026h";
        private const string End = "\u001b[?2026l";
        private const string EraseScrollback = "\u001b[3J"; // what the user did before is not ours to erase

        private readonly StringBuilder _frame = new();

        /// <inheritdoc/>
        public override Encoding Encoding => inner.Encoding;

        /// <inheritdoc/>
        public override void Write(char value) => _frame.Append(value);

        /// <inheritdoc/>
        public override void Write(string? value) => _frame.Append(value);

        /// <inheritdoc/>
        public override void Write(char[] buffer, int index, int count) => _frame.Append(buffer, index, count);

        /// <inheritdoc/>
        public override void Write(ReadOnlySpan<char> buffer) => _frame.Append(buffer);

        /// <inheritdoc/>
        public override void Flush()
        {
            if (_frame.Length > 0)
            {
                string frame = _frame.ToString().Replace(EraseScrollback, "", StringComparison.Ordinal);
                _frame.Clear();
                inner.Write(Begin + frame + End);
                inner.Flush();
            }
        }
    }
}
