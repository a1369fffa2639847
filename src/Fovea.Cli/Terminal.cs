using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Cli;

/// <summary>Where results go (standard output) and where progress, warnings and errors go (standard error).</summary>
/// <param name="Out">Results only.</param>
/// <param name="Error">Everything else.</param>
/// <param name="IsInteractive">Whether a person watches the error stream on a terminal.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    private const int WidthOfText = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it goes to a file or a terminal, not into HTML
        Converters = { new FiniteOrNull() },
    };

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsErrorRedirected && !Console.IsOutputRedirected);

    /// <summary>Writes a result as JSON, the only thing on standard output then.</summary>
    public void WriteJson(object value) => Out.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Columns for text that is laid out here: 100 where nobody watches, else the terminal's, 80 at
    /// least.</summary>
    public int TextWidth => IsInteractive ? Math.Clamp(Console.WindowWidth - 1, 80, 200) : WidthOfText;

    /// <summary>Writes lines to standard output.</summary>
    public void Write(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Out.WriteLine(line);
        }
    }

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

        Out.WriteLine(System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>A line for the person who watches. A terminal that is gone is no reason to stop.</summary>
    public void Note(string text)
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
