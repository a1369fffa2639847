using System.Globalization;
using System.Text.Json;
using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>Two networks side by side.</summary>
internal static class ComparisonView
{
    /// <summary>Writes it in the form asked for.</summary>
    /// <param name="comparison">The networks.</param>
    /// <param name="edit">The edit that made the second of the first; null where they are two.</param>
    /// <param name="terminal">Where to.</param>
    /// <param name="json">Whether as JSON.</param>
    public static void Write(
        InspectionComparison comparison,
        (GraphEdit Edit, EditResult Result)? edit,
        Terminal terminal,
        bool json
    )
    {
        if (json)
        {
            terminal.WriteJson(writer => WriteJson(writer, comparison, edit));
            return;
        }

        int width = terminal.TextWidth;
        terminal.Write([
            .. Heading(comparison, edit).SelectMany(t => TextLayout.Wrap(t, width, 4)),
            "",
            .. Totals(comparison).Lines(terminal),
            "",
            .. Maps(comparison, width),
            "",
        ]);
        VerdictText.Write(terminal, Answers(comparison, width));
    }

    private static IEnumerable<string> Heading(InspectionComparison c, (GraphEdit Edit, EditResult Result)? edit)
    {
        yield return $"A: {c.A.Evidence.Name}, input {c.A.Evidence.InputText}, batch {c.A.Batch}";
        yield return $"B: {c.B.Evidence.Name}, input {c.B.Evidence.InputText}, batch {c.B.Batch}";
        yield return $"1 MAC = 2 FLOPs; convention {c.A.Convention.Name}: {c.A.Convention.Description}";
        if (edit is not { } e)
        {
            yield break;
        }

        yield return $"rule: {e.Edit.Rule}.";
        yield return e.Result.Replaced.Count == 0
            ? "replaced: nothing"
            : $"replaced: {e.Result.Replaced.Count}: {AnswerText.Layers(e.Result.Replaced)}";
        foreach (IGrouping<string, KeptLayer> kept in e.Result.Kept.GroupBy(k => k.Why))
        {
            yield return $"kept: {AnswerText.Layers([.. kept.Select(k => k.Layer)])}: {kept.Key}";
        }
    }

    private static ResultTable Totals(InspectionComparison c)
    {
        ResultTable table = new(new("total"), new("A", true), new("B", true), new("B - A", true), new("B / A", true));
        foreach (ComparedNumber n in c.Totals)
        {
            bool bytes = n.Name.EndsWith("Bytes", StringComparison.Ordinal);
            string Text(long value) => bytes ? NumberText.Bytes(value) : NumberText.Grouped(value);
            table.Add(
                Label(n.Name, c.A.Convention),
                Text(n.A),
                Text(n.B),
                (n.Difference > 0 ? "+" : "") + Text(n.Difference),
                NumberText.Ratio(n.Ratio)
            );
        }

        return table;
    }

    private static string Label(string name, CountingConvention convention) =>
        name switch
        {
            "macs" => convention.Unit,
            "trainableParams" => "trainable params",
            "activationBytes" => "activations",
            "trainingBytes" => "training memory",
            "layers" => "operations",
            "layersWithParams" => "with params",
            _ => name,
        };

    private static IEnumerable<string> Maps(InspectionComparison c, int width) =>
        [
            .. TextLayout.Wrap($"last map of A: {TotalsText.LastMap(c.A.Evidence)}", width, 4),
            .. TextLayout.Wrap($"last map of B: {TotalsText.LastMap(c.B.Evidence)}", width, 4),
        ];

    private static IEnumerable<string> Answers(InspectionComparison c, int width)
    {
        if (c.Answers.Count == 0)
        {
            return ["All answers have the same verdict."];
        }

        return c.Answers.SelectMany(a =>
            TextLayout
                .Wrap($"{a.Id} {a.Question} A: {Word(a.A)}, B: {Word(a.B)}", width, 4)
                .Concat(TextLayout.Wrap($"A: {a.A?.Finding}", width, 7, 4))
                .Concat(TextLayout.Wrap($"B: {a.B?.Finding}", width, 7, 4))
        );
    }

    private static string Word(Answer? answer) => answer is null ? "not asked" : AnswerJson.Word(answer.Verdict);

    private static void WriteJson(
        Utf8JsonWriter json,
        InspectionComparison c,
        (GraphEdit Edit, EditResult Result)? edit
    )
    {
        json.WriteStartObject();
        if (edit is { } e)
        {
            WriteEdit(json, e.Edit, e.Result);
        }

        json.WritePropertyName("a");
        InspectionJson.Write(json, c.A);
        json.WritePropertyName("b");
        InspectionJson.Write(json, c.B);
        json.WriteStartObject("difference");
        foreach (ComparedNumber n in c.Totals)
        {
            json.WriteStartObject(n.Name);
            json.WriteNumber("a", n.A);
            json.WriteNumber("b", n.B);
            json.WriteNumber("difference", n.Difference);
            InspectionJson.WriteNumber(json, "ratio", n.Ratio);
            json.WriteEndObject();
        }

        json.WriteStartArray("verdicts");
        foreach (ComparedAnswer a in c.Answers)
        {
            json.WriteStartObject();
            json.WriteString("id", a.Id);
            json.WriteString("a", a.A is null ? null : AnswerJson.Word(a.A.Verdict));
            json.WriteString("b", a.B is null ? null : AnswerJson.Word(a.B.Verdict));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEdit(Utf8JsonWriter json, GraphEdit edit, EditResult result)
    {
        json.WriteStartObject("edit");
        json.WriteString("name", edit.Name);
        json.WriteString("rule", edit.Rule);
        InspectionJson.WriteTexts(json, "replaced", result.Replaced);
        json.WriteStartArray("kept");
        foreach (KeptLayer kept in result.Kept)
        {
            json.WriteStartObject();
            json.WriteString("layer", kept.Layer);
            json.WriteString("why", kept.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
