using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Cli.Display;

namespace Fovea.Cli;

/// <summary>Where results go (standard output) and where progress, warnings and errors go (standard error), and what the
/// terminal can do: decided once, at the start.</summary>
/// <param name="Out">Results only.</param>
/// <param name="Error">Everything else.</param>
/// <param name="IsInteractive">Whether a person watches both streams on a terminal that can be drawn on.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    private const int WidthOfText = 100;
    private const int WidestText = 200;
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"]; // the first that is set decides

    private LiveScreen? _screen;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it goes to a file or a terminal, not into HTML
        Converters = { new FiniteOrNull() },
    };

    /// <summary>Whether standard output is a terminal, so that tables are fitted to it.</summary>
    public bool FitsTables { get; init; } = IsInteractive;

    /// <summary>Whether colours are wanted.</summary>
    public bool HasColor { get; init; }

    /// <summary>Whether more than ASCII can be shown.</summary>
    public bool HasUnicode { get; init; }

    /// <summary>The window's size now.</summary>
    public Func<(int Width, int Height)> Size { get; init; } = WindowSize;

    /// <summary>The block that is drawn now; notes go above it.</summary>
    public LiveScreen? Screen
    {
        get => Volatile.Read(ref _screen);
        set => Volatile.Write(ref _screen, value);
    }

    /// <summary>Columns for text that is laid out here: 100 where nobody watches, else the window's less one.</summary>
    public int TextWidth => FitsTables ? Math.Clamp(Size().Width - 1, 1, WidestText) : WidthOfText;

    /// <summary>Columns for tables; null where nobody watches and they are whole.</summary>
    public int? TableWidth => FitsTables ? TextWidth : null;

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess()
    {
        bool drawable = Environment.GetEnvironmentVariable("TERM") != "dumb";
        bool output = drawable && !Console.IsOutputRedirected;
        bool live = output && !Console.IsErrorRedirected && !IsSet("CI");
        if (output && OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8; // before the first use of the streams
        }

        return new Terminal(Console.Out, live ? WholeFrames() : Console.Error, live)
        {
            FitsTables = output,
            HasColor = output && !IsSet("NO_COLOR"),
            HasUnicode = output && ShowsUnicode(),
        };
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    /// <summary>Whether the locale says that the terminal reads UTF-8.</summary>
    private static bool ShowsUnicode() =>
        OperatingSystem.IsWindows()
        || (
            LocaleVariables
                .Select(Environment.GetEnvironmentVariable)
                .FirstOrDefault(v => !string.IsNullOrEmpty(v))
                ?.Replace("-", "", StringComparison.Ordinal)
                .Contains("utf8", StringComparison.OrdinalIgnoreCase)
            ?? false
        );

    /// <summary>The error stream with room for a whole frame, so that each is one write.</summary>
    private static TextWriter WholeFrames() =>
        TextWriter.Synchronized(
            new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false), 8192) { AutoFlush = true }
        );

    private static (int Width, int Height) WindowSize()
    {
        try
        {
            (int width, int height) = (Console.WindowWidth, Console.WindowHeight);
            return (width > 0 ? width : UsualWidth, height > 0 ? height : UsualHeight);
        }
        catch (IOException)
        {
            return (UsualWidth, UsualHeight); // no console, on Windows
        }
    }

    /// <summary>Writes a result as JSON, the only thing on standard output then.</summary>
    public void WriteJson(object value) => Out.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Writes lines to standard output.</summary>
    public void Write(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Out.WriteLine(line);
        }
    }

    /// <summary>Writes a sentence to standard output, folded to a terminal.</summary>
    public void Write(string text) =>
        Write(FitsTables && text.Length > TextWidth ? TextLayout.Wrap(text, TextWidth, indent: 2) : [text]);

    /// <summary>Writes what a function writes as JSON, the only thing on standard output then. Quicker at the start
    /// than <see cref="WriteJson(object)"/>.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (
            Utf8JsonWriter writer = new(
                stream,
                new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            write(writer);
        }

        Out.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>A line for the person who watches, above the block where one is drawn.</summary>
    public void Note(string text)
    {
        if (Screen is { } screen)
        {
            screen.Line(text);
            return;
        }

        WriteError(text);
    }

    /// <summary>Writes a line to the error stream, past any block. A terminal that is gone is no reason to stop.</summary>
    public void WriteError(string text)
    {
        try
        {
            Error.WriteLine(text);
        }
        catch (IOException)
        {
            // The terminal was closed; the work goes on.
        }
    }

    /// <summary>JSON has no NaN and no infinity: they become null.</summary>
    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
