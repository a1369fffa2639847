using System.Text.Json;

namespace Fovea.Workbench;

/// <summary>Answers as JSON: <c>answers.json</c> of a run, and what the command line prints.</summary>
public static class AnswerJson
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true };

    /// <summary>The word of a verdict: <c>ok</c>, <c>look</c>, <c>fix</c>, <c>not-applicable</c> or <c>cannot-tell</c>.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string Word(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fix => "fix",
            Verdict.Look => "look",
            Verdict.CannotTell => "cannot-tell",
            Verdict.Ok => "ok",
            _ => "not-applicable",
        };

    /// <summary>Writes <c>{"answers": [...]}</c>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="answers">The answers, worst first.</param>
    public static void Write(Stream stream, IEnumerable<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        using Utf8JsonWriter json = new(stream, Layout);
        WriteAll(json, answers);
    }

    /// <summary>Writes <c>{"answers": [...]}</c>.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="answers">The answers, worst first.</param>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(answers);
        json.WriteStartObject();
        json.WriteStartArray("answers");
        foreach (Answer answer in answers)
        {
            Write(json, answer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes an answer as an object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="answer">The answer.</param>
    public static void Write(Utf8JsonWriter json, Answer answer)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(answer);
        json.WriteStartObject();
        json.WriteString("id", answer.Id);
        json.WriteString("question", answer.Question);
        json.WriteString("verdict", Word(answer.Verdict));
        json.WriteString("finding", answer.Finding);
        json.WriteStartArray("layers");
        foreach (string layer in answer.Layers)
        {
            json.WriteStringValue(layer);
        }

        json.WriteEndArray();
        Write(json, "onsetStep", answer.OnsetStep);
        Write(json, "onsetWithin", answer.OnsetWithin);
        Write(json, "predicted", answer.Predicted);
        Write(json, "measured", answer.Measured);
        json.WriteString("threshold", answer.Threshold);
        json.WriteString("source", answer.Source);
        json.WriteString("remedy", answer.Remedy);
        json.WriteString("experiment", answer.Experiment);
        json.WriteString("cause", answer.Cause);
        json.WriteStartObject("options");
        foreach ((string name, string value) in answer.Options)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        Write(json, answer.Crossed);
        json.WriteString("explainedBy", answer.ExplainedBy);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(Stream, IEnumerable{Answer})"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static IReadOnlyList<Answer> Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return [.. document.RootElement.GetProperty("answers").EnumerateArray().Select(Of)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"answers: expected {{\"answers\": [...]}}: {e.Message}", e);
        }
    }

    private static Answer Of(JsonElement json) =>
        new()
        {
            Id = Text(json, "id"),
            Question = Text(json, "question"),
            Verdict = Enum.GetValues<Verdict>().First(v => Word(v) == Text(json, "verdict")),
            Finding = Text(json, "finding"),
            Layers = [.. json.GetProperty("layers").EnumerateArray().Select(l => l.GetString()!)],
            OnsetStep = Number(json, "onsetStep"),
            OnsetWithin = Number(json, "onsetWithin"), // runs of earlier versions have none
            Cause = Text(json, "cause"),
            Predicted = Quantities(json, "predicted"),
            Measured = Quantities(json, "measured"),
            Threshold = Text(json, "threshold"),
            Crossed = Crossings(json),
            ExplainedBy = json.TryGetProperty("explainedBy", out JsonElement by) ? by.GetString()! : "", // earlier versions have neither
            Source = Text(json, "source"),
            Remedy = Text(json, "remedy"),
            Options = json.GetProperty("options")
                .EnumerateObject()
                .ToDictionary(o => o.Name, o => o.Value.GetString()!),
            Experiment = Text(json, "experiment"),
        };

    private static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetInt64()
            : null;

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static void Write(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<Quantity> quantities)
    {
        json.WriteStartObject(name);
        foreach (Quantity quantity in quantities)
        {
            json.WriteStartObject(quantity.Name);
            WriteFinite(json, "value", quantity.Value);
            json.WriteString("unit", quantity.Unit);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Crossing> crossed)
    {
        json.WriteStartArray("crossed");
        foreach (Crossing c in crossed)
        {
            json.WriteStartObject();
            json.WriteString("what", c.What);
            WriteFinite(json, "value", c.Value);
            json.WriteString("relation", c.Relation);
            WriteFinite(json, "limit", c.Limit);
            json.WriteString("source", c.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IReadOnlyList<Crossing> Crossings(JsonElement json) =>
        json.TryGetProperty("crossed", out JsonElement list)
            ?
            [
                .. list.EnumerateArray()
                    .Select(c => new Crossing(
                        Text(c, "what"),
                        Finite(c, "value"),
                        Text(c, "relation"),
                        Finite(c, "limit"),
                        Text(c, "source")
                    )),
            ]
            : [];

    private static void WriteFinite(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static double Finite(JsonElement json, string name) =>
        json.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : double.NaN;

    private static IReadOnlyList<Quantity> Quantities(JsonElement json, string name) =>
        [
            .. json.GetProperty(name)
                .EnumerateObject()
                .Select(q => new Quantity(q.Name, Finite(q.Value, "value"), Text(q.Value, "unit"))),
        ];
}
